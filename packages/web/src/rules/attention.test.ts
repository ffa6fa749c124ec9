// What is worth a look, as a table of grants and calls at a fixed present.

import { describe, expect, it } from 'vitest';
import type { Call, Grant } from '../api/types.ts';
import { findAttention, isIdle } from './attention.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

const grant = (change: Partial<Grant>, used: [settled: string, remaining: string] = ['0', '5']): Grant => ({
  id: 'g1',
  name: 'notes',
  client: null,
  parent_grant_id: null,
  depth: 0,
  actor: null,
  actor_authenticated: null,
  barred_providers: [],
  status: 'active',
  stopped_by: null,
  expires_if_unused_at: null,
  created_at: '2026-11-20T00:00:00Z',
  expires_at: null,
  last_used_at: '2026-11-22T11:00:00Z',
  revoked_at: null,
  unknown_fields: 'pass',
  authorization_details: [],
  parts: [
    {
      provider: 'openai',
      provider_key: null,
      lines: [],
      recipients: {},
      limits: [
        {
          unit: 'usd',
          per: 'day',
          amount: '5',
          settled: used[0],
          held: '0',
          remaining: used[1],
          window_ends_at: null,
          reset: null,
        },
      ],
    },
  ],
  spent: { today_usd: '0', month_usd: '0', total_usd: '0', calls: 0 },
  has_key_token: true,
  devices: [],
  version: 'first',
  ...change,
});

const delegated = (change: Partial<Grant>, used?: [settled: string, remaining: string]): Grant =>
  grant({ id: 'g2', parent_grant_id: 'g1', depth: 1, actor: 'agent:g1/worker', ...change }, used);

const call = (change: Partial<Call>): Call => ({
  id: 'c1',
  at: '2026-11-22T11:00:00Z',
  grant_id: 'g1',
  grant_name: 'notes',
  grant_path: ['g1'],
  client_name: null,
  device: null,
  provider: 'openai',
  operation: 'openai.chat.completions',
  model: 'gpt-5-mini',
  status: 'settled',
  http_status: 200,
  held_usd: '0',
  cost_usd: '0',
  tokens: null,
  duration_ms: 1,
  stream: false,
  refusal: null,
  request_id: 'req_1',
  unconfirmed: false,
  anomalies: [],
  ...change,
});

const kinds = (grants: Grant[], calls: Call[]) => findAttention(grants, calls, NOW).map((item) => item.kind);

describe('findAttention', () => {
  it.each<[string, Grant[], Call[], string[]]>([
    ['nothing for a grant with room that is in use', [grant({})], [call({})], []],
    ['a budget at 80 percent', [grant({}, ['4', '1'])], [], ['nearly_used']],
    ['a budget with nothing left', [grant({}, ['5', '0'])], [], ['exhausted']],
    ['a grant that ends in two days', [grant({ expires_at: '2026-11-24T12:00:00Z' })], [], ['expiring']],
    [
      'a grant that ends soon because nobody uses it',
      [grant({ last_used_at: '2026-08-30T12:00:00Z', expires_if_unused_at: '2026-12-01T00:00:00Z' })],
      [],
      ['ending_unused'],
    ],
    ['a grant unused for 30 days', [grant({ last_used_at: '2026-10-23T12:00:00Z' })], [], ['idle']],
    ['nothing of a delegated grant', [grant({}), delegated({}, ['5', '0'])], [], []],
    [
      'no idle app whose delegated grants are in use',
      [grant({ last_used_at: '2026-10-01T00:00:00Z' }), delegated({ status: 'expired' })],
      [],
      [],
    ],
    ['no ended grants', [grant({ status: 'revoked' }, ['5', '0'])], [], []],
    [
      'refusals since yesterday, all as one',
      [],
      [call({ status: 'refused' }), call({ status: 'refused' })],
      ['refused'],
    ],
    [
      'those of the whole UTC day',
      [],
      [call({ status: 'refused', at: '2026-11-21T00:00:00Z' })],
      ['refused'],
    ],
    ['no older refusals', [], [call({ status: 'refused', at: '2026-11-20T23:59:59Z' })], []],
    [
      'serious things first',
      [grant({}, ['4', '1'])],
      [call({ unconfirmed: true })],
      ['unconfirmed', 'nearly_used'],
    ],
  ])('finds %s', (_name, grants, calls, expected) => {
    expect(kinds(grants, calls)).toEqual(expected);
  });

  it('names all apps whose calls were refused', () => {
    const calls = ['Mail sorter', 'Notes'].map((grant_name) => call({ status: 'refused', grant_name }));
    expect(findAttention([], calls, NOW)[0]).toMatchObject({ count: 2, name: 'Mail sorter and Notes' });
  });
  it('leads to one app only while all refusals are known', () => {
    const calls = [call({ status: 'refused' })];
    expect(findAttention([], calls, NOW)[0]).toMatchObject({ grantId: 'g1', isMore: false });
    expect(findAttention([], calls, NOW, true)[0]).toMatchObject({ grantId: null, isMore: true });
  });
  it('counts the calls of an app', () => {
    const calls = [call({ status: 'refused' }), call({ status: 'refused' })];
    expect(findAttention([], calls, NOW)[0]).toMatchObject({ count: 2, name: 'notes' });
  });
});

describe('isIdle', () => {
  it('counts from creation when a grant was never used', () => {
    expect(isIdle(grant({ last_used_at: null, created_at: '2026-10-01T00:00:00Z' }), NOW)).toBe(true);
    expect(isIdle(grant({ last_used_at: null }), NOW)).toBe(false);
  });
  it('is false for a paused grant', () => {
    expect(isIdle(grant({ status: 'suspended', last_used_at: '2025-01-01T00:00:00Z' }), NOW)).toBe(false);
  });
});
