// GET /calls/{id}/graph: how a call was allowed, from the owner's journal alone. Names are those of today, beside what the entries say.

import { LIMIT_PERIODS, LIMIT_UNITS } from '@valetkey/core';
import { z } from 'zod';
import type { CallGraph, GraphNode } from '../../audit/graph/contract.ts';
import { readCallGraph } from '../../audit/graph/read-call-graph.ts';
import { found } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { errorResponses, idParams, timeText, usdText } from '../wire.ts';
import { callStatus } from './schema.ts';

const amount = z
  .union([usdText, z.int()])
  .describe('US dollars as a decimal string, other units as an integer');
const text = z.string().nullable();

const limit = z.object({
  unit: z.enum(LIMIT_UNITS),
  per: z.enum(LIMIT_PERIODS),
  amount,
  settled: amount
    .nullable()
    .describe('What counted against it; null where old calls of that window were removed'),
  held: amount.nullable(),
});

const node = z
  .object({
    link_id: z.string(),
    grant_id: text.describe('Null for the provider key'),
    key_version: z.int().nullable(),
    client_id: text,
    actor: text.describe('Who acts here: a client, or an agent that its parent named'),
    is_actor_authenticated: z.boolean().nullable(),
    via: text,
    key_thumbprint: text,
    device_ids: z.array(z.string()),
    status: z.enum(['active', 'suspended', 'stopped', 'revoked', 'expired']),
    expires_at: timeText.nullable(),
    created_seq: z.int().describe('The entry that made it'),
    changed_seq: z.int().describe('The entry that changed it last'),
    limits: z.array(limit),
    settled_usd: usdText.nullable().describe('Null where calls that are as old were removed'),
    held_usd: usdText.nullable(),
    settled_requests: z.int().nullable(),
    open_calls: z.int().nullable(),
    is_on_path: z.boolean().describe('Whether the call drew on it'),
    below: z.int().describe('How many grants were below it'),
    get children() {
      return z.array(node);
    },
  })
  .meta({ id: 'GraphNode' });

const graph = z
  .object({
    owner_id: z.string(),
    call: z.object({
      id: z.string(),
      request_id: text,
      grant_id: text,
      provider: text,
      operation: text,
      model: text,
      token_kind: text,
      token_id: text,
      key_thumbprint: text,
      device_id: text,
      status: callStatus,
      http_status: z.int().nullable(),
      refusal: text,
      held_usd: usdText.nullable(),
      cost_usd: usdText.nullable(),
      price_version: text,
      rate_card_sha256: text,
      request_sha256: text,
      response_sha256: text,
    }),
    entries: z.array(z.object({ seq: z.int(), at: timeText, kind: z.string(), hash: z.string() })),
    trees: z.array(node),
    names: z
      .record(z.string(), z.string())
      .describe('Of grants, provider keys and devices, by id, as of today'),
  })
  .meta({ id: 'CallGraph' });

const idsOf = (nodes: readonly GraphNode[]): readonly (string | null)[] =>
  nodes.flatMap((each) => [each.grant_id ?? each.link_id, ...each.device_ids, ...idsOf(each.children)]);

/** What is called how today, of what the graph names. */
const namesOf = async ({ db, grants }: ApiParts, { owner_id: ownerId, call, trees }: CallGraph) => {
  const [owned, keys, devices] = await Promise.all([
    grants.list(ownerId),
    db.selectFrom('provider_keys').select(['id', 'label as name']).where('owner_id', '=', ownerId).execute(),
    db.selectFrom('devices').select(['id', 'name']).where('owner_id', '=', ownerId).execute(),
  ]);
  const ids = new Set([call.device_id, ...idsOf(trees)]);
  const named = [...owned, ...keys, ...devices].filter(({ id }) => ids.has(id));
  return Object.fromEntries(named.map(({ id, name }) => [id, name]));
};

/** Registers the call. */
export const registerCallGraph = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'Show how a call was allowed: its chain, limits and spending as they stood',
    tags: ['calls'],
    params: idParams,
    response: { 200: graph, ...errorResponses },
  };
  app.get('/api/v1/calls/:id/graph', { schema }, async ({ owner, params }) => {
    const told = found(await readCallGraph(parts.db, owner.ownerId, params.id), 'call');
    return { ...told, names: await namesOf(parts, told) };
  });
};
