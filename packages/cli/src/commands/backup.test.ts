// Guarantees of backup and restore on the command line: they need no server and no login, say where the key must be kept, and fail in one
// line without leaving anything behind.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAgainst } from '../../test/run-against.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-cli-backup-'));
const data = join(scratch, 'data');
const file = join(scratch, 'backup.sqlite');

const TABLES = `
  create table journal (id integer primary key, owner_id text, seq int, hash text, kind text, link_id text, call_id text,
    held_nanos int, held_requests int, held_tokens int, settled_nanos int, settled_requests int, settled_tokens int);
  create table links (id text, parent_id text);
  create table checkpoints (link_id text, journal_id int, balances text);
  create table house (key text, value text)`;

beforeAll(() => {
  mkdirSync(data);
  writeFileSync(join(data, 'master.key'), '');
  const database = new DatabaseSync(join(data, 'valetkey.sqlite'));
  database.exec(TABLES);
  database.close();
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe('backup', () => {
  it('writes the file and says where the master key is and belongs', async () => {
    const { exitCode, stdout, stderr } = await runAgainst(['backup', '--data-dir', data, '--to', file]);
    expect([exitCode, existsSync(file)]).toEqual([0, true]);
    expect(stdout).toContain(`Backup\t${file}\n`);
    expect(stderr).toContain(`The master key (${join(data, 'master.key')}) is not in the backup`);
    expect(stderr).toContain('in another place');
  });

  it('replaces no file', async () => {
    const { exitCode, stderr } = await runAgainst(['backup', '--data-dir', data, '--to', file]);
    expect([exitCode, stderr]).toEqual([
      1,
      `valetkey: ${file} exists already. A backup never replaces a file: choose another name.\n`,
    ]);
  });
});

describe('restore', () => {
  it('makes a folder and says what a restored broker does not know', async () => {
    const folder = join(scratch, 'restored');
    const words = ['restore', '--from', file, '--data-dir', folder];
    const { exitCode, stderr } = await runAgainst(words);
    expect([exitCode, existsSync(join(folder, 'valetkey.sqlite'))]).toEqual([0, true]);
    expect(stderr).toContain('revoked after the backup are live again');
    const again = await runAgainst(words);
    expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('is not empty')]);
  });

  it('restores nothing that does not add up', async () => {
    const [other, forged, folder] = ['other', 'forged.sqlite', 'not-restored'].map((name) =>
      join(scratch, name),
    );
    mkdirSync(other!);
    const database = new DatabaseSync(join(other!, 'valetkey.sqlite'));
    database.exec(`${TABLES}; insert into journal (id, owner_id, kind) values (7, 'me', 'grant.created')`);
    database.close();
    expect((await runAgainst(['backup', '--data-dir', other!, '--to', forged!])).exitCode).toBe(0);
    const { exitCode, stderr } = await runAgainst(['restore', '--from', forged!, '--data-dir', folder!]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Nothing was restored. The ledger does not add up. Journal entry 7');
    expect(existsSync(folder!)).toBe(false);
  });

  it.each([
    [['backup'], '--to FILE is missing'],
    [['restore', '--data-dir', 'x'], '--from FILE is missing'],
    [['restore', '--from', 'x'], '--data-dir FOLDER is missing'],
  ])('%j is a wrong command line', async (words, says) => {
    const { exitCode, stderr } = await runAgainst(words);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(says)]);
  });
});
