// The graph of a call from an exported file: offline, for anyone who has the file. Its chain is checked on the way: nothing is told from a
// journal that was tampered with.

import { createReadStream } from 'node:fs';
import { fail, type Result, succeed } from '@valetkey/core';
import { type ExportedEntry, parseEntry } from '../export-line.ts';
import { linesOf } from '../lines-of.ts';
import { chainProblem, genesisHead, nextHead } from '../verify-journal.ts';
import { CallGraphWalk } from './call-graph.ts';
import type { CallGraph } from './contract.ts';

/** The graph of a call from a file as `valetkey audit export` writes it. Fails with a sentence; MUST NOT throw on any file. */
export async function graphOfExport(path: string, callId: string): Promise<Result<CallGraph, string>> {
  try {
    const walk = new CallGraphWalk(callId);
    const entries = new ChainedEntries();
    for await (const lines of linesOf(createReadStream(path))) {
      for (const line of lines) {
        const entry = entries.next(line ?? '');
        if (!entry.ok) return entry;
        const problem = walk.take(entry.value);
        if (problem !== null) return fail(`Entry ${entry.value.seq} ${problem}.`);
      }
    }
    const graph = walk.graph();
    return graph ? succeed(graph) : fail(`There is no call ${callId} in ${path}.`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(code ? `Cannot read ${path} (${code}).` : message);
  }
}

/** Lines of an export as entries, each of which MUST belong where it stands. */
class ChainedEntries {
  #head = { seq: 0, hash: '' };
  #ownerId: string | null = null;

  next(line: string): Result<ExportedEntry, string> {
    const seq = this.#head.seq + 1;
    const parsed = parseEntry(line);
    if (!parsed.ok)
      return fail(`Line ${seq} is not as an export writes it. Only the form jsonl can be read.`);
    const entry = parsed.value;
    if (this.#ownerId === null) {
      if (entry.seq !== 1)
        return fail('The export begins later than with entry 1: the whole journal is needed.');
      this.#ownerId = entry.owner_id;
      this.#head = genesisHead(entry.owner_id);
    }
    const next = nextHead(this.#ownerId, this.#head, { ...entry });
    if (!next.ok) return fail(`Entry ${seq} ${chainProblem(next.error.reason)}.`);
    this.#head = next.value;
    return succeed(entry);
  }
}
