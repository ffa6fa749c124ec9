// What the stand-in answers to each call of the management API: the least that keeps the dashboard's state believable.

import type {
  AccessDetail,
  Call,
  Client,
  Grant,
  LimitState,
  NewStop,
  ProviderKey,
  Stop,
} from '../src/api/types.ts';
import { findBranch, grantsBelow, growTrees } from '../src/rules/delegation.ts';
import { isLive } from '../src/rules/grants.ts';
import { LIMIT_KINDS } from '../src/rules/limits.ts';
import { reachedBy } from '../src/rules/stops.ts';
import { changesOf, graphOf } from './mock-audit.ts';
import type { MockState } from './mock-data.ts';

/** Status and JSON body of an answer. */
export interface MockAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** One call of the API below `/api/v1`. */
export interface MockRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

type Handler = (state: MockState, request: MockRequest, id: string) => MockAnswer;

const ok = (body: unknown, status = 200): MockAnswer => ({ status, body });
const list = (data: readonly unknown[], next: string | null = null): MockAnswer => ok({ data, next });
const nowText = (): string => new Date().toISOString();
const notFound = (): MockAnswer => refuse(404, 'not_found', 'There is nothing at this address.');

const refuse = (status: number, code: string, message: string): MockAnswer =>
  ok({ error: { code, message, request_id: 'req_mock00001' } }, status);

const ROUTES: readonly (readonly [string, RegExp, Handler])[] = [
  ['GET', /^\/me$/, (state) => ok(state.me)],
  ['PATCH', /^\/me$/, (state) => ok(state.me)],
  ['GET', /^\/providers$/, (state) => list(state.providers)],
  ['GET', /^\/prices\/model$/, (_, { query }) => ok({ rates: ratesOf(query.get('model') ?? '') })],
  ['GET', /^\/usage$/, (state) => ok(state.usage)],
  ['GET', /^\/provider-keys$/, (state) => list(state.keys)],
  ['POST', /^\/provider-keys$/, addKey],
  ['POST', /^\/provider-keys\/(.+)\/test$/, testKey],
  ['PUT', /^\/provider-keys\/(.+)$/, replaceKey],
  ['DELETE', /^\/provider-keys\/(.+)$/, removeKey],
  ['GET', /^\/grants$/, (state, { query }) => list(liveGrants(state, query.get('status') === 'all'))],
  ['POST', /^\/grants$/, createGrant],
  ['POST', /^\/grants\/(.+)\/revoke$/, revokeGrant],
  ['POST', /^\/grants\/(.+)\/reset-limit$/, resetLimit],
  ['POST', /^\/grants\/(.+)\/token$/, () => ok({ token: 'vk_9JtQw4cXnR2mK7pLs0ZbVd3fHy6GuE_replaced' })],
  ['GET', /^\/grants\/(.+)$/, (state, _, id) => found(state.grants.find((grant) => grant.id === id))],
  ['PATCH', /^\/grants\/(.+)$/, changeGrant],
  ['GET', /^\/devices$/, () => list([])],
  ['GET', /^\/sessions$/, () => list([])],
  ['GET', /^\/requests$/, (state) => list(state.requests)],
  ['GET', /^\/ceilings$/, () => ok({ house_max_usd: '1000', own: [], data: [] })],
  ['GET', /^\/stops$/, (state) => list(state.stops)],
  ['POST', /^\/stops$/, beginStop],
  ['DELETE', /^\/stops\/(.+)$/, endStop],
  ['GET', /^\/calls$/, listCalls],
  ['GET', /^\/calls\/(.+)\/graph$/, callGraph],
  ['GET', /^\/audit\/changes$/, listChanges],
  [
    'POST',
    /^\/ledger\/compare$/,
    () => ok({ entries: 1285, calls: 412, open_calls: 0, links: 9, faults: [] }),
  ],
  ['GET', /^\/clients$/, (state) => list(state.clients)],
  ['POST', /^\/clients$/, registerClient],
  ['POST', /^\/clients\/(.+)\/secret$/, () => ok({ client_secret: 'vks_Qm3v8Zr1Kx6Tn4Lw9Yb2Hc7Jd5Pf0Sg' })],
  ['PATCH', /^\/clients\/(.+)$/, changeClient],
  ['DELETE', /^\/clients\/(.+)$/, removeClient],
];

/** Answers one call, changing `state` as the broker would. */
export function answerApi(state: MockState, request: MockRequest): MockAnswer {
  for (const [method, pattern, handler] of ROUTES) {
    const match = method === request.method ? pattern.exec(request.path) : null;
    if (match) return handler(state, request, decodeURIComponent(match[1] ?? ''));
  }
  return notFound();
}

function callGraph(state: MockState, _: MockRequest, id: string): MockAnswer {
  const call = state.calls.find((each) => each.id === id);
  return call ? ok(graphOf(state, call)) : notFound();
}

function listChanges(state: MockState, { query }: MockRequest): MockAnswer {
  const all = changesOf(state, query);
  const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
  const rest = all.filter(({ seq }) => seq < before);
  const shown = rest.slice(0, Number(query.get('limit') ?? 50));
  return list(shown, shown.length < rest.length ? String(shown.at(-1)!.seq) : null);
}

/** A model call with a grant's token: posts a small call, so that the live tick has something to see. */
export function addCall(state: MockState, authorization: string): MockAnswer {
  const grant = state.grants.find((candidate) => authorization.endsWith(candidate.id));
  if (grant === undefined) return refuse(401, 'invalid_token', 'The token is not valid here.');
  const call: Call = {
    id: `call_${state.calls.length + 2000}`,
    at: nowText(),
    grant_id: grant.id,
    grant_name: grant.name,
    grant_path: [grant.id],
    client_name: null,
    device: null,
    provider: 'sandbox',
    operation: 'openai.chat.completions',
    model: grant.authorization_details[0]?.models?.[0] ?? 'sandbox-small',
    status: 'settled',
    http_status: 200,
    held_usd: '0.0021',
    cost_usd: '0.000412',
    tokens: { input: 9, output: 24, cached: 0 },
    duration_ms: 412,
    stream: false,
    refusal: null,
    request_id: 'req_firstcall1',
    unconfirmed: false,
    anomalies: [],
  };
  state.calls.unshift(call);
  return ok({ choices: [{ message: { role: 'assistant', content: 'Hello (simulated).' } }] });
}

const ratesOf = (model: string) => ({
  input_tokens: '0.25',
  ...(model.includes('embed') ? {} : { output_tokens: '2' }),
});

const found = (thing: unknown): MockAnswer => (thing === undefined ? notFound() : ok(thing));

const liveGrants = (state: MockState, all: boolean): Grant[] =>
  state.grants.filter((grant) => all || grant.status === 'active' || grant.status === 'suspended');

/** Replaces the element with this id by what `change` makes of it, and answers the new one. */
function change<T extends { readonly id: string }>(items: T[], id: string, make: (item: T) => T): MockAnswer {
  const index = items.findIndex((item) => item.id === id);
  const item = items[index];
  if (item === undefined) return notFound();
  items[index] = make(item);
  return ok(items[index]);
}

function beginStop(state: MockState, { body }: MockRequest): MockAnswer {
  const what = body as unknown as NewStop;
  const reached = reachedBy(what, state.grants);
  const client =
    what.scope === 'app' ? state.grants.find((grant) => grant.client?.id === what.client_id)?.client : null;
  const key = what.scope === 'provider_key' ? state.keys.find(({ id }) => id === what.provider_key_id) : null;
  const stop: Stop = {
    id: `st_${state.stops.length + 1}`,
    scope: what.scope,
    client: client ?? null,
    provider_key: key ?? null,
    began_at: nowText(),
  };
  state.stops.push(stop);
  for (const { id } of reached) change(state.grants, id, (grant) => ({ ...grant, stopped_by: what.scope }));
  return ok({ stop, grants_stopped: reached.length, streams_cut: 2 });
}

function endStop(state: MockState, _: MockRequest, id: string): MockAnswer {
  const ended = state.stops.find((stop) => stop.id === id);
  if (!ended) return notFound();
  state.stops.splice(state.stops.indexOf(ended), 1);
  for (const { id: grantId, stopped_by } of state.grants)
    if (stopped_by === ended.scope)
      change(state.grants, grantId, (grant) => ({ ...grant, stopped_by: null }));
  return { status: 204 };
}

function addKey(state: MockState, { body }: MockRequest): MockAnswer {
  const key = String(body.key);
  if (key.length < 8)
    return refuse(400, 'invalid_request', 'This does not look like a key: it is too short.');
  const held: ProviderKey = {
    id: `pk_${state.keys.length + 1}`,
    provider: String(body.provider),
    label: String(body.label ?? 'Personal'),
    last_four: key.slice(-4),
    created_at: nowText(),
    replaced_at: null,
    last_used_at: null,
    grants: 0,
  };
  state.keys.push(held);
  state.providers = state.providers.map((one) =>
    one.name === held.provider ? { ...one, has_key: true } : one,
  );
  return ok(held, 201);
}

function testKey(state: MockState, _: MockRequest, id: string): MockAnswer {
  const isWork = state.keys.find((key) => key.id === id)?.label === 'Work';
  return isWork
    ? ok({ ok: false, status: 401, message: 'The provider refused the key (401).' })
    : ok({ ok: true, status: 200, message: 'The provider accepted it.' });
}

function replaceKey(state: MockState, { body }: MockRequest, id: string): MockAnswer {
  return change(state.keys, id, (key) => ({
    ...key,
    last_four: String(body.key).slice(-4),
    replaced_at: nowText(),
  }));
}

function removeKey(state: MockState, { query }: MockRequest, id: string): MockAnswer {
  const key = state.keys.find((candidate) => candidate.id === id);
  if (key && key.grants > 0 && query.get('revoke_grants') !== 'true') {
    return refuse(409, 'conflict', 'Grants draw on this key.');
  }
  state.keys = state.keys.filter((candidate) => candidate.id !== id);
  return { status: 204 };
}

function createGrant(state: MockState, { body }: MockRequest): MockAnswer {
  const details = body.authorization_details as AccessDetail[];
  const detail = details[0]!;
  const grant: Grant = {
    id: `gr_new${state.grants.length + 1}`,
    name: String(body.name ?? 'My tool'),
    client: null,
    parent_grant_id: null,
    depth: 0,
    actor: null,
    actor_authenticated: null,
    barred_providers: [],
    status: 'active',
    stopped_by: null,
    created_at: nowText(),
    expires_at: detail.expires ?? null,
    expires_if_unused_at: null,
    last_used_at: null,
    revoked_at: null,
    unknown_fields: 'pass',
    authorization_details: details,
    parts: details.map((one) => ({
      provider: one.provider,
      provider_key: null,
      limits: limitStates(one),
      lines: [`Use ${one.models?.join(', ') ?? 'every priced model'}`],
      recipients: {},
    })),
    spent: { today_usd: '0', month_usd: '0', total_usd: '0', calls: 0 },
    has_key_token: true,
    devices: [],
    version: 'first',
  };
  state.grants.unshift(grant);
  const dialect = state.providers.find(({ name }) => name === detail.provider)?.dialect ?? 'openai';
  const base = `${state.me.issuer}/${detail.provider}${dialect === 'openai' ? '/v1' : ''}`;
  return ok(
    { ...grant, token: `vk_8Hq3zT0yWk5Rv_${grant.id}`, base_url: base, base_urls: { [dialect]: base } },
    201,
  );
}

const limitStates = (detail: AccessDetail): LimitState[] =>
  LIMIT_KINDS.flatMap(({ unit, per, name }) => {
    const amount = detail.limits?.[name];
    if (amount === undefined) return [];
    const zero = unit === 'usd' ? '0' : 0;
    const text = unit === 'usd' ? String(amount) : amount;
    const rest = { held: zero, remaining: text, window_ends_at: null, reset: null };
    return [{ unit, per, amount: text, settled: zero, ...rest }];
  });

function revokeGrant(state: MockState, _: MockRequest, id: string): MockAnswer {
  const revoked_at = nowText();
  const branch = findBranch(growTrees(state.grants), id);
  if (branch === null) return notFound();
  const stopped = [branch.grant, ...grantsBelow(branch)].filter(isLive);
  for (const { id: each } of stopped) {
    change(state.grants, each, (grant) => ({ ...grant, status: 'revoked' as const, revoked_at }));
  }
  return ok({ grant_id: id, revoked_at, grants_stopped: stopped.length, streams_cut: 1 });
}

function resetLimit(state: MockState, { body }: MockRequest, id: string): MockAnswer {
  const isMeant = ({ unit, per }: LimitState) => unit === body.unit && per === body.per;
  const reset = (limit: LimitState): LimitState => ({
    ...limit,
    settled: limit.unit === 'usd' ? '0' : 0,
    remaining:
      limit.unit === 'usd'
        ? String(Number(limit.amount) - Number(limit.held))
        : Number(limit.amount) - Number(limit.held),
    reset: { at: nowText(), amount: limit.settled },
  });
  return change(state.grants, id, (grant) => ({
    ...grant,
    parts: grant.parts.map((part) =>
      part.provider === body.provider
        ? { ...part, limits: part.limits.map((limit) => (isMeant(limit) ? reset(limit) : limit)) }
        : part,
    ),
  }));
}

function changeGrant(state: MockState, { body }: MockRequest, id: string): MockAnswer {
  const details = body.authorization_details as AccessDetail[] | undefined;
  const status = body.status as Grant['status'] | undefined;
  const seen = body.version as string | undefined;
  const before = state.grants.find((grant) => grant.id === id);
  if (seen !== undefined && before && before.version !== seen)
    return refuse(409, 'conflict', 'It was changed since you read it. Read it again.');
  return change(state.grants, id, (grant) => ({
    ...grant,
    ...(status && { status }),
    ...(details && {
      version: JSON.stringify(details),
      authorization_details: details,
      expires_at: details[0]?.expires ?? null,
      parts: grant.parts.map((part, index) => ({ ...part, limits: limitStates(details[index]!) })),
    }),
  }));
}

function listCalls(state: MockState, { query }: MockRequest): MockAnswer {
  const names = ['grant_id', 'status', 'model', 'from', 'to', 'before'];
  const [grantId, status, model, from, to, before] = names.map((name) => query.get(name));
  const isTree = query.get('include') === 'descendants';
  const matching = state.calls.filter(
    (call) =>
      (!grantId || (isTree ? call.grant_path.includes(grantId) : call.grant_id === grantId)) &&
      (!status || (status === 'counted' ? call.status !== 'refused' : call.status === status)) &&
      (!model || call.model === model) &&
      (!from || call.at.slice(0, 10) >= from) &&
      (!to || call.at.slice(0, 10) <= to),
  );
  const start = before ? matching.findIndex((call) => call.id === before) + 1 : 0;
  const page = matching.slice(start, start + Number(query.get('limit') ?? 50));
  const hasMore = start + page.length < matching.length;
  return list(page, hasMore ? (page.at(-1)?.id ?? null) : null);
}

function registerClient(state: MockState, { body }: MockRequest): MockAnswer {
  const client = {
    ...body,
    id: `cl_new${state.clients.length + 1}`,
    dpop_bound: body.dpop_bound === true,
    origin: 'registered',
    created_at: nowText(),
    grants: 0,
  } as unknown as Client;
  state.clients.push(client);
  const secret = client.type === 'confidential' && { client_secret: 'vks_Qm3v8Zr1Kx6Tn4Lw9Yb2Hc7Jd5Pf0Sg' };
  return ok({ ...client, ...secret }, 201);
}

function changeClient(state: MockState, { body }: MockRequest, id: string): MockAnswer {
  return change(state.clients, id, (client) => ({ ...client, ...body }) as Client);
}

function removeClient(state: MockState, _: MockRequest, id: string): MockAnswer {
  state.clients = state.clients.filter((client) => client.id !== id);
  return { status: 204 };
}
