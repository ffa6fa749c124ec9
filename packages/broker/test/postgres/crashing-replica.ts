// Test fixture: a replica in a process of its own that admits and settles calls on the database `argv[2]` under the name `argv[3]`, says
// on its standard output what was acknowledged, and kills itself with SIGKILL after `argv[4]` acknowledgements.

import { writeSync } from 'node:fs';
import { systemAmbient } from '../../src/clock.ts';
import { exactly } from '../../src/ledger/contract-suite/harness.ts';
import { openPostgresLedger } from '../../src/ledger/postgres/postgres-ledger.ts';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';

const [, , url = '', name = '', acknowledgements = '1'] = process.argv;
const store = await openPostgresStore({ url, ambient: systemAmbient });
const ledger = await openPostgresLedger({ store, ambient: systemAmbient, name });
let left = Number(acknowledgements);
let calls = 0;

const acknowledge = (what: string): void => {
  writeSync(1, `${what}\n`);
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};

const caller = async (): Promise<never> => {
  for (;;) {
    const callId = `call_${name}_${++calls}`;
    const chain = [{ linkId: 'key', version: 1 }];
    await ledger.admit({ callId, ownerId: 'owner', grantId: 'grant', chain, hold: exactly(10), intent: {} });
    acknowledge(`call.admitted ${callId}`);
    await ledger.settle({ callId, kind: 'settled', forwarded: true, nanos: 7, tokens: 0, body: {} });
    acknowledge(`call.settled ${callId}`);
  }
};
await Promise.all(Array.from({ length: 8 }, caller));
