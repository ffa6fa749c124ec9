// OpenAI: its closed list of operations and its ways within the dialect it gave its name to.

import type { Provider } from '../../contract.ts';
import { chatCompletions } from '../openai-dialect/chat-completions.ts';
import { completions } from '../openai-dialect/completions.ts';
import { embeddings } from '../openai-dialect/embeddings.ts';
import type { OpenAiFlavour } from '../openai-dialect/flavour.ts';
import { images } from '../openai-dialect/images.ts';
import { getModel, listModels } from '../openai-dialect/models.ts';
import { moderations } from '../openai-dialect/moderations.ts';
import { REFUSED_PATHS } from '../openai-dialect/refused-paths.ts';
import { responses } from '../openai-dialect/responses.ts';
import { speech } from '../openai-dialect/speech.ts';
import { transcriptions } from '../openai-dialect/transcriptions.ts';
import { authHeaders, checkKey, REQUEST_HEADERS, RESPONSE_HEADERS } from './auth.ts';
import { openAiImageTokens } from './image-tokens.ts';

const FLAVOUR: OpenAiFlavour = {
  provider: 'openai',
  capField: 'max_completion_tokens',
  usageOnRequest: true,
  serviceTiers: {
    auto: ['default', 'priority'],
    default: ['default'],
    flex: ['default', 'flex'],
    scale: ['default', 'scale'],
    priority: ['default', 'priority'],
    fast: ['default', 'priority'],
  },
  standardTier: 'default',
  writesCache: (model) => /^gpt-(?:5\.(?:[6-9]|\d\d)|[6-9])/.test(model),
  imageTokens: openAiImageTokens,
  contextTokens: 1_050_000,
  // "the API returns the exact count the model will receive": https://developers.openai.com/api/docs/guides/token-counting
  countsInputExactly: true,
  chatFields: {},
  messageFields: {},
};

/** OpenAI. */
export const openai: Provider = {
  name: 'openai',
  label: 'OpenAI',
  dialect: 'openai',
  origin: 'https://api.openai.com',
  basePath: '',
  operations: [
    chatCompletions(FLAVOUR),
    responses(FLAVOUR),
    completions(FLAVOUR),
    embeddings(FLAVOUR),
    images(FLAVOUR),
    speech(FLAVOUR),
    transcriptions(FLAVOUR),
    moderations(FLAVOUR),
    listModels(FLAVOUR),
    getModel(FLAVOUR),
  ],
  refusedPaths: REFUSED_PATHS,
  authHeaders,
  requestHeaders: REQUEST_HEADERS,
  responseHeaders: RESPONSE_HEADERS,
  defaultHeaders: {},
  checkKey,
  keyRequired: true,
};
