// The list of models, free.

import { jsonReply, type Operation } from '../simulator/dialect.ts';
import { usageOf } from '../simulator/usage.ts';

const model = (id: string) => ({ type: 'model', id, display_name: id, created_at: '2025-06-15T00:00:00Z' });
const free = (name: string) => ({ model: name, stream: false, text: '', cut: false, usage: usageOf({}) });

/** GET /v1/models, on one page. */
export const listModels: Operation = {
  name: 'models',
  method: 'GET',
  path: /^\/v1\/models$/,
  billed: false,
  read: () => free(''),
  write: ({ request: { models } }) =>
    jsonReply({
      data: models.map(model),
      has_more: false,
      first_id: models.at(0) ?? null,
      last_id: models.at(-1) ?? null,
    }),
};

/** GET /v1/models/{id}. */
export const getModel: Operation = {
  name: 'model',
  method: 'GET',
  path: /^\/v1\/models\/(?<model>[^/]+)$/,
  billed: false,
  read: ({ path }) => free(path.model ?? ''),
  write: (plan) => jsonReply(model(plan.model)),
};
