// Trees of grants as tables: what hangs below what, what stops with it, what it is called.

import { describe, expect, it } from 'vitest';
import type { AccessDetail, Grant } from '../api/types.ts';
import {
  callersAbove,
  countLiveBelow,
  findBranch,
  grantsBelow,
  growTrees,
  modelsInShort,
  namesOf,
  pathsOf,
} from './delegation.ts';
import { grantName, identityOf, isNamedByParent, mayDelegate } from './grants.ts';

const APP = { id: 'c1', name: 'Planner', url: null, origin: 'registered' };

const grant = (id: string, parent: string | null, change: Partial<Grant> = {}): Grant => ({
  id,
  name: id,
  client: null,
  parent_grant_id: parent,
  depth: parent === null ? 0 : 1,
  actor: parent === null ? null : `agent:${parent}/${id}`,
  actor_authenticated: parent === null ? null : false,
  barred_providers: [],
  status: 'active',
  stopped_by: null,
  expires_if_unused_at: null,
  created_at: '2026-11-20T00:00:00Z',
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
  unknown_fields: 'pass',
  authorization_details: [],
  parts: [],
  spent: { today_usd: '0', month_usd: '0', total_usd: '0', calls: 0 },
  has_key_token: false,
  devices: [],
  version: 'first',
  ...change,
});

const NOON = '2026-11-22T12:00:00Z';
const EVENING = '2026-11-22T19:00:00.000Z';

const FAMILY = [
  grant('helper', 'worker', { expires_at: EVENING }),
  grant('planner', null, { client: APP }),
  grant('lint', 'planner', { status: 'revoked' }),
  grant('worker', 'planner', { expires_at: NOON }),
  grant('notes', null),
];

const branchOf = (id: string, grants = FAMILY) => findBranch(growTrees(grants), id)!;

describe('the trees of grants', () => {
  it('begin with what the owner gave, whatever the order in which grants come', () => {
    const shape = pathsOf(growTrees(FAMILY)).map(({ path }) => path);
    expect(shape).toEqual([
      'Planner',
      'Planner › lint',
      'Planner › worker',
      'Planner › worker › helper',
      'notes',
    ]);
  });

  it('leave out what hangs below a grant that is not there', () => {
    expect(growTrees([grant('orphan', 'gone')])).toEqual([]);
    expect(findBranch(growTrees(FAMILY), 'gone')).toBeNull();
  });

  it.each([
    ['planner', ['lint', 'worker', 'helper'], 2],
    ['worker', ['helper'], 1],
    ['helper', [], 0],
    ['notes', [], 0],
  ])('know what hangs below %s, and how much of it stops with it', (id, below, live) => {
    expect(grantsBelow(branchOf(id)).map((each) => each.id)).toEqual(below);
    expect(countLiveBelow(branchOf(id))).toBe(live);
  });

  it.each([
    ['planner', null],
    ['worker', NOON],
    ['helper', NOON],
  ])('end %s no later than anything above it', (id, endsAt) => {
    expect(branchOf(id).endsAt).toBe(endsAt);
  });

  it('were last used when anything below was', () => {
    const used = { lint: EVENING, planner: NOON } as const;
    const grants = FAMILY.map((each) => ({ ...each, last_used_at: used[each.id as 'lint'] ?? null }));
    expect(['planner', 'worker', 'lint'].map((id) => branchOf(id, grants).lastUsedAt)).toEqual([
      EVENING,
      null,
      EVENING,
    ]);
  });

  it('hold up what a grant above may not delegate to it any more, and all below that', () => {
    const part = { provider: 'openai', provider_key: null, limits: [], lines: [], recipients: {} };
    const barred = { parts: [part], barred_providers: ['openai'] };
    const grants = FAMILY.map((each) => (each.id === 'worker' ? { ...each, ...barred } : each));
    expect(['planner', 'worker', 'helper'].map((id) => branchOf(id, grants).isHeldUp)).toEqual([
      false,
      true,
      true,
    ]);
    const inPart = { parts: [part, { ...part, provider: 'google' }], barred_providers: ['openai'] };
    expect(growTrees([grant('worker', null, inPart)])[0]?.isHeldUp).toBe(false);
  });

  it.each([
    ['planner', 'suspended', ['worker', 'helper']],
    ['worker', 'expired', ['helper']],
    ['helper', 'suspended', []],
    ['planner', 'active', []],
  ] as const)('with %s %s hold up what is live below it', (id, status, heldUp) => {
    const grants = FAMILY.map((each) => (each.id === id ? { ...each, status } : each));
    const held = grants.filter((each) => branchOf(each.id, grants).isHeldUp).map((each) => each.id);
    expect(held.toSorted()).toEqual(heldUp.toSorted());
  });
});

describe('the way a call came', () => {
  it('is named from the owner’s grant down to the one that called', () => {
    const call = { grant_path: ['planner', 'gone', 'helper'] };
    expect(callersAbove(call, namesOf(FAMILY))).toEqual([
      { id: 'planner', name: 'Planner' },
      { id: 'gone', name: 'gone' },
    ]);
    expect(callersAbove({ grant_path: ['notes'] }, namesOf(FAMILY))).toEqual([]);
  });
});

it.each([
  ['an app by its own name', { client: APP }, 'Planner', false],
  ['a tool by the name its owner gave', {}, 'g', false],
  ['a label by the label, not by its parent’s app', { client: APP, actor: 'agent:p/g' }, 'g', true],
  ['a delegated app by its own name', { client: APP, actor: 'c1' }, 'Planner', false],
])('a grant is called: %s', (_case, change, name, isLabel) => {
  const named = grant('g', null, change);
  expect([grantName(named), isNamedByParent(named)]).toEqual([name, isLabel]);
});

it.each<[Partial<Grant>, string]>([
  [{ actor: 'agent:p/g', actor_authenticated: false }, 'namedByParent'],
  [{ actor: 'c1', actor_authenticated: false }, 'namedApp'],
  [{ actor: 'c1', actor_authenticated: true }, 'proved'],
])('who holds a grant is as sure as its parent’s word or its own proof: %j', (change, identity) => {
  expect(identityOf(grant('g', 'p', change))).toBe(identity);
});

const detail = (change: Partial<AccessDetail>): AccessDetail => ({
  type: 'ai_model_access',
  provider: 'openai',
  ...change,
});

it.each([
  ['that are all named', [detail({ models: ['a', 'b'] })], { named: ['a', 'b'], more: 0 }],
  [
    'of two providers, each once',
    [detail({ models: ['a', 'b'] }), detail({ models: ['b', 'c'] })],
    { named: ['a', 'b'], more: 1 },
  ],
  ['that one entry leaves open', [detail({ models: ['a'] }), detail({})], null],
  ['of every kind', [detail({ models: ['*'] })], null],
])('the models of a grant in short: those %s', (_case, authorization_details, short) => {
  expect(modelsInShort({ authorization_details })).toEqual(short);
});

it.each([
  [undefined, false],
  [{ max_depth: 0 }, false],
  [{ max_depth: 1 }, true],
])('with delegation %j a grant may be delegated: %s', (delegation, may) => {
  expect(mayDelegate({ authorization_details: [detail(delegation ? { delegation } : {})] })).toBe(may);
});
