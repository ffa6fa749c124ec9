// The contract suite on PostgreSQL, and what only this engine promises of one replica.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgresEngine } from '../../../test/postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { Bench, NOON } from '../contract-suite/harness.ts';
import { callsIn, expectBooksStand, openTree, remover, spend } from '../contract-suite/removals.ts';
import { describeLedger } from '../contract-suite.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describeLedger('PostgreSQL', async (clock) => openPostgresEngine(await server.createDatabase(), clock));

it('removes old calls or does not, at whichever statement its connection is lost', async () => {
  const clock = { nowMs: NOON };
  const engine = await openPostgresEngine(await server.createDatabase(), clock);
  const bench = new Bench(engine, clock);
  await openTree(bench);
  const outcomes = new Set<string>();
  for (let statements = 0; statements < 8; statements += 1) {
    for (let call = 0; call < 2; call += 1) await spend(bench, 'b', 10);
    clock.nowMs += 40 * 86_400_000;
    const before = (await callsIn(bench)).length;
    engine.failAfter(statements);
    const ran = await remover(bench)
      .run()
      .then(
        () => 'done',
        () => 'broken off',
      );
    engine.failCommits(null);
    await engine.crash();
    const left = (await callsIn(bench)).length;
    expect([1, before]).toContain(left);
    outcomes.add(`${ran}, ${left === before ? 'nothing' : 'all'}`);
    await remover(bench).run();
    expect(await callsIn(bench)).toHaveLength(1);
    await expectBooksStand(bench);
  }
  // Every place is tried: with enough statements it goes through.
  expect([...outcomes]).toEqual(expect.arrayContaining(['broken off, nothing', 'done, all']));
  await engine.end();
});
