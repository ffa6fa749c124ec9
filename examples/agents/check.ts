// Checks the evidence of the example, offline: `node check.ts FOLDER`. It knows public keys and the documented formats, and shares no code with
// the broker or the SDK. Exit code 0 if all of it holds, 1 with the first thing that does not.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkClaims } from './checker/claims.ts';
import { Fault, jsonOf } from './checker/fault.ts';
import { buildGraph } from './checker/graph.ts';
import { checkHeads, readJournal } from './checker/journal.ts';
import { checkLimits, sumUp } from './checker/money.ts';
import { checkReceipts } from './checker/receipts.ts';
import { removedUntil } from './checker/removed.ts';
import type { KeySet } from './checker/signatures.ts';

/** What was found, in sentences. Throws a `Fault` for the first thing that does not hold. */
function check(folder: string): readonly string[] {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const keysIn = (name: string) => jsonOf<KeySet>(read(name), name);
  const entries = readJournal(read('journal.jsonl'));
  const heads = checkHeads(entries, read('checkpoints.jsonl'), keysIn('checkpoint-keys.json'));
  const graph = buildGraph(entries);
  checkLimits(entries, graph);
  const spent = sumUp(entries, graph);
  const receipts = checkReceipts(
    read('receipts.txt'),
    keysIn('receipt-keys.json'),
    graph,
    removedUntil(entries),
  );
  const grants = checkClaims(read('claims.json'), graph, spent);
  return [
    `${entries.length} entries follow from each other, and ${heads} signed heads agree with them, the last with the last entry.`,
    `${grants} grants: each lies within the one above it, and went to somebody who proved who it is.`,
    `${graph.calls.size} calls: none under a grant that had ended, none beyond a limit, each at the price that was frozen before it.`,
    `${receipts} receipts are genuine and say what the journal says.`,
    'What was printed is what was spent.',
  ];
}

try {
  for (const line of check(process.argv[2] ?? '.')) process.stdout.write(`ok  ${line}\n`);
} catch (fault) {
  if (!(fault instanceof Fault)) throw fault;
  process.stdout.write(`WRONG  ${fault.message}\n`);
  process.exitCode = 1;
}
