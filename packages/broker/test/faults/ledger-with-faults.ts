// The start of a ledger on a data folder as a process of its own, killed while it closes what a crash left open: FAULT=<point>. Ends by
// itself, with code 0, where nothing was open any more.

import { systemAmbient as ambient } from '../../src/clock.ts';
import { openEmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { MarkFolder } from '../../src/ledger/embedded/forward-marks.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { FaultPoint } from './fault-point-names.ts';
import { killAt } from './fault-points.ts';

const { FAULT, DATA_DIR = '' } = process.env;
killAt(FAULT as FaultPoint, 1);
const store = await openStore({ dataDir: DATA_DIR, ambient });
await openEmbeddedLedger({ store, ambient, marks: new MarkFolder(ambient) });
process.exit(0);
