// A durable PostgreSQL for a bench run, with one empty database, as a process whose children run where it is pinned: `node postgres.ts`
// prints the database's address, and ends the server when it is told to or when whoever started it is gone.

import { startPostgres } from '../packages/broker/test/postgres/start-postgres.ts';

const parent = process.ppid;
const server = await startPostgres({ durable: true });
let isEnding = false;
const end = async () => {
  if (isEnding) return;
  isEnding = true;
  await server.stop();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
setInterval(() => process.ppid !== parent && end(), 1000);
console.log(`DATABASE ${await server.createDatabase()}`);
