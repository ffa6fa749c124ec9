import { describeAlerts } from '../alerts-suite.ts';
import { openPostgresEngine } from './ledger-engine.ts';
import { startPostgres } from './start-postgres.ts';

describeAlerts('PostgreSQL with two replicas', async (clock) => {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const one = await openPostgresEngine(url, clock, { name: 'one' });
  const two = await openPostgresEngine(url, clock, { name: 'two' });
  const engineOf = ({ store, ledger }: typeof one) => ({ db: store.db, ledger });
  const end = async () => {
    for (const replica of [one, two]) await replica.end();
    await server.stop();
  };
  return { engines: [engineOf(one), engineOf(two)], end };
});
