// The contract suite on PostgreSQL, and what only this engine promises of one replica.

import { afterAll, beforeAll } from 'vitest';
import { openPostgresEngine } from '../../../test/postgres/ledger-engine.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres/start-postgres.ts';
import { describeLedger } from '../contract-suite.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describeLedger('PostgreSQL', async (clock) => openPostgresEngine(await server.createDatabase(), clock));
