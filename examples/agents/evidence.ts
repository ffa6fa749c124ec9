// What is left when everything has ended: files that anybody can check, and nothing secret in any of them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from './broker.ts';
import type { Owner } from './owner.ts';
import type { TreeNode } from './tree.ts';

/** A call, and its receipt if whoever made it could still ask for it. */
export interface Call {
  readonly callId: string;
  readonly receipt: string | null;
}

/**
 * A receipt of each call. A worker whose grant has ended can not ask for its own any more; the owner can, and a receipt can be made again at
 * any time.
 */
export const receiptsOf = (owner: Owner, calls: readonly Call[]): Promise<string[]> =>
  Promise.all(calls.map(async ({ callId, receipt }) => receipt ?? (await receiptForOwner(owner, callId))));

/** Refused while the outcome of the call is being written. */
async function receiptForOwner(owner: Owner, callId: string, triesLeft = 20): Promise<string> {
  try {
    return (await owner.api<{ receipt: string }>('GET', `/calls/${callId}/receipt`)).receipt;
  } catch (error) {
    if (triesLeft === 0) throw error;
    await sleep(200);
    return receiptForOwner(owner, callId, triesLeft - 1);
  }
}

/** Where it is taken from. */
export interface EvidenceSources {
  readonly broker: Broker;
  readonly owner: Owner;
  readonly receipts: readonly string[];
  readonly tree: TreeNode;
}

/** Writes the journal, its signed heads, the receipts, the public keys, and what was said that everybody spent. */
export async function writeEvidence(
  folder: string,
  { broker, owner, receipts, tree }: EvidenceSources,
): Promise<void> {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const { journal, checkpoints } = await signedJournal(broker, owner);
  write('journal.jsonl', journal);
  write('checkpoints.jsonl', checkpoints);
  write('receipts.txt', receipts.map((receipt) => `${receipt}\n`).join(''));
  for (const name of ['checkpoint-keys', 'receipt-keys'])
    write(`${name}.json`, await (await fetch(`${broker.url}/.well-known/valetkey-${name}`)).text());
  write('claims.json', `${JSON.stringify(tree, null, 2)}\n`);
}

/** The journal as `valetkey audit export` writes it, once its last entry is signed. */
async function signedJournal(
  { checkpointsFile }: Broker,
  owner: Owner,
): Promise<{ readonly journal: string; readonly checkpoints: string }> {
  for (let tries = 0; tries < 50; tries += 1) {
    const checkpoints = readIfThere(checkpointsFile);
    const journal = await owner.download('/audit/export');
    const last: { seq: number } = JSON.parse(journal.trimEnd().split('\n').at(-1) ?? '{}');
    if (signedSeqs(checkpoints).includes(last.seq)) return { journal, checkpoints };
    await sleep(200);
  }
  throw new Error('The journal was not signed in time.');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const signedSeqs = (checkpoints: string): number[] =>
  checkpoints
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => {
      const payload = String(JSON.parse(line).checkpoint).split('.')[1] ?? '';
      return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')).seq;
    });
