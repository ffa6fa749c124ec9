import { describeAlerts } from '../../test/alerts-suite.ts';
import { systemAmbient } from '../clock.ts';
import { openEmbeddedLedger } from '../ledger/embedded/embedded-ledger.ts';
import { openStore } from '../store/open-store.ts';

describeAlerts('SQLite', async (clock) => {
  const ambient = { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes };
  const store = await openStore({ dataDir: ':memory:', ambient });
  const ledger = await openEmbeddedLedger({ store, ambient });
  const engine = { db: store.db, ledger };
  const end = async () => {
    await ledger.close();
    await store.close();
  };
  return { engines: [engine, engine], end };
});
