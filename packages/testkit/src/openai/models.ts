// Models and moderations: what OpenAI gives away.

import { jsonReply, type Operation } from '../simulator/dialect.ts';
import { usageOf } from '../simulator/usage.ts';

const CREATED = 1_750_000_000;
const model = (id: string) => ({ id, object: 'model', created: CREATED, owned_by: 'simulator' });
const free = (name: string) => ({ model: name, stream: false, text: '', cut: false, usage: usageOf({}) });

/** GET /v1/models. */
export const listModels: Operation = {
  name: 'models',
  method: 'GET',
  path: /^\/v1\/models$/,
  billed: false,
  read: () => free(''),
  write: ({ request }) => jsonReply({ object: 'list', data: request.models.map(model) }),
};

/** GET /v1/models/{id}. */
export const getModel: Operation = {
  name: 'model',
  method: 'GET',
  path: /^\/v1\/models\/(?<model>.+)$/,
  billed: false,
  read: ({ path }) => free(path.model ?? ''),
  write: (plan) => jsonReply(model(plan.model)),
};

const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
];
const each = (value: unknown) => Object.fromEntries(CATEGORIES.map((category) => [category, value]));

/** POST /v1/moderations; nothing is ever flagged. */
export const moderations: Operation = {
  name: 'moderations',
  method: 'POST',
  path: /^\/v1\/moderations$/,
  billed: false,
  read({ json }) {
    if (json.input === undefined) return "Missing required parameter: 'input'.";
    return free(typeof json.model === 'string' ? json.model : 'omni-moderation-latest');
  },
  write({ request, model }) {
    const count = Array.isArray(request.json.input) ? request.json.input.length : 1;
    const result = {
      flagged: false,
      categories: each(false),
      category_scores: each(0.0001),
      category_applied_input_types: each(['text']),
    };
    return jsonReply({ id: `modr-${request.record.id}`, model, results: Array(count).fill(result) });
  },
};
