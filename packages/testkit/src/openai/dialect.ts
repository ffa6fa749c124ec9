// OpenAI's API as a simulator speaks it.

import type { Dialect } from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { speech, transcriptions } from './audio.ts';
import { chat, completions } from './chat.ts';
import { embeddings } from './embeddings.ts';
import { images } from './images.ts';
import { getModel, listModels, moderations } from './models.ts';
import { countInputTokens, responses } from './responses.ts';

const ERRORS: Record<number, { type: string; code: string | null }> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { type: 'invalid_request_error', code: 'unsupported_country_region_territory' },
  404: { type: 'invalid_request_error', code: 'model_not_found' },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
};

const error = (status: number, message: string) => {
  const { type, code } = ERRORS[status] ?? { type: 'server_error', code: null };
  return { error: { message, type, param: null, code } };
};

/** OpenAI's dialect. */
export const openai: Dialect = {
  defaultModels: [
    'gpt-5',
    'gpt-5-mini',
    'gpt-4o-mini',
    'text-embedding-3-small',
    'gpt-image-1',
    'tts-1',
    'whisper-1',
  ],
  requestIdPrefix: 'req_openai_',
  badKeyStatus: 401,
  headers: (requestId) => ({
    'x-request-id': requestId,
    'openai-organization': 'simulated',
    'openai-processing-ms': '1',
    'openai-version': '2020-10-01',
  }),
  operations: [
    chat,
    completions,
    responses,
    countInputTokens,
    embeddings,
    images,
    speech,
    transcriptions,
    moderations,
    listModels,
    getModel,
  ],
  errorBody: error,
  errorEvent: (message) => sseEvent(error(500, message)),
};
