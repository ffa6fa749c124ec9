// Copies every row of an embedded database to PostgreSQL, a page a statement, in an order that keeps references whole. Rows that are there
// already are left alone, so that a copy that broke off is simply run again.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../store/schema.ts';

interface Table {
  readonly name: string;
  /** What rows are paged by; unique together. */
  readonly keys: readonly string[];
}

/** Everything but the journal, owners before what refers to them. */
const TABLES: readonly Table[] = [
  { name: 'user', keys: ['id'] },
  { name: 'session', keys: ['id'] },
  { name: 'account', keys: ['id'] },
  { name: 'verification', keys: ['id'] },
  { name: 'passkey', keys: ['id'] },
  { name: 'deviceCode', keys: ['id'] },
  { name: 'provider_keys', keys: ['id'] },
  { name: 'clients', keys: ['id'] },
  { name: 'grants', keys: ['id'] },
  { name: 'devices', keys: ['id'] },
  { name: 'stops', keys: ['id'] },
  { name: 'links', keys: ['id'] },
  { name: 'revoked_tokens', keys: ['token_id'] },
  { name: 'oauth_artifacts', keys: ['kind', 'id'] },
  { name: 'quotas', keys: ['key'] },
  { name: 'secrets', keys: ['id'] },
  { name: 'idempotency_keys', keys: ['id'] },
  { name: 'access_requests', keys: ['id'] },
  { name: 'alert_owners', keys: ['owner_id'] },
  { name: 'alerts', keys: ['id'] },
  { name: 'alert_destinations', keys: ['id'] },
  { name: 'alert_deliveries', keys: ['id'] },
  { name: 'owners', keys: ['owner_id'] },
  { name: 'invitations', keys: ['id'] },
  { name: 'journal_gaps', keys: ['owner_id', 'from_seq'] },
  { name: 'house', keys: ['key'] },
];

const PAGE = 500;

type Row = Readonly<Record<string, unknown>>;

/** The embedded ledger's own notes mean nothing to the other engine. */
const isOurs = (table: string, row: Row): boolean =>
  table !== 'house' || !String(row.key).startsWith('ledger.');

/** Adds rows of any table in one statement, their types taken from the table. */
export const insertRows = async (
  target: Kysely<Schema>,
  table: string,
  rows: readonly Row[],
): Promise<void> => {
  if (rows.length === 0) return;
  const name = sql.ref(table);
  const page = JSON.stringify(rows);
  await sql`insert into ${name} overriding system value
    select * from jsonb_populate_recordset(null::${name}, ${page}::jsonb) on conflict do nothing`.execute(
    target,
  );
};

const readPage = async (
  source: Kysely<Schema>,
  { name, keys }: Table,
  offset: number,
): Promise<readonly Row[]> => {
  const order = sql.join(keys.map((key) => sql.ref(key)));
  const page = sql<Row>`select * from ${sql.ref(name)} order by ${order} limit ${PAGE} offset ${offset}`;
  return (await page.execute(source)).rows;
};

/** Copies all tables but the journal; resolves with the number of rows by table. */
export const copyTables = async (
  source: Kysely<Schema>,
  target: Kysely<Schema>,
): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    let offset = 0;
    for (
      let rows = await readPage(source, table, 0);
      rows.length > 0;
      rows = await readPage(source, table, offset)
    ) {
      await insertRows(
        target,
        table.name,
        rows.filter((row) => isOurs(table.name, row)),
      );
      offset += rows.length;
    }
    counts[table.name] = offset;
  }
  return counts;
};

/** Copies the journal from where the target's ends, entry for entry with its ids, so that the hash chains stay as they are. */
export const copyJournal = async (
  source: Kysely<Schema>,
  target: Kysely<Schema>,
  take: (row: Row) => void,
): Promise<number> => {
  const last = await target
    .selectFrom('journal')
    .select((e) => e.fn.max('id').as('id'))
    .executeTakeFirst();
  const from = Number(last?.id ?? 0);
  let id = 0;
  let copied = 0;
  for (;;) {
    const rows = await source
      .selectFrom('journal')
      .selectAll()
      .where('id', '>', id)
      .orderBy('id')
      .limit(PAGE)
      .execute();
    if (rows.length === 0) break;
    for (const row of rows) take({ ...row });
    const missing = rows.filter((row) => row.id > from);
    await insertRows(target, 'journal', missing as unknown as Row[]);
    id = rows.at(-1)?.id ?? id;
    copied += missing.length;
  }
  // An earlier run may have copied calls that have left the source since.
  await sql`delete from journal using journal_gaps gap
    where journal.owner_id = gap.owner_id and journal.seq between gap.from_seq and gap.to_seq`.execute(
    target,
  );
  await sql`select setval(pg_get_serial_sequence('journal', 'id'), greatest((select max(id) from journal), 1))`.execute(
    target,
  );
  return copied;
};
