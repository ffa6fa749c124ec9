// What every ledger engine must pass. An engine's test file calls it with a way to open that engine on an empty store.

import { afterEach, describe } from 'vitest';
import { admissionTests } from './contract-suite/admission.ts';
import { changeTests } from './contract-suite/changes.ts';
import { correctionTests } from './contract-suite/corrections.ts';
import { faultTests } from './contract-suite/faults.ts';
import { Bench, NOON, type OpenEngine } from './contract-suite/harness.ts';
import { modelTests } from './contract-suite/model.ts';
import { removalTests } from './contract-suite/removals.ts';
import { resetTests } from './contract-suite/resets.ts';
import { settlementTests } from './contract-suite/settlement.ts';

/** Declares the tests of the ledger's contract for one engine. */
export function describeLedger(name: string, openEngine: OpenEngine): void {
  const started: Bench[] = [];
  const start = async (nowMs = NOON): Promise<Bench> => {
    const clock = { nowMs };
    const bench = new Bench(await openEngine(clock), clock);
    started.push(bench);
    return bench;
  };
  const end = async () => {
    for (const bench of started.splice(0)) await bench.engine.end();
  };
  const withBench = async (run: (bench: Bench) => Promise<void>) => {
    await run(await start()).finally(end);
  };

  describe(`the ledger on ${name}`, () => {
    afterEach(end);
    describe('admission', () => admissionTests(start));
    describe('settlement', () => settlementTests(start));
    describe('changes', () => changeTests(start));
    describe('corrections', () => correctionTests(start));
    describe('resets', () => resetTests(start));
    describe('faults', () => faultTests(start));
    describe('old calls that are removed', () => removalTests(start, withBench));
    describe('any life', () => modelTests(withBench));
  });
}
