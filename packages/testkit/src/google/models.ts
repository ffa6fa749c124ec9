// The list of models, free.

import { jsonReply, type Operation } from '../simulator/dialect.ts';
import { usageOf } from '../simulator/usage.ts';

const free = (name: string) => ({ model: name, stream: false, text: '', cut: false, usage: usageOf({}) });
const model = (id: string) => ({
  name: `models/${id}`,
  version: '001',
  displayName: id,
  inputTokenLimit: 1_048_576,
  outputTokenLimit: 65_536,
  supportedGenerationMethods: id.includes('embedding')
    ? ['embedContent', 'countTokens']
    : ['generateContent', 'countTokens'],
});

/** GET /v1beta/models (and /v1), on one page. */
export const listModels: Operation = {
  name: 'models',
  method: 'GET',
  path: /^\/v1(?:beta)?\/models$/,
  billed: false,
  read: () => free(''),
  write: ({ request }) => jsonReply({ models: request.models.map(model) }),
};

/** GET /v1beta/models/{id} (and /v1). */
export const getModel: Operation = {
  name: 'model',
  method: 'GET',
  path: /^\/v1(?:beta)?\/models\/(?<model>[^/:]+)$/,
  billed: false,
  read: ({ path }) => free(path.model ?? ''),
  write: (plan) => jsonReply(model(plan.model)),
};
