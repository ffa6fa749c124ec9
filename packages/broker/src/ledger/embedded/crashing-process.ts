// Test fixture: a process that admits and settles calls, says on its standard output what was acknowledged, and kills itself with
// SIGKILL after `argv[3]` acknowledgements, in the middle of what else is under way.

import { writeSync } from 'node:fs';
import { openStore } from '../../store/open-store.ts';
import { exactly } from '../contract-suite/harness.ts';
import { openRoot } from '../root-link.ts';
import { openEmbeddedLedger } from './embedded-ledger.ts';

const [, , dataDir = '', acknowledgements = '1', run = '0'] = process.argv;
const ambient = { now: () => Date.now() };
const store = await openStore({ dataDir, ambient });
const ledger = await openEmbeddedLedger({ store, ambient, checkpointEntries: 50 });
let left = Number(acknowledgements);
let calls = 0;

/** The reader of the pipe may be slow: then there is no room for the moment, and nothing was written. */
const say = (line: string): void => {
  for (let isSaid = false; !isSaid; ) {
    try {
      isSaid = writeSync(1, line) > 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
};

const acknowledge = (what: string): void => {
  say(`${what}\n`);
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};

await ledger.change({ links: [openRoot(`key-${run}`, 'owner')], rows: [], entries: [] });

const caller = async (): Promise<never> => {
  for (;;) {
    const callId = `call_${run}_${++calls}`;
    const chain = [{ linkId: `key-${run}`, version: 1 }];
    await ledger.admit({ callId, ownerId: 'owner', grantId: 'grant', chain, hold: exactly(10), intent: {} });
    acknowledge(`call.admitted ${callId}`);
    await ledger.settle({ callId, kind: 'settled', forwarded: true, nanos: 7, tokens: 0, body: {} });
    acknowledge(`call.settled ${callId}`);
  }
};
await Promise.all(Array.from({ length: 16 }, caller));
