// The graph of a call from an exported file: offline, for anyone who has the file. Its chain is checked on the way: nothing is told from a
// journal that was tampered with.

import { createReadStream } from 'node:fs';
import { fail, type Result, succeed } from '@valetkey/core';
import { type ExportedEntry, parseEntry } from '../export-line.ts';
import { GapBook } from '../gap-book.ts';
import { linesOf } from '../lines-of.ts';
import { joinRemovals, parseRemoval, REMOVAL, type Removal } from '../removal.ts';
import { chainProblem, genesisHead, nextHead } from '../verify-journal.ts';
import { CallGraphWalk } from './call-graph.ts';
import type { CallGraph } from './contract.ts';

/** The graph of a call from a file as `valetkey audit export` writes it. Fails with a sentence; MUST NOT throw on any file. */
export async function graphOfExport(path: string, callId: string): Promise<Result<CallGraph, string>> {
  try {
    const removed = joinRemovals(await removalsIn(path));
    const walk = new CallGraphWalk(callId, [removed]);
    const entries = new ChainedEntries();
    for await (const lines of linesOf(createReadStream(path))) {
      for (const line of lines) {
        const entry = entries.next(line ?? '');
        if (!entry.ok) return entry;
        const problem = walk.take(entry.value);
        if (problem !== null) return fail(`Entry ${entry.value.seq} ${problem}.`);
      }
    }
    const gap = entries.end();
    if (!gap.ok) return gap;
    const graph = walk.graph();
    const { until } = removed;
    const gone = until > 0 ? ` Calls from before ${new Date(until).toISOString()} were removed from it.` : '';
    return graph ? succeed(graph) : fail(`There is no call ${callId} in ${path}.${gone}`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(code ? `Cannot read ${path} (${code}).` : message);
  }
}

/** What the file says of old calls that were removed: it stands behind entries that it is needed for. Whether they belong is looked at later. */
async function removalsIn(path: string): Promise<Removal[]> {
  const removals: Removal[] = [];
  for await (const lines of linesOf(createReadStream(path))) {
    for (const line of lines) {
      if (!line?.includes(`"kind":"${REMOVAL}"`)) continue;
      const entry = parseEntry(line);
      const removal = entry.ok && entry.value.kind === REMOVAL ? parseRemoval(entry.value.body) : null;
      if (removal) removals.push(removal);
    }
  }
  return removals;
}

/** Lines of an export as entries, each of which MUST belong where it stands. */
class ChainedEntries {
  #head = { seq: 0, hash: '' };
  #ownerId: string | null = null;
  #lastAtMs = 0;
  readonly #gaps = new GapBook();

  next(line: string): Result<ExportedEntry, string> {
    const seq = this.#head.seq + 1;
    const parsed = parseEntry(line);
    if (!parsed.ok)
      return fail(`Line ${seq} is not as an export writes it. Only the form jsonl can be read.`);
    const entry = parsed.value;
    if (this.#ownerId === null) {
      this.#ownerId = entry.owner_id;
      this.#head = genesisHead(entry.owner_id);
    }
    const isAfterGap = entry.seq > seq;
    const head = isAfterGap ? { seq: entry.seq - 1, hash: entry.previous_hash } : this.#head;
    const next = nextHead(this.#ownerId, head, { ...entry });
    if (!next.ok) return fail(`Entry ${seq} ${chainProblem(next.error.reason)}.`);
    if (isAfterGap) this.#gaps.miss({ from: seq, to: head.seq, hash: head.hash, afterMs: this.#lastAtMs });
    if (entry.kind === REMOVAL) this.#gaps.name(entry.seq, entry.at, entry.body);
    this.#lastAtMs = entry.at;
    this.#head = next.value;
    return succeed(entry);
  }

  /** Fails if anything is missing that no entry says was removed. */
  end(): Result<void, string> {
    const gap = this.#gaps.fault();
    return gap ? fail(`Entry ${gap.seq} ${gap.problem}. The whole journal is needed.`) : succeed(undefined);
  }
}
