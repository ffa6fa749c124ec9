// What the stand-in knows of evidence: some changes of every topic, and a graph for each of its calls.

import type { CallGraph, Change, GraphNode } from '../src/api/audit-types.ts';
import type { Call, Grant } from '../src/api/types.ts';
import type { MockState } from './mock-data.ts';

const HASH = 'nMZ3b0cI6jK1Z5rJ0yqV7w2dT9xE4uH8aLpS1oGfQkM';

const KINDS: readonly (readonly [kind: string, topic: string, body: Readonly<Record<string, unknown>>])[] = [
  ['ledger.compared', 'money', { mark: '5d0c1a7be2f94a63' }],
  ['grant.edited', 'access', { from: { provider: 'openai' }, to: { provider: 'openai' } }],
  ['call.refusals', 'refusals', { code: 'budget_exhausted', more: 4190 }],
  ['owner.sign_in_failed', 'sign_in', { by: '/sign-in/email' }],
  ['owner.signed_in', 'sign_in', { session_id: 'Jw3v8Zr1Kx6Tn4Lw9Yb2Hc7J', by: '/sign-in/email' }],
  ['grant.delegated', 'access', { via: 'token_exchange', is_actor_authenticated: false }],
  ['client.registered', 'apps', { client_id: 'app_1', auth_method: 'none' }],
  ['grant.created', 'access', { via: 'consent', shown_hash: HASH }],
  ['consent.shown', 'access', { client_id: 'app_1', shown_hash: HASH }],
  ['provider_key.added', 'keys', { provider: 'openai', version: 1 }],
  ['broker.configured', 'broker', { version: '0.1.0', max_delegation_depth: 3 }],
];

/** The changes that match, newest first; a fresh house has none. */
export const changesOf = ({ grants }: MockState, query: URLSearchParams): readonly Change[] => {
  const [topic, grantId] = [query.get('topic'), query.get('grant_id')];
  if (grants.length === 0) return [];
  return Array.from({ length: 60 }, (_, index) => toChange(index, grants))
    .filter((change) => topic === null || KINDS.some((each) => each[0] === change.kind && each[1] === topic))
    .filter((change) => grantId === null || change.grant_id === grantId);
};

function toChange(index: number, grants: readonly Grant[]): Change {
  const [kind, , body] = KINDS[index % KINDS.length]!;
  const grant = kind.startsWith('grant.') || kind === 'call.refusals' ? grants[index % grants.length] : null;
  return {
    seq: 1284 - index * 7,
    at: new Date(Date.UTC(2026, 10, 22, 12) - index * 5_400_000).toISOString(),
    kind,
    grant_id: grant?.id ?? null,
    grant_name: grant?.name ?? null,
    call_id: null,
    body,
    hash: HASH,
  };
}

/** How a call was allowed. */
export function graphOf({ grants, keys }: MockState, call: Call): CallGraph {
  const path = call.grant_path.flatMap((id) => grants.find((grant) => grant.id === id) ?? []);
  const names = Object.fromEntries(
    [...grants, ...keys.map(({ id, label }) => ({ id, name: label ?? id }))].map(({ id, name }) => [
      id,
      name,
    ]),
  );
  const grow = (depth: number): GraphNode[] => {
    const grant = path[depth];
    if (!grant) return [];
    const beside = grants.find(
      (other) => other.id !== grant.id && other.parent_grant_id === grant.parent_grant_id,
    );
    return [toNode(grant, true, grow(depth + 1)), ...(beside ? [toNode(beside, false, [])] : [])];
  };
  const key = keys.find(({ provider }) => provider === call.provider);
  const root = { ...toNode(null, true, grow(0)), link_id: key?.id ?? 'pk_1', key_version: 2 };
  return {
    call: {
      id: call.id,
      request_id: call.request_id,
      operation: call.operation,
      model: call.model,
      token_kind: 'access',
      device_id: null,
      key_thumbprint: null,
      status: call.status,
      refusal: call.refusal,
      held_usd: call.held_usd,
      cost_usd: call.cost_usd,
      price_version: 'genai-prices 0.1.8, overlay 4',
      request_sha256: HASH,
      response_sha256: call.status === 'settled' ? HASH : null,
    },
    entries: [{ seq: 1281, at: call.at, kind: 'call.admitted', hash: HASH }],
    trees: [root],
    names,
  };
}

const toNode = (grant: Grant | null, isOnPath: boolean, children: GraphNode[]): GraphNode => ({
  link_id: grant ? `${grant.id}.openai` : '',
  grant_id: grant?.id ?? null,
  key_version: null,
  client_id: grant?.client?.id ?? null,
  actor: grant && grant.depth > 0 ? `agent:${grant.parent_grant_id}/${grant.id}` : null,
  is_actor_authenticated: null,
  key_thumbprint: null,
  status: grant?.status === 'suspended' ? 'suspended' : 'active',
  expires_at: grant?.expires_at ?? null,
  created_seq: 17,
  changed_seq: grant ? 904 : 17,
  limits: (grant?.parts[0]?.limits ?? []).map(({ unit, per, amount, settled, held }) => ({
    unit,
    per,
    amount,
    settled,
    held,
  })),
  settled_usd: grant?.spent.total_usd ?? '55.3587',
  held_usd: '0.0081',
  is_on_path: isOnPath,
  below: isOnPath ? children.length : 2,
  children,
});
