// A durable PostgreSQL for a bench run that counts its statements, with one empty database, as a process whose children run where it is
// pinned: `node postgres.ts` prints the database's address, and ends the server when it is told to or when whoever started it is gone.

import { queryRows } from '../packages/broker/test/postgres/query-rows.ts';
import { startPostgres } from '../packages/broker/test/postgres/start-postgres.ts';

const parent = process.ppid;
const server = await startPostgres({
  durable: true,
  settings: ['shared_preload_libraries=pg_stat_statements'],
});
let isEnding = false;
const end = async () => {
  if (isEnding) return;
  isEnding = true;
  await server.stop();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
setInterval(() => process.ppid !== parent && end(), 1000);
const url = await server.createDatabase();
await queryRows(url, 'create extension pg_stat_statements');
console.log(`DATABASE ${url}`);
