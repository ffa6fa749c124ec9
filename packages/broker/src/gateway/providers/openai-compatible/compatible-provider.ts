// Makes a provider of the OpenAI dialect from a few lines of configuration. No provider of this folder has code of its own.

import type { Operation, Provider } from '../../contract.ts';
import { chatCompletions } from '../openai-dialect/chat-completions.ts';
import { completions } from '../openai-dialect/completions.ts';
import { embeddings } from '../openai-dialect/embeddings.ts';
import type { OpenAiFlavour } from '../openai-dialect/flavour.ts';
import { getModel, listModels } from '../openai-dialect/models.ts';
import { REFUSED_PATHS } from '../openai-dialect/refused-paths.ts';
import { responses } from '../openai-dialect/responses.ts';
import { headerSafeKey } from '../reading/key-check.ts';
import type { FieldTable } from '../reading/rules.ts';
import { COMMON_CHAT_FIELDS, COMMON_MESSAGE_FIELDS } from './extra-fields.ts';

const OPERATIONS = { chat: chatCompletions, responses, completions, embeddings } as const;

/** All that tells one such provider from another. */
export interface CompatibleConfig {
  readonly name: string;
  readonly label: string;
  readonly origin: string;
  /** What stands before `/v1` in its addresses; nothing by default. */
  readonly basePath?: string;
  /** What it offers besides its models. */
  readonly offers: readonly (keyof typeof OPERATIONS)[];
  /** False for servers of the operator's own that ask for no key. */
  readonly keyRequired?: boolean;
  readonly capField?: OpenAiFlavour['capField'];
  readonly usageOnRequest?: boolean;
  readonly serviceTiers?: OpenAiFlavour['serviceTiers'];
  readonly chatFields?: FieldTable;
  /** The first characters of its keys, when they are always the same. */
  readonly keyPrefix?: string;
}

/** The most tokens that one image is known to be billed as by models of this kind (Qwen-VL). */
const IMAGE_TOKENS = 16_384;

/** The provider that `config` describes. */
export function compatibleProvider(config: CompatibleConfig): Provider {
  const { name, label, origin, basePath = '', keyRequired = true } = config;
  const flavour: OpenAiFlavour = {
    provider: name,
    capField: config.capField ?? 'max_tokens',
    usageOnRequest: config.usageOnRequest ?? true,
    serviceTiers: config.serviceTiers ?? null,
    standardTier: null,
    writesCache: () => false,
    imageTokens: () => IMAGE_TOKENS,
    contextTokens: null,
    countsInputExactly: false,
    chatFields: { ...COMMON_CHAT_FIELDS, ...config.chatFields },
    messageFields: COMMON_MESSAGE_FIELDS,
  };
  const operations: readonly Operation[] = [
    ...config.offers.map((offer) => OPERATIONS[offer](flavour)),
    listModels(flavour),
    getModel(flavour),
  ];
  return {
    name,
    label,
    dialect: 'openai',
    origin,
    basePath,
    operations,
    refusedPaths: REFUSED_PATHS,
    authHeaders: (key): Readonly<Record<string, string>> =>
      key === '' ? {} : { authorization: `Bearer ${key}` },
    requestHeaders: ['accept'],
    responseHeaders: ['x-request-id', 'retry-after'],
    defaultHeaders: {},
    checkKey: (key) => (key === '' && !keyRequired ? null : (headerSafeKey(key) ?? checkPrefix(key, config))),
    keyRequired,
  };
}

const checkPrefix = (key: string, { keyPrefix, label }: CompatibleConfig): string | null =>
  keyPrefix === undefined || key.startsWith(keyPrefix)
    ? null
    : `Keys of ${label} begin with ${keyPrefix}. This one belongs to another provider.`;
