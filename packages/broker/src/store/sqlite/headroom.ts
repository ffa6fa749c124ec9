// Room on the disk that is kept for outcomes. While there is space a file holds it; when a write finds the disk full the file goes, and
// what it held is enough to settle the calls that are running. MUST be real bytes: a file of zeros or holes may take no room at all.

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MEBIBYTE = 1024 * 1024;

/** An outcome takes some 40 KiB until the log is folded into the database, many together far less. */
const RESERVED_BYTES = 8 * MEBIBYTE;

/** Less free space than this at a start, and the reserve is given up at once: even opening the database needs some. */
const LEAST_FREE_BYTES = MEBIBYTE;

/** Room that can be given up and taken again. */
export interface Headroom {
  /** Whether the room is there to be given up. */
  readonly isHeld: boolean;
  /** Gives the room up. */
  release(): void;
  /** Takes it, if it is not taken; false while there is not twice as much, so that there is room to work beside it. */
  restore(): boolean;
}

/** The head-room of a data folder. */
export class FileHeadroom implements Headroom {
  readonly #folder: string;
  readonly #path: string;
  #isHeld = true;
  #isWritten: boolean;

  /** The room is only taken by the first `restore`: until then it is free anyway. MUST come before the database is opened. */
  constructor(dataDir: string) {
    this.#folder = dataDir;
    this.#path = join(dataDir, 'valetkey.reserve');
    this.#isWritten = statSync(this.#path, { throwIfNoEntry: false })?.size === RESERVED_BYTES;
    if (this.#freeBytes() < (this.#isWritten ? LEAST_FREE_BYTES : 2 * RESERVED_BYTES)) this.release();
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  release(): void {
    rmSync(this.#path, { force: true });
    this.#isHeld = this.#isWritten = false;
  }

  restore(): boolean {
    if (this.#isWritten) return true;
    if (this.#freeBytes() < 2 * RESERVED_BYTES) return false;
    try {
      this.#write();
      this.#isHeld = this.#isWritten = true;
    } catch {
      this.release();
    }
    return this.#isWritten;
  }

  #write(): void {
    const file = openSync(this.#path, 'w', 0o600);
    try {
      const bytes = randomBytes(MEBIBYTE);
      for (let written = 0; written < RESERVED_BYTES; ) written += writeSync(file, bytes);
    } finally {
      closeSync(file);
    }
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize;
  }
}
