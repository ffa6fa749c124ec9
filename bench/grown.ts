// The broker on a data folder as it is after a long life. An empty house makes one grant over its API; its rows are then copied under
// other ids and tokens, and the journal is filled, past the broker: a million grants in seconds. Each folder is made once.

import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { randomId, systemAmbient } from '../packages/broker/src/clock.ts';
import { hashKeyToken, newKeyToken } from '../packages/broker/src/grants/key-token.ts';
import { BROKER_PATH, makeToken, startBroker } from './broker.ts';
import { fillJournal, type History, type Parties, writeAtOnce } from './ledger-history.ts';
import type { Credential, Ground, Target } from './targets.ts';

/** A folder of one kind: its target's name, and how much has happened in it. */
export interface Growth extends History {
  readonly name: string;
  /** The callers take turns with so many grants; the rest is cold. */
  readonly used: number;
}

type Row = Record<string, SQLInputValue>;

/** Writes a row of the table again, with some of its members changed. */
const copier = (database: DatabaseSync, table: string): [row: Row, copy: (changed: Row) => void] => {
  const row = database
    .prepare(`select * from ${table} where ${table === 'links' ? 'grant_id is not null' : 1}`)
    .get();
  if (!row) throw new Error(`there is nothing in ${table} to copy`);
  const names = Object.keys(row);
  const insert = database.prepare(`insert into ${table} (${names}) values (${names.map(() => '?')})`);
  return [row as Row, (changed) => insert.run(...(Object.values({ ...row, ...changed }) as SQLInputValue[]))];
};

/** Copies the one grant until there are as many as asked for. Returns whose they are, and a token for each copy. */
const copyGrant = (database: DatabaseSync, grants: number): [Parties, tokens: string[]] => {
  const [grant, copyGrantRow] = copier(database, 'grants');
  const [link, copyLinkRow] = copier(database, 'links');
  const [firstId, firstLinkId] = [String(grant.id), String(link.id)];
  const made = [{ id: firstId, linkId: firstLinkId }];
  const tokens: string[] = [];
  while (made.length < grants) {
    const [id, token] = [randomId(systemAmbient, 'gr_'), newKeyToken(systemAmbient)];
    const linkId = firstLinkId.replace(firstId, id);
    copyGrantRow({ id, key_token_hash: hashKeyToken(token) });
    copyLinkRow({ id: linkId, grant_id: id });
    made.push({ id, linkId });
    tokens.push(token);
  }
  return [{ ownerId: String(grant.owner_id), keyLinkId: String(link.parent_id), grants: made }, tokens];
};

/** Says that the journal was looked through for alerts, as it is when it has grown slowly: else that is done while it is measured. */
const noteFollowed = (database: DatabaseSync): void =>
  database.exec(`insert into alert_owners (owner_id, seq, thresholds)
    select owner_id, max(seq), '[50,80,100]' from journal group by owner_id
    on conflict (owner_id) do update set seq = excluded.seq`);

const writeTokens = (file: string, tokens: readonly string[]): void =>
  writeFileSync(file, tokens.map((token) => `Bearer ${token}\n`).join(''));

const grow = async (ground: Ground, folder: string, growth: Growth): Promise<void> => {
  const dataDir = join(folder, 'data');
  mkdirSync(folder);
  const running = await startBroker(ground, { dataDir });
  const token = await makeToken(`http://127.0.0.1:${ground.port}`);
  await running.stop();
  writeAtOnce(dataDir, (database) => {
    const [parties, tokens] = copyGrant(database, growth.grants);
    fillJournal(database, parties, growth.entries);
    noteFollowed(database);
    const all = [token, ...tokens];
    writeTokens(join(folder, 'used'), all.slice(0, growth.used));
    writeTokens(join(folder, 'cold'), all.slice(growth.used));
  });
};

const varying = (file: string): Credential => ({ headers: {}, vary: { header: 'authorization', file } });

/** The broker on such a folder. Callers change the grant with every request. */
export const grownTarget = (growth: Growth): Target => ({
  name: growth.name,
  missing: () => null,
  start: async (ground) => {
    const folder = join(ground.kept, `${growth.name}-${growth.grants}-${growth.entries}`);
    if (!existsSync(folder)) {
      const unfinished = `${folder}.new`;
      await grow(ground, unfinished, growth);
      renameSync(unfinished, folder);
    }
    const running = await startBroker(ground, { dataDir: join(folder, 'data') });
    return {
      processes: [running],
      ports: [ground.port],
      path: BROKER_PATH,
      credential: varying(join(folder, 'used')),
      cold: varying(join(folder, 'cold')),
    };
  },
});
