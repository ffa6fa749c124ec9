// GET /models and GET /models/{model}: free, and filtered to what the grant permits.

import { succeed } from '@valetkey/core';
import type { Operation } from '../../contract.ts';
import { isJsonObject, type JsonValue } from '../../json/parse-json.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { readKnownQuery } from '../reading/query.ts';
import { FREE, get } from '../reading/request.ts';

/** The list of models of one provider. */
export const listModels = ({ provider }: { readonly provider: string }): Operation => ({
  name: `${provider}.models.list`,
  method: 'GET',
  path: '/models',
  capability: null,
  body: 'none',
  maxBodyBytes: 0,
  read: ({ query }) => {
    const checked = readKnownQuery(query, {});
    return checked.ok ? succeed(plainReading(null, () => get('/v1/models'), { bound: FREE })) : checked;
  },
  filterAnswer: filterModels,
});

/** One model of one provider; the gate refuses one that the grant does not permit. */
export const getModel = ({ provider }: { readonly provider: string }): Operation => ({
  name: `${provider}.models.get`,
  method: 'GET',
  path: '/models/{model}',
  capability: null,
  body: 'none',
  maxBodyBytes: 0,
  read: ({ params, query }) => {
    const checked = readKnownQuery(query, {});
    if (!checked.ok) return checked;
    const model = params.model as string;
    return succeed(
      plainReading(model, () => get(`/v1/models/${encodeURIComponent(model)}`), { bound: FREE }),
    );
  },
});

/** The answer with only the permitted models; some providers answer with a bare list. Anything else becomes an empty list. */
export function filterModels(answer: JsonValue, isModelPermitted: (model: string) => boolean): JsonValue {
  const permitted = (entries: JsonValue | undefined) =>
    (Array.isArray(entries) ? entries : []).filter(
      (entry) => isJsonObject(entry) && typeof entry.id === 'string' && isModelPermitted(entry.id),
    );
  if (Array.isArray(answer)) return permitted(answer);
  return isJsonObject(answer) ? { ...answer, data: permitted(answer.data) } : { object: 'list', data: [] };
}
