// Guarantees of the commands about the ledger: counts on stdout, the first fault in words, and an exit code that says whether all adds up.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeServer, SESSION, startFakeServer } from '../../test/fake-server.ts';
import { homeWithLogin, runAgainst } from '../../test/run-against.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'valetkey-cli-ledger-'));
const TABLES = `
  create table journal (id integer primary key, owner_id text, kind text, link_id text, call_id text,
    held_nanos int, held_requests int, held_tokens int, settled_nanos int, settled_requests int, settled_tokens int);
  create table links (id text, parent_id text);
  create table checkpoints (link_id text, balances text);
  create table house (key text, value text)`;

let server: FakeServer;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await startFakeServer();
  env = homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' });
  const database = new DatabaseSync(join(FOLDER, 'valetkey.sqlite'));
  database.exec(TABLES);
  database.close();
});
afterAll(() => server.close());

describe('ledger verify', () => {
  it('works without a server or a login, on the folder that is named', async () => {
    const words = ['ledger', 'verify', '--json'];
    const empty = { entries: 0, owners: 0, calls: 0, open_calls: 0, removed_calls: 0, links: 0, faults: [] };
    const byEnv = await runAgainst(words, {
      env: { XDG_CONFIG_HOME: '/dev/null', VALETKEY_DATA_DIR: FOLDER },
    });
    expect([byEnv.exitCode, JSON.parse(byEnv.stdout)]).toEqual([0, empty]);
    const byFlag = await runAgainst([...words, '--data-dir', FOLDER]);
    expect([byFlag.exitCode, JSON.parse(byFlag.stdout)]).toEqual([0, empty]);
  });

  it('ends with 1 and names the first fault', async () => {
    const database = new DatabaseSync(join(FOLDER, 'valetkey.sqlite'));
    database.exec(`insert into journal (id, owner_id, kind) values (7, 'me', 'grant.created')`);
    database.close();
    const { exitCode, stdout, stderr } = await runAgainst(['ledger', 'verify', '--data-dir', FOLDER]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Journal entries\t1\n');
    expect(stderr).toMatch(
      /^valetkey: The ledger does not add up. Journal entry 7 is not the next of its owner/,
    );
  });

  it('ends with 1 and one line where there is no database', async () => {
    const { exitCode, stderr } = await runAgainst(['ledger', 'verify', '--data-dir', '/none']);
    expect([exitCode, stderr]).toEqual([
      1,
      'valetkey: There is no database in /none. Name another with --data-dir.\n',
    ]);
  });
});

describe('ledger compare', () => {
  it.each([
    [[], 0],
    [[{ entry_id: null, problem: 'The balances differ.' }], 1],
  ])('with the faults %j ends with %i', async (faults, expected) => {
    const body = { entries: 5, calls: 2, open_calls: 0, removed_calls: 0, links: 2, faults };
    server.answer('POST /api/v1/ledger/compare', { body });
    const { exitCode, stdout } = await runAgainst(['ledger', 'compare', '--json'], { env });
    expect([exitCode, JSON.parse(stdout)]).toEqual([expected, body]);
  });
});

describe('calls correct', () => {
  it('sends the exact amount as text and shows both figures', async () => {
    server.answer('POST /api/v1/calls/call_1/correct', {
      body: { id: 'call_1', cost_usd: '0.000000001', was_usd: '0.002' },
    });
    const { exitCode, stdout } = await runAgainst(['calls', 'correct', 'call_1', '$0.000000001'], { env });
    expect([exitCode, stdout]).toEqual([0, 'Call\tcall_1\nWas\t0.002\nCost\t0.000000001\n']);
    expect(server.seen.at(-1)?.body).toEqual({ cost_usd: '0.000000001' });
  });
});
