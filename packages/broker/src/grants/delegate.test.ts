// Delegation: a child is narrower than its parent when it is made and at every use, spends what its parents have, and never outlives them.

import { type ModelAccess, unrestrictedAccess } from '@valetkey/core';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addKey } from '../../test/add-key.ts';
import { RefusalTally } from '../audit/refusal-tally.ts';
import { systemAmbient } from '../clock.ts';
import { exactly } from '../ledger/contract-suite/harness.ts';
import { type EmbeddedLedger, openEmbeddedLedger } from '../ledger/embedded/embedded-ledger.ts';
import { addProvenActors } from '../store/migrations/0007-proven-actors.ts';
import { openStore, type SqliteStore } from '../store/open-store.ts';
import { Outage } from '../store/outage.ts';
import { actorsOf } from './actors.ts';
import type { Delegation, Grant, Grants, LiveGrant } from './contract.ts';
import { createGrants } from './grants.ts';

const USD = 1_000_000_000;
const ROUNDS = Number(process.env.DELEGATION_ROUNDS ?? 20);

let store: SqliteStore;
let ledger: EmbeddedLedger;
let grants: Grants;
let nowMs: number;
const ambient = { now: () => nowMs, randomBytes: systemAmbient.randomBytes };

const OPENAI: ModelAccess = {
  ...unrestrictedAccess('openai'),
  models: ['gpt-*'],
  limits: [{ unit: 'usd', amount: 5 * USD, per: 'total' }],
  delegationMaxDepth: 3,
};

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 22, 12);
  store = await openStore({ dataDir: ':memory:', ambient });
  ledger = await openEmbeddedLedger({ store, ambient });
  grants = createGrants({ db: store.db, ledger, ambient });
  await addKey({ db: store.db, ledger }, { id: 'pk', ownerId: 'ada' });
});
afterEach(async () => {
  await ledger.close();
  await store.close();
});

const give = async (access = OPENAI): Promise<Grant> => {
  const parts = [{ providerKeyId: 'pk', access }];
  const made = await grants.create({
    ownerId: 'ada',
    clientId: 'planner',
    name: 'Planner',
    parts,
    unknownFields: 'refuse',
    via: 'test',
  });
  if (!made.ok) throw new Error(made.error.detail);
  return made.value;
};

const ask = (parentGrantId: string, access: Partial<ModelAccess> = {}, rest: Partial<Delegation> = {}) =>
  grants.delegate({
    parentGrantId,
    asked: [{ ...OPENAI, limits: [], delegationMaxDepth: 0, ...access }],
    clientId: 'planner',
    name: 'worker',
    isActorAuthenticated: false,
    keyThumbprint: null,
    via: 'test',
    ...rest,
  });

const child = async (...args: Parameters<typeof ask>): Promise<Grant> => {
  const made = await ask(...args);
  if (!made.ok) throw new Error(made.error.detail);
  return made.value;
};

let calls = 0;
const admit = async (grantId: string, nanos: number) => {
  const live = await grants.reread(grantId);
  const { chain } = live!.parts[0]!;
  calls += 1;
  const callId = `call_${calls}`;
  return ledger.admit({ callId, ownerId: 'ada', grantId, chain, hold: exactly(nanos), intent: {} });
};

/** What the journal says of refused delegations, oldest first. */
const refusedOf = async (kind = 'delegation.refused') => {
  const entries = store.db.selectFrom('journal').select(['owner_id', 'grant_id', 'body']).orderBy('id');
  const found = await entries.where('kind', '=', kind).execute();
  return found.map(({ body, ...ids }) => ({ ...ids, ...JSON.parse(body) }));
};

describe('a refused delegation', () => {
  it('is an entry of the parent: what went too far and who was to have it, never what was asked for in it', async () => {
    const parent = await give();
    const access = {
      models: ['secret-plan'],
      limits: [{ unit: 'usd', amount: 6 * USD, per: 'total' }],
    } as const;
    await ask(parent.id, access, { name: 'A worker of Bob', clientId: 'scout', isActorAuthenticated: true });
    const refused = await refusedOf();
    expect(refused).toEqual([
      {
        owner_id: 'ada',
        grant_id: parent.id,
        code: 'not_narrower',
        members: ['models', 'limits.total_spend'],
        providers: ['openai'],
        client_id: 'scout',
        is_actor_authenticated: true,
        via: 'test',
      },
    ]);
    expect(JSON.stringify(refused)).not.toMatch(/secret-plan|Bob/);
  });

  it.each<[string, () => Promise<unknown>, object[]]>([
    [
      'a grant that may not delegate',
      async () => ask((await give({ ...OPENAI, delegationMaxDepth: 0 })).id, { models: ['o3'] }),
      [{ code: 'not_permitted', members: ['models', 'delegation.max_depth'] }],
    ],
    [
      'a receiver whom the owner did not name',
      async () =>
        ask((await give({ ...OPENAI, delegationTo: ['own_agents'] })).id, {}, { clientId: 'scout' }),
      [{ code: 'not_permitted', members: ['delegation.to'] }],
    ],
    [
      'another provider',
      async () => ask((await give()).id, { provider: 'google' }),
      [{ code: 'not_narrower', members: ['provider'], providers: ['google'] }],
    ],
    [
      'an end that is past',
      async () => ask((await give()).id, { expiresAtMs: nowMs }),
      [{ code: 'not_narrower', members: ['expires'] }],
    ],
    [
      'a token that is not held any more',
      async () => ask((await give()).id, {}, { holds: () => false }),
      [{ code: 'not_active', members: [] }],
    ],
    ['a grant that there never was', () => ask('gr_none'), []],
    ['nothing, because it is made', async () => ask((await give()).id), []],
  ])('is told of %s', async (_, act, said) => {
    await act();
    expect(await refusedOf()).toMatchObject(said);
    expect(await refusedOf()).toHaveLength(said.length);
  });

  it('is told of a grant that has ended', async () => {
    const parent = await give();
    await grants.revoke('ada', parent.id, 'owner');
    await ask(parent.id);
    expect(await refusedOf()).toMatchObject([{ grant_id: parent.id, code: 'not_active' }]);
  });

  it('is an outage while nothing can be recorded', async () => {
    const parent = await give();
    const record = vi.spyOn(ledger, 'record').mockRejectedValue(new Outage('gone'));
    await expect(ask(parent.id, { models: ['o3'] })).rejects.toThrow(Outage);
    record.mockRestore();
    expect(await refusedOf()).toEqual([]);
  });

  it('does not flood the journal: ten a minute for each reason, then their number', async () => {
    const refusals = new RefusalTally(ledger);
    grants = createGrants({ db: store.db, ledger, ambient, refusals });
    const parent = await give();
    await Promise.all(Array.from({ length: 25 }, () => ask(parent.id, { models: ['o3'] })));
    await ask(parent.id, { delegationMaxDepth: 3 });
    await refusals.flush();
    const codes = (await refusedOf()).map(({ code }) => code);
    expect(codes).toEqual([...Array(10).fill('not_narrower'), 'not_permitted']);
    expect(await refusedOf('delegation.refusals')).toMatchObject([
      { owner_id: 'ada', grant_id: parent.id, code: 'not_narrower', more: 15 },
    ]);
  });
});

describe('a child', () => {
  it('hangs below its parent, with an entry of its own, and may do what both allow', async () => {
    const parent = await give();
    const made = await child(parent.id, { models: ['gpt-4o*'] });
    expect(made).toMatchObject({
      parentGrantId: parent.id,
      ownerId: 'ada',
      status: 'active',
      name: 'worker',
    });
    const live = await grants.live(made.id);
    expect(live?.parts[0]).toMatchObject({ providerKeyId: 'pk', access: { models: ['gpt-4o*'] } });
    expect(live?.parts[0]?.access.limits).toEqual(OPENAI.limits);
    expect(live?.parts[0]?.chain.map(({ linkId }) => linkId)).toEqual([
      `${made.id}.openai`,
      `${parent.id}.openai`,
      'pk',
    ]);
    const entries = store.db.selectFrom('journal').select(['kind', 'body']).where('grant_id', '=', made.id);
    const [entry] = await entries.execute();
    expect([entry?.kind, JSON.parse(entry?.body ?? '')]).toMatchObject([
      'grant.delegated',
      { parent_grant_id: parent.id, is_actor_authenticated: false },
    ]);
  });

  it.each<[string, Partial<ModelAccess>, string]>([
    ['another model', { models: ['o3'] }, 'models'],
    ['every model', { models: null }, 'models'],
    ['more money', { limits: [{ unit: 'usd', amount: 6 * USD, per: 'total' }] }, 'limits.total_spend'],
    ['tools that cost', { tools: ['web_search'] }, 'tools'],
    ['as deep a delegation', { delegationMaxDepth: 3 }, 'delegation.max_depth'],
  ])('is refused when it asks for %s, and nothing is made', async (_, access, member) => {
    const parent = await give();
    const made = await ask(parent.id, access);
    expect(!made.ok && [made.error.reason, made.error.violations.map((each) => each.member)]).toEqual([
      member.startsWith('delegation') ? 'not_permitted' : 'not_narrower',
      [member],
    ]);
    expect(await grants.list('ada')).toHaveLength(1);
  });

  it('is refused below a grant that may not delegate, and three levels down', async () => {
    const closed = await give({ ...OPENAI, delegationMaxDepth: 0 });
    expect(await ask(closed.id)).toMatchObject({ ok: false, error: { reason: 'not_permitted' } });
    let parent = await give({ ...OPENAI, delegationMaxDepth: 9 });
    for (const depth of [8, 7, 6]) parent = await child(parent.id, { delegationMaxDepth: depth });
    const tooDeep = await ask(parent.id, { delegationMaxDepth: 0 });
    expect(!tooDeep.ok && tooDeep.error.detail).toContain('3 levels');
  });

  it('goes as deep as the house allows', async () => {
    grants = createGrants({ db: store.db, ledger, ambient, maxDelegationDepth: 1 });
    const parent = await give();
    const made = await child(parent.id, { delegationMaxDepth: 2 });
    expect(await ask(made.id)).toMatchObject({ ok: false, error: { reason: 'not_permitted' } });
  });

  it('is refused once whoever asks does not hold the parent any more', async () => {
    const parent = await give();
    const asked = { holds: ({ revokedTokenIds }: LiveGrant) => !revokedTokenIds.has('token') };
    expect((await ask(parent.id, {}, asked)).ok).toBe(true);
    await grants.revokeToken(parent.id, 'token', nowMs + 1000);
    expect(await ask(parent.id, {}, asked)).toMatchObject({ ok: false, error: { reason: 'not_active' } });
  });

  it('is refused while its parent has 500 that live', async () => {
    const parent = await give();
    for (let made = 0; made < 499; made += 1) await child(parent.id, { expiresAtMs: nowMs + 1000 });
    expect((await ask(parent.id)).ok).toBe(true);
    expect(await ask(parent.id)).toMatchObject({ ok: false, error: { reason: 'too_many' } });
    nowMs += 1000;
    expect((await ask(parent.id)).ok).toBe(true);
  });

  it('draws down every grant above it: two children never spend more together than their parent has', async () => {
    const parent = await give();
    const [one, two] = [await child(parent.id), await child(parent.id)];
    const admitted = await Promise.all([one, two, one, two].map(({ id }) => admit(id, 2 * USD)));
    expect(admitted.filter(({ ok }) => ok)).toHaveLength(2);
    expect(admitted.find(({ ok }) => !ok)).toMatchObject({
      error: { reason: 'limit', linkId: `${parent.id}.openai`, limit: 5 * USD, held: 4 * USD },
    });
  });

  it('is bound at its next call by what was tightened above it', async () => {
    const parent = await give();
    const made = await child((await child(parent.id, { delegationMaxDepth: 1 })).id);
    expect((await admit(made.id, USD)).ok).toBe(true);
    await grants.edit('ada', parent.id, { ...OPENAI, models: ['gpt-5'], limits: [] });
    const live = await grants.reread(made.id);
    expect(live?.parts[0]?.access.models).toEqual(['gpt-5']);
    await grants.suspend('ada', parent.id);
    expect(await admit(made.id, 1)).toMatchObject({ error: { reason: 'not_live', status: 'suspended' } });
    await grants.resume('ada', parent.id);
    expect((await admit(made.id, 1)).ok).toBe(true);
  });

  it('is not made of a part that has ended unused, while another part of the grant lives on', async () => {
    await addKey({ db: store.db, ledger }, { id: 'pk_a', ownerId: 'ada', provider: 'anthropic' });
    const anthropic = { ...OPENAI, provider: 'anthropic' };
    const made = await grants.create({
      ownerId: 'ada',
      clientId: 'planner',
      name: 'Planner',
      parts: [
        { providerKeyId: 'pk', access: OPENAI },
        { providerKeyId: 'pk_a', access: anthropic },
      ],
      unknownFields: 'refuse',
      via: 'test',
    });
    const id = made.ok ? made.value.id : '';
    const end = { kind: 'update', linkId: `${id}.anthropic`, set: { expiresAtMs: nowMs } } as const;
    await ledger.change({ links: [end], rows: [], entries: [] });
    expect(await ask(id, { provider: 'anthropic' })).toMatchObject({
      ok: false,
      error: { reason: 'not_active' },
    });
    expect(await ask(id)).toMatchObject({ ok: true });
  });

  it('ends no later than its parent', async () => {
    const parent = await give({ ...OPENAI, expiresAtMs: nowMs + 1000 });
    const made = await child(parent.id);
    expect(made.expiresAtMs).toBe(nowMs + 1000);
    expect(await ask(parent.id, { expiresAtMs: nowMs + 1001 })).toMatchObject({ ok: false });
    nowMs += 1000;
    expect(await admit(made.id, 1)).toMatchObject({ error: { reason: 'not_live', status: 'expired' } });
    expect(await ask(parent.id)).toMatchObject({ ok: false, error: { reason: 'not_active' } });
  });

  it('names everyone on the way, the newest outermost', async () => {
    const parent = await give();
    const other = await child(parent.id, { delegationMaxDepth: 1 }, { clientId: 'writer', name: 'Writer' });
    const own = await child(other.id, {}, { clientId: 'writer', name: 'spell check' });
    const { path } = (await grants.live(own.id))!;
    expect(path.map(({ grantId }) => grantId)).toEqual([parent.id, other.id, own.id]);
    expect(actorsOf(path, 'https://broker.example')).toEqual([
      { sub: `agent:${other.id}/spell check`, iss: 'https://broker.example' },
      { sub: 'writer', iss: 'https://broker.example' },
    ]);
  });
});

describe('ending a grant', () => {
  it('ends everything below it, and nothing beside it', async () => {
    const parent = await give();
    const [one, beside] = [await child(parent.id, { delegationMaxDepth: 1 }), await child(parent.id)];
    const below = await child(one.id);
    const revoked = await grants.revoke('ada', one.id, 'owner');
    expect(revoked.ok && revoked.value.grantIds.toSorted()).toEqual([one.id, below.id].toSorted());
    expect(await admit(below.id, 1)).toMatchObject({ error: { reason: 'not_live' } });
    expect((await admit(beside.id, 1)).ok).toBe(true);
  });

  it(`leaves no child alive that was made in the same moment, ${ROUNDS} rounds of 16`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const parent = await give();
      const branch = await child(parent.id, { delegationMaxDepth: 1 });
      const racing = Array.from({ length: 16 }, (_, at) => async () => {
        if (at === round % 16) return grants.revoke('ada', parent.id, 'owner');
        return ask(at % 2 ? branch.id : parent.id);
      });
      const results = await Promise.all(racing.map((each) => each()));
      const made = results.flatMap((result) => (result.ok && 'id' in result.value ? [result.value.id] : []));
      for (const id of [...made, branch.id]) {
        expect(await grants.get('ada', id)).toMatchObject({ status: 'revoked' });
        expect((await admit(id, 1)).ok).toBe(false);
      }
      expect((await ask(branch.id)).ok).toBe(false);
    }
  });
});

describe('to whom a grant may be delegated', () => {
  const proven = { clientId: 'scout', isActorAuthenticated: true };
  const merelyNamed = { clientId: 'scout', isActorAuthenticated: false };
  const withTo = (...delegationTo: string[]): ModelAccess => ({ ...OPENAI, delegationTo });

  it.each<[string, ModelAccess, Partial<Delegation>, boolean]>([
    ['anyone: an agent', OPENAI, {}, true],
    ['anyone: a client that was only named', OPENAI, merelyNamed, true],
    ['own agents: an agent', withTo('own_agents'), {}, true],
    ['own agents: a client that proved itself', withTo('own_agents'), proven, false],
    ['own agents: a client that was only named', withTo('own_agents'), merelyNamed, false],
    ['a client: that client, proven', withTo('scout'), proven, true],
    ['a client: that client, only named', withTo('scout'), merelyNamed, false],
    ['a client: an agent', withTo('scout'), {}, false],
    ['another client', withTo('other'), proven, false],
  ])('is decided when a child is made (%s)', async (_, access, actor, isMade) => {
    const parent = await give(access);
    const made = await ask(parent.id, {}, actor);
    expect(made).toMatchObject(
      isMade
        ? { ok: true }
        : { error: { reason: 'not_permitted', violations: [{ member: 'delegation.to' }] } },
    );
    expect(await grants.list('ada')).toHaveLength(isMade ? 2 : 1);
  });

  it('counts at every level: what the owner said binds the children of children', async () => {
    const parent = await give(withTo('own_agents'));
    expect(await ask(parent.id, { delegationMaxDepth: 1 })).toMatchObject({
      error: { violations: [{ member: 'delegation.to' }] },
    });
    const worker = await child(parent.id, { delegationMaxDepth: 1, delegationTo: ['own_agents'] });
    expect((await ask(worker.id, {}, proven)).ok).toBe(false);
    expect((await ask(worker.id)).ok).toBe(true);
  });

  it('is decided again at every use: who is outside it now is refused, with all below, until it is wide enough again', async () => {
    const parent = await give();
    const scout = await child(parent.id, { delegationMaxDepth: 1 }, proven);
    const below = await child(scout.id, {}, { clientId: 'scout' });
    const worker = await child(parent.id);
    const before = await grants.live(below.id);
    await grants.edit('ada', parent.id, withTo('own_agents'));
    const admission = { callId: 'old', ownerId: 'ada', grantId: below.id, hold: exactly(USD), intent: {} };
    expect(await ledger.admit({ ...admission, chain: before!.parts[0]!.chain })).toMatchObject({
      error: { reason: 'stale' },
    });
    for (const { id } of [scout, below]) {
      expect(await grants.reread(id)).toMatchObject({ parts: [], barredProviders: ['openai'] });
      expect(await ask(id, {}, { clientId: 'scout' })).toMatchObject({ error: { reason: 'not_permitted' } });
    }
    expect((await admit(worker.id, USD)).ok).toBe(true);
    await grants.edit('ada', parent.id, withTo('own_agents', 'scout'));
    // Nobody told the grants below: a refusal MUST NOT outlive its reason in memory.
    expect(await grants.live(below.id)).toMatchObject({
      parts: [{ provider: 'openai' }],
      barredProviders: [],
    });
    expect((await admit(below.id, USD)).ok).toBe(true);
  });

  it('ends what hangs deeper than a depth that shrank', async () => {
    const parent = await give();
    const worker = await child(parent.id, { delegationMaxDepth: 2 });
    const below = await child(worker.id, { delegationMaxDepth: 1 });
    await grants.edit('ada', parent.id, { ...OPENAI, delegationMaxDepth: 1 });
    expect((await grants.reread(worker.id))?.parts[0]?.access.delegationMaxDepth).toBe(0);
    expect(await grants.reread(below.id)).toMatchObject({ parts: [], barredProviders: ['openai'] });
  });

  it('is decided on what the journal says of those that an older release made', async () => {
    const parent = await give();
    const made = [await child(parent.id, {}, proven), await child(parent.id, {}, merelyNamed)];
    await sql.raw('alter table grants drop column is_actor_authenticated').execute(store.db);
    await addProvenActors(store.db);
    const known = await Promise.all(made.map(({ id }) => grants.get('ada', id)));
    expect(known.map((each) => each?.isActorAuthenticated)).toEqual([true, false]);
  });

  it('is anyone for grants of a release that did not know it', async () => {
    const parent = await give();
    const stored = await store.db
      .selectFrom('links')
      .select('access')
      .where('grant_id', '=', parent.id)
      .execute();
    const { delegationTo: _, ...old } = JSON.parse(stored[0]?.access ?? '');
    await grants.edit('ada', parent.id, old as ModelAccess);
    const scout = await child(parent.id, {}, merelyNamed);
    expect((await admit(scout.id, USD)).ok).toBe(true);
  });
});
