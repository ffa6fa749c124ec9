// Tells a start after a crash which calls never went out. Before its first byte a call is marked in shared memory, which outlives the
// process and not the machine. MUST only ever be believed when it says that a mark is missing in a file that is whole and no older than the
// journal; whatever else is found means that the call may have been forwarded.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Ambient, randomId } from '../../clock.ts';

/** The system's shared memory: lost with the machine, as the marks have to be. */
const SHARED_MEMORY = '/dev/shm';

/** A mark never crosses a page, so that it is written whole or not at all. */
const MARK_BYTES = 64;

const NAME = /^valetkey-[0-9A-Za-z]{22}$/;

/** What a process left behind. */
export interface MarksLeft {
  readonly callIds: ReadonlySet<string>;
  /** The journal had at least this entry when the newest mark was made. */
  readonly journalId: number;
}

/** Where marks are kept. A folder of its own only in tests. */
export class MarkFolder {
  readonly #folder: string;
  readonly #ambient: Ambient;

  constructor(ambient: Ambient, folder = SHARED_MEMORY) {
    this.#ambient = ambient;
    this.#folder = folder;
  }

  /** New marks, none yet; null where there is no such folder, or no room in it. */
  create(): ForwardMarks | null {
    const name = randomId(this.#ambient, 'valetkey-');
    const path = join(this.#folder, name);
    try {
      return new ForwardMarks(name, path, openSync(path, 'wx', 0o600));
    } catch {
      return null;
    }
  }

  /** What is left under a name; null if it is not there or not whole. */
  read(name: string): MarksLeft | null {
    if (!NAME.test(name)) return null;
    try {
      const text = readFileSync(join(this.#folder, name), 'latin1');
      return text.length % MARK_BYTES === 0 ? parseMarks(text) : null;
    } catch {
      return null;
    }
  }

  remove(name: string): void {
    if (NAME.test(name)) rmSync(join(this.#folder, name), { force: true });
  }
}

const parseMarks = (text: string): MarksLeft | null => {
  const callIds = new Set<string>();
  let newest = 0;
  for (let at = 0; at < text.length; at += MARK_BYTES) {
    const [, callId, journalId] = /^(\S+) (\d+) *$/.exec(text.slice(at, at + MARK_BYTES)) ?? [];
    if (callId === undefined) return null;
    callIds.add(callId);
    newest = Math.max(newest, Number(journalId));
  }
  return { callIds, journalId: newest };
};

/** The marks of one process. As many as calls were ever open at once: what is closed makes room. */
export class ForwardMarks {
  readonly name: string;
  readonly #path: string;
  readonly #file: number;
  readonly #mark = Buffer.alloc(MARK_BYTES);
  readonly #places = new Map<string, number>();
  readonly #free: number[] = [];
  #isKept = true;

  constructor(name: string, path: string, file: number) {
    this.name = name;
    this.#path = path;
    this.#file = file;
  }

  /**
   * Marks a call that is about to go out; `journalId` is the newest durable entry. False if that can not be noted and what is noted can
   * not be taken back either: then it MUST NOT go out.
   */
  mark(callId: string, journalId: number): boolean {
    if (!this.#isKept || this.#places.has(callId)) return true;
    const place = this.#free.at(-1) ?? this.#places.size;
    const text = `${callId} ${journalId}`;
    try {
      if (text.length > MARK_BYTES) throw new Error('no call is named like this');
      this.#mark.fill(0x20).write(text, 'latin1');
      if (writeSync(this.#file, this.#mark, 0, MARK_BYTES, place * MARK_BYTES) < MARK_BYTES)
        throw new Error('cut short');
    } catch {
      return this.end();
    }
    this.#free.pop();
    this.#places.set(callId, place);
    return true;
  }

  /** The call is closed for good: its place may be taken. */
  clear(callId: string): void {
    const place = this.#places.get(callId);
    if (place === undefined) return;
    this.#places.delete(callId);
    this.#free.push(place);
  }

  /** Takes all marks away: a start after this finds none to believe. False if that fails. */
  end(): boolean {
    if (!this.#isKept) return true;
    try {
      rmSync(this.#path, { force: true });
      closeSync(this.#file);
      this.#isKept = false;
      return true;
    } catch {
      return false;
    }
  }
}
