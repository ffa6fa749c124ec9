// Lists of calls hold exactly the calls that a filter names, in order and page by page, on both engines.

import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { systemAmbient } from '../../clock.ts';
import { openStore } from '../../store/open-store.ts';
import { openPostgresStore } from '../../store/postgres/open-postgres-store.ts';
import type { Schema } from '../../store/schema.ts';
import { readCalls } from './read-calls.ts';
import type { CallFilter } from './schema.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 10, 20);
const MODELS = ['gpt-5', 'gpt-5-mini', 'it\'s "100%_\\', 'модель'];
const STATUSES = ['settled', 'ceiling', 'released', 'refused', 'admitted'] as const;
/** `gr_a` with two below it, of which one draws on another key as well; a stranger's; one that never called. */
const GRANTS = [
  ['gr_a', 'ada', null],
  ['gr_b', 'ada', 'gr_a'],
  ['gr_c', 'ada', 'gr_b'],
  ['gr_idle', 'ada', null],
  ['gr_eve', 'eve', null],
] as const;

interface Told {
  readonly id: string;
  readonly owner: string;
  readonly grant: string;
  readonly provider: string;
  readonly model: string | null;
  readonly status: (typeof STATUSES)[number];
  readonly isForwarded: boolean;
  readonly atMs: number;
}

/** Five hundred calls in five days, two owners in turn; the models and outcomes of each day differ. */
const CALLS: readonly Told[] = Array.from({ length: 500 }, (_, at) => ({
  id: `c${at}`,
  owner: at % 7 === 3 ? 'eve' : 'ada',
  grant: at % 7 === 3 ? 'gr_eve' : ['gr_a', 'gr_b', 'gr_c'][at % 3]!,
  provider: at % 5 === 0 ? 'anthropic' : 'openai',
  model: at % 31 === 0 ? null : MODELS[((at * 3) % 11) % 4]!,
  // The last one runs, because nothing is written after it.
  status: STATUSES[at === 499 ? 4 : at % 13 > 4 ? 0 : at % 13]!,
  isForwarded: at % 2 === 0,
  atMs: FIRST_MS + at * (DAY_MS / 100),
}));

const blank = { held_nanos: 0, settled_nanos: 0, held_tokens: 0, settled_tokens: 0, held_requests: 0 };

const entriesOf = (): Omit<Schema['journal'], 'id'>[] => {
  const last = new Map<string, number>();
  const entry = (call: Told, kind: string, atMs: number, body: object, requests = 0) => {
    const seq = (last.get(call.owner) ?? 0) + 1;
    last.set(call.owner, seq);
    return {
      ...blank,
      owner_id: call.owner,
      seq,
      at: atMs,
      kind,
      call_id: call.id,
      grant_id: call.grant,
      link_id: kind === 'call.refused' ? null : `${call.grant}.${call.provider}`,
      settled_requests: requests,
      body: JSON.stringify(body),
      hash: '',
    };
  };
  // Each outcome is written after the next call began, so some fall into the next day.
  return CALLS.flatMap((call, at) => {
    const { provider, model, status, atMs } = call;
    const began = entry(call, status === 'refused' ? 'call.refused' : 'call.admitted', atMs, {
      provider,
      operation: 'chat',
      model,
    });
    const before = CALLS[at - 1];
    if (!before || before.status === 'refused' || before.status === 'admitted') return [began];
    const counts = before.status === 'released' && !before.isForwarded ? 0 : 1;
    return [began, entry(before, `call.${before.status}`, atMs, { status: 200 }, counts)];
  });
};

const fill = async (db: Kysely<Schema>): Promise<void> => {
  const grants = GRANTS.map(([id, owner_id, parent_grant_id]) => ({
    ...{ id, owner_id, parent_grant_id, name: id, status: 'active', unknown_fields: 'pass', via: 'test' },
    created_at: FIRST_MS,
  }));
  await db
    .insertInto('grants')
    .values(grants as Schema['grants'][])
    .execute();
  const links = GRANTS.flatMap(([id, owner_id]) =>
    ['openai', 'anthropic'].map((provider) => ({
      ...{
        id: `${id}.${provider}`,
        owner_id,
        grant_id: id,
        provider,
        version: 1,
        status: 'active',
        limits: '[]',
      },
      provider_key_id: `key_${owner_id}_${provider}`,
    })),
  );
  await db
    .insertInto('links')
    .values(links as Schema['links'][])
    .execute();
  await db
    .insertInto('journal')
    .values(entriesOf() as Schema['journal'][])
    .execute();
};

const TREE: Readonly<Record<string, readonly string[]>> = {
  gr_a: ['gr_a', 'gr_b', 'gr_c'],
  gr_b: ['gr_b', 'gr_c'],
};

/** The same, by looking at every call. */
const expected = (filter: Partial<CallFilter>): readonly string[] =>
  CALLS.filter((call) => {
    const day = new Date(call.atMs).toISOString().slice(0, 10);
    const grants = filter.include ? (TREE[filter.grant_id ?? ''] ?? [filter.grant_id]) : [filter.grant_id];
    const isCounted = call.status !== 'refused' && (call.status !== 'released' || call.isForwarded);
    return (
      call.owner === 'ada' &&
      (filter.grant_id === undefined || grants.includes(call.grant)) &&
      (filter.model === undefined || filter.model === call.model) &&
      (filter.provider === undefined || filter.provider === call.provider) &&
      (filter.status === undefined ||
        (filter.status === 'counted' ? isCounted : filter.status === call.status)) &&
      (filter.provider_key_id === undefined ||
        (call.status !== 'refused' && filter.provider_key_id === `key_ada_${call.provider}`)) &&
      day >= (filter.from ?? '') &&
      day <= (filter.to ?? '9')
    );
  }).map(({ id }) => id);

const NARROWER: readonly Partial<CallFilter>[] = [
  {},
  { grant_id: 'gr_b' },
  { grant_id: 'gr_a', include: 'descendants' },
  { grant_id: 'gr_b', include: 'descendants', provider: 'openai' },
  { grant_id: 'gr_idle', include: 'descendants' },
  { grant_id: 'gr_eve' },
  { grant_id: 'gr_eve', include: 'descendants' },
  ...MODELS.map((model) => ({ model })),
  { model: 'gpt' },
  { model: 'openai' },
  { provider: 'anthropic', model: 'gpt-5' },
  { provider_key_id: 'key_ada_anthropic' },
  { provider_key_id: 'key_ada_openai', grant_id: 'gr_b', include: 'descendants' },
  { provider_key_id: 'key_eve_openai' },
];
const PERIODS = [
  {},
  { from: '2026-11-21', to: '2026-11-22' },
  { to: '2026-11-20' },
  { from: '2026-11-24' },
  { from: '2026-11-25' },
  { to: '2026-11-19' },
];

let server: PostgresServer;
let engines: Readonly<Record<string, { db: Kysely<Schema>; close(): Promise<void> }>>;
beforeAll(async () => {
  server = await startPostgres();
  engines = {
    SQLite: await openStore({ dataDir: ':memory:', ambient: systemAmbient }),
    PostgreSQL: await openPostgresStore({ url: await server.createDatabase(), ambient: systemAmbient }),
  };
  for (const { db } of Object.values(engines)) await fill(db);
}, 120_000);
afterAll(async () => {
  for (const engine of Object.values(engines)) await engine.close();
  await server.stop();
});

/** All pages of a filter. */
const readAll = async (db: Kysely<Schema>, filter: Partial<CallFilter>, limit: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await readCalls(db, 'ada', { ...filter, limit, ...(before && { before }) });
    ids.push(...page.slice(0, limit).map(({ callId }) => callId));
    if (page.length <= limit) return ids;
    before = String(page[limit - 1]!.cursor);
  }
};

describe.each(['SQLite', 'PostgreSQL'])('a list of calls on %s', (engine) => {
  it.each([undefined, 'counted', ...STATUSES] as const)(
    'of status %s holds what each filter names',
    async (status) => {
      const { db } = engines[engine]!;
      for (const narrower of NARROWER) {
        for (const period of PERIODS) {
          const filter = { ...narrower, ...period, ...(status && { status }) };
          const wanted = expected(filter).toReversed();
          expect([filter, await readAll(db, filter, 200)]).toEqual([filter, wanted]);
        }
        const filter = { ...narrower, ...(status && { status }) };
        const wanted = expected(filter).toReversed();
        if (wanted.length > 0 && wanted.length < 60)
          expect([filter, await readAll(db, filter, 7)]).toEqual([filter, wanted]);
      }
    },
    60_000,
  );

  it('holds the same where a tree has very many grants', async () => {
    const { db } = engines[engine]!;
    const child = (at: number) => ({
      ...{ id: `gr_${engine}_${at}`, owner_id: 'ada', parent_grant_id: 'gr_c', name: 'x', status: 'active' },
      ...{ unknown_fields: 'pass', via: 'test', created_at: FIRST_MS },
    });
    let made = 0;
    for (const many of [150, 5_100]) {
      for (; made < many; made += 50) {
        const grants = Array.from({ length: 50 }, (_, at) => child(made + at));
        await db
          .insertInto('grants')
          .values(grants as Schema['grants'][])
          .execute();
      }
      for (const status of ['counted', 'refused', 'ceiling', undefined] as const) {
        const filter = { grant_id: 'gr_b', include: 'descendants', ...(status && { status }) } as const;
        expect(await readAll(db, filter, 200)).toEqual(expected(filter).toReversed());
      }
    }
  }, 60_000);
});
