// Seals everything anew under the current data key, in small batches beside whatever else goes on. MUST NOT replace a value that somebody
// else has replaced meanwhile.

import { type Kysely, sql } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { DataKeys } from './data-keys.ts';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts';
import { markOf, type NamedKey, openText, sealText } from './sealing.ts';

/** What was done. */
export interface SealedAnew {
  readonly count: number;
  /** Rows that do not open, as `table id`: they were altered, and stay as they are. */
  readonly unreadable: readonly string[];
}

/** What it works with. */
export interface SealAnewParts {
  readonly db: Kysely<Schema>;
  readonly keys: DataKeys;
  readonly ambient: Ambient;
}

/** Few enough that a call which commits meanwhile does not notice. */
const ROWS_AT_ONCE = 50;

interface SealedRow {
  readonly id: string;
  readonly value: string;
}

const readBatch = (
  { db }: SealAnewParts,
  { table, column, more }: SealedColumn,
  mark: string,
  afterId: string,
): Promise<readonly SealedRow[]> => {
  const value = sql<string>`${sql.ref(column)}`;
  return db
    .selectFrom(sql<{ id: string }>`${sql.table(table)}`.as('sealed'))
    .select(['id', value.as('value'), ...more.map((name) => sql`${sql.ref(name)}`.as(name))])
    .where('id', '>', afterId)
    .where(sql<boolean>`${value} <> '' and ${value} not like ${`${mark}%`}`)
    .orderBy('id')
    .limit(ROWS_AT_ONCE)
    .$castTo<SealedRow>()
    .execute();
};

const writeBatch = async (
  { db }: SealAnewParts,
  { table, column }: SealedColumn,
  fresh: readonly (SealedRow & { readonly before: string })[],
): Promise<void> => {
  const values = sql.join(fresh.map(({ id, before, value }) => sql`(${id}, ${before}, ${value})`));
  await sql`with fresh (id, was, value) as (values ${values})
    update ${sql.table(table)} set ${sql.ref(column)} = fresh.value from fresh
    where ${sql.table(table)}.id = fresh.id and ${sql.ref(`${table}.${column}`)} = fresh.was`.execute(db);
};

const sealColumn = async (
  parts: SealAnewParts,
  column: SealedColumn,
  key: NamedKey,
  unreadable: string[],
): Promise<number> => {
  let count = 0;
  for (let afterId = ''; ; ) {
    const rows = await readBatch(parts, column, markOf(key.name), afterId);
    const fresh = rows.flatMap((row) => {
      const binding = column.bindingOf(row);
      const text = openText((name) => parts.keys.find(name), binding, row.value);
      if (text === null) unreadable.push(`${column.table} ${row.id}`);
      const nonce = parts.ambient.randomBytes(12);
      return text === null
        ? []
        : [{ id: row.id, before: row.value, value: sealText(key, binding, text, nonce) }];
    });
    if (fresh.length > 0) await writeBatch(parts, column, fresh);
    count += fresh.length;
    if (rows.length < ROWS_AT_ONCE) return count;
    afterId = rows.at(-1)?.id ?? '';
  }
};

/** Seals all that is not under the current data key yet. Can be repeated, and done by many at once. */
export const sealAnew = async (parts: SealAnewParts): Promise<SealedAnew> => {
  const { sealing } = parts.keys;
  if (sealing === null) throw new Error('the vault is locked');
  const unreadable: string[] = [];
  let count = 0;
  for (const column of SEALED_COLUMNS) count += await sealColumn(parts, column, sealing, unreadable);
  return { count, unreadable };
};
