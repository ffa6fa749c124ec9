// How long the dashboard's list of calls takes to answer when an owner has many: each filter of it, its first page and one from far back, on
// both engines. Rows are put there as they would lie, without a gate. `node bench/activity.ts [calls]`

import { readCalls } from '../packages/broker/src/api/calls/read-calls.ts';
import type { CallFilter } from '../packages/broker/src/api/calls/schema.ts';
import { systemAmbient } from '../packages/broker/src/clock.ts';
import { openStore } from '../packages/broker/src/store/open-store.ts';
import { openPostgresStore } from '../packages/broker/src/store/postgres/open-postgres-store.ts';
import type { Schema } from '../packages/broker/src/store/schema.ts';
import { queryRows } from '../packages/broker/test/postgres/query-rows.ts';
import { startPostgres } from '../packages/broker/test/postgres/start-postgres.ts';

const CALLS = Number(process.argv[2] ?? 100_000);
const GRANTS = 20;
const RUNNING = 3;
const ROUNDS = 11;
const AT_ONCE = 500;

type Db = Awaited<ReturnType<typeof openStore>>['db'];
type Entry = Omit<Schema['journal'], 'id'>;

const HASH = 'x'.repeat(43);

/** As long as the gate writes them; one call in a hundred asks for another model. */
const intentOf = (call: number): string =>
  JSON.stringify({
    request_id: `req_${call}`,
    provider: 'openai',
    operation: 'openai.chat.completions',
    model: call % 100 === 0 ? 'gpt-5' : 'gpt-5-mini',
    stream: true,
    request_sha256: HASH,
    rate_card_sha256: HASH,
    token_id: HASH,
    prices: HASH.repeat(6),
  });
const outcome = JSON.stringify({
  status: 200,
  usage: { input_tokens: 700, output_tokens: 90 },
  duration_ms: 420,
  response_sha256: HASH,
});
const FIRST_MS = Date.UTC(2026, 0, 1);
/** The calls of thirty days. */
const STEP_MS = Math.floor((30 * 86_400_000) / CALLS);

/** Of a thousand calls five are refused, two posted at their ceiling, one costs nothing; the last three of all still run. */
const kindOf = (call: number): string | null => {
  if (call >= CALLS - RUNNING) return null;
  const place = call % 1000;
  return place < 2 ? 'call.ceiling' : place === 2 ? 'call.released' : 'call.settled';
};

function* entries(ownerId: string): Generator<Entry> {
  let seq = 0;
  const entry = (kind: string, call: number, body: string, settled: number): Entry => ({
    owner_id: ownerId,
    seq: ++seq,
    at: FIRST_MS + call * STEP_MS,
    kind,
    call_id: `${ownerId}_${call}`,
    grant_id: `gr_${call % GRANTS}`,
    link_id: kind === 'call.refused' ? null : `gr_${call % GRANTS}.openai`,
    held_nanos: 0,
    settled_nanos: settled,
    held_tokens: 0,
    settled_tokens: 0,
    held_requests: 0,
    settled_requests: settled > 0 ? 1 : 0,
    body,
    hash: HASH,
  });
  for (let call = 0; call < CALLS; call += 1) {
    if (call % 1000 > 994 && call < CALLS - RUNNING) {
      yield entry('call.refused', call, intentOf(call), 0);
      continue;
    }
    yield entry('call.admitted', call, intentOf(call), 0);
    const kind = kindOf(call);
    if (kind !== null) yield entry(kind, call, outcome, 1_500_000);
  }
}

/** A tree of three that called, one of three that never did, and a key for each. */
const fillGrants = async (db: Db): Promise<void> => {
  const grant = (id: string, parent: string | null) => ({
    id,
    owner_id: 'ada',
    name: id,
    parent_grant_id: parent,
    status: 'active',
    unknown_fields: 'pass',
    via: 'bench',
    created_at: FIRST_MS,
  });
  const trees = [
    grant('gr_tree', null),
    grant('gr_7', 'gr_tree'),
    grant('gr_8', 'gr_7'),
    grant('gr_empty', null),
    grant('gr_e1', 'gr_empty'),
    grant('gr_e2', 'gr_e1'),
  ];
  await db
    .insertInto('grants')
    .values(trees as Schema['grants'][])
    .execute();
  const links = trees.map(({ id }, at) => ({
    id: `${id}.openai`,
    owner_id: 'ada',
    grant_id: id,
    provider_key_id: at < 3 ? 'pk_1' : 'pk_2',
    provider: 'openai',
    version: 1,
    status: 'active',
    limits: '[]',
  }));
  await db
    .insertInto('links')
    .values(links as Schema['links'][])
    .execute();
};

const fill = async (db: Db): Promise<void> => {
  await fillGrants(db);
  for (const ownerId of ['ada', 'bob']) {
    let page: Entry[] = [];
    const flush = async () => {
      if (page.length > 0)
        await db
          .insertInto('journal')
          .values(page as Schema['journal'][])
          .execute();
      page = [];
    };
    for (const entry of entries(ownerId)) {
      page.push(entry);
      if (page.length === AT_ONCE) await flush();
    }
    await flush();
  }
};

const FILTERS: Readonly<Record<string, Partial<CallFilter>>> = {
  'first page': {},
  'far back': { before: String(CALLS) },
  'of a grant': { grant_id: 'gr_7' },
  running: { status: 'admitted' },
  settled: { status: 'settled' },
  'at the ceiling': { status: 'ceiling' },
  released: { status: 'released' },
  refused: { status: 'refused' },
  'running, of a grant': { status: 'admitted', grant_id: 'gr_7' },
  'at the ceiling, of a grant': { status: 'ceiling', grant_id: 'gr_7' },
  'refused, of a grant': { status: 'refused', grant_id: 'gr_7' },
  'of a tree': { grant_id: 'gr_tree', include: 'descendants' },
  'of a tree without any': { grant_id: 'gr_empty', include: 'descendants' },
  counted: { status: 'counted' },
  'of a day': { from: '2026-01-09', to: '2026-01-09' },
  'of a day, of a grant': { from: '2026-01-09', to: '2026-01-09', grant_id: 'gr_7' },
  'of a day without any': { from: '2026-03-01' },
  'of a model': { model: 'gpt-5-mini' },
  'of a rare model': { model: 'gpt-5' },
  'of a model that nobody asked for': { model: 'gpt-4' },
  'of such a model, of a grant': { model: 'gpt-4', grant_id: 'gr_7' },
  'of such a model, of a day': { model: 'gpt-4', from: '2026-01-09', to: '2026-01-09' },
  'at the ceiling, of such a model': { model: 'gpt-4', status: 'ceiling' },
  'of a provider key': { provider_key_id: 'pk_1' },
  'of a provider key without any': { provider_key_id: 'pk_2' },
};

const measure = async (engine: string, db: Db): Promise<void> => {
  for (const [name, filter] of Object.entries(FILTERS)) {
    const times: number[] = [];
    let rows = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      rows = (
        await readCalls(db, 'ada', { limit: 50, ...filter } as CallFilter, async () =>
          filter.grant_id === undefined ? RUNNING : 0,
        )
      ).length;
      times.push(performance.now() - startedAt);
    }
    times.sort((left, right) => left - right);
    const [half, worst] = [times[ROUNDS >> 1]!, times.at(-1)!];
    process.stdout.write(
      `${engine}\t${name}\t${rows} rows\t${half.toFixed(1)} ms\t${worst.toFixed(1)} ms at most\n`,
    );
  }
};

const embedded = await openStore({ dataDir: ':memory:', ambient: systemAmbient });
await fill(embedded.db);
await measure('SQLite', embedded.db);
await embedded.close();
const server = await startPostgres();
const url = await server.createDatabase();
const shared = await openPostgresStore({ url, ambient: systemAmbient });
await fill(shared.db);
// As its autovacuum does by itself.
await queryRows(url, 'analyze');
await measure('PostgreSQL', shared.db);
await shared.close();
await server.stop();
