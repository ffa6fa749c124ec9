// The tables of links and the journal, copied piece by piece into memory while the product runs, so that both engines are judged by the same
// SQL and without holding anything up. Entries may become visible out of order on PostgreSQL: the newest are read again each time.

import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { connectionConfig } from '../../src/store/postgres/connections.ts';

/** Where the product keeps its tables. */
export type Source = { readonly dataDir: string } | { readonly databaseUrl: string };

type Row = Record<string, string | number | null>;
type Query = (sql: string) => Promise<readonly Row[]>;

const READ_AGAIN = 2000;

/** Runs `work` on one connection, which is closed afterwards. */
const connected = async (source: Source, work: (query: Query) => Promise<void>): Promise<void> => {
  if ('dataDir' in source) {
    const database = new DatabaseSync(`${source.dataDir}/valetkey.sqlite`, { readOnly: true, timeout: 2000 });
    try {
      await work(async (sql) => database.prepare(sql).all() as Row[]);
    } finally {
      database.close();
    }
    return;
  }
  const client = new pg.Client({ ...connectionConfig(source.databaseUrl), application_name: 'auditor' });
  client.on('error', () => {});
  await client.connect();
  try {
    await work(async (sql) => {
      return (await client.query<Row>(sql)).rows;
    });
  } finally {
    await client.end();
  }
};

/** See the top of this file. */
export class JournalCopy {
  readonly tables = new DatabaseSync(':memory:');
  readonly #source: Source;
  #lastId = 0;
  #isMade = false;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Brings the copy up to what is committed now; rejects when the database does not answer. */
  async update(): Promise<void> {
    await connected(this.#source, async (query) => {
      const links = await query('select * from links');
      const from = Math.max(0, this.#lastId - READ_AGAIN);
      const journal = await query(`select * from journal where id > ${from} order by id`);
      if (!this.#isMade) this.#make(links[0], journal[0]);
      this.tables.exec('begin; delete from links');
      this.#insert('links', links);
      this.#insert('journal', journal);
      this.tables.exec('commit');
      this.#lastId = Math.max(this.#lastId, Number(journal.at(-1)?.id ?? 0));
    });
  }

  #make(link: Row | undefined, entry: Row | undefined): void {
    if (!link || !entry) throw new Error('there are no links and entries yet');
    const columns = (row: Row) =>
      Object.keys(row)
        .map((name) => `"${name}"${name === 'id' ? ' primary key' : ''}`)
        .join(', ');
    this.tables.exec(`create table links (${columns(link)}); create table journal (${columns(entry)})`);
    this.tables.exec(
      'create index calls on journal (call_id); create index kinds on journal (kind, grant_id)',
    );
    this.#isMade = true;
  }

  #insert(table: 'links' | 'journal', rows: readonly Row[]): void {
    const [first] = rows;
    if (!first) return;
    const names = Object.keys(first);
    const insert = this.tables.prepare(
      `insert or replace into ${table} (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map(() => '?').join(', ')})`,
    );
    for (const row of rows) insert.run(...names.map((name) => row[name] ?? null));
  }
}
