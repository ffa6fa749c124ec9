// A disk whose power can be lost: a file system in a file, cut off from it without a last word, so that whatever was not synchronised is gone
// as after a loss of power. For Linux as root, with xfs_io (Debian's package xfsprogs). What a real disk forgets of what it has confirmed to have
// synchronised is not tried.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** File systems that can be cut off so. */
export type FileSystem = 'ext4' | 'xfs';

/** XFS takes no less. */
const BYTES = 400 * 2 ** 20;

/** ext4 writes what it was not asked to synchronise after five seconds by itself; here it forgets as much as it may. */
const OPTIONS: Readonly<Record<FileSystem, string>> = { ext4: 'loop,commit=300', xfs: 'loop' };

const run = (command: string, ...input: string[]): string =>
  execFileSync(command, input, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

/** See the top of this file. */
export class LosableDisk {
  readonly #fileSystem: FileSystem;
  readonly #mountPoint: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'valetkey-disk-'));

  /** An empty one at `mountPoint`. Throws where none can be made. */
  constructor(fileSystem: FileSystem, mountPoint: string) {
    this.#fileSystem = fileSystem;
    this.#mountPoint = mountPoint;
    writeFileSync(this.#image, '');
    truncateSync(this.#image, BYTES);
    run(`mkfs.${fileSystem}`, '-q', this.#image);
    this.#mount();
  }

  get #image(): string {
    return join(this.#folder, 'image');
  }

  #mount(): void {
    run('mount', '-t', this.#fileSystem, '-o', OPTIONS[this.#fileSystem], this.#image, this.#mountPoint);
  }

  /** Writes everything down, as an hour without work would. */
  synchronise(): void {
    run('sync', '-f', this.#mountPoint);
  }

  /** Forgets what was not synchronised. No process may have a file of it open. */
  losePower(): void {
    // Without -f the file system's own log is not written either.
    run('xfs_io', '-x', '-c', 'shutdown', this.#mountPoint);
    run('umount', this.#mountPoint);
    // A mount namespace that was made meanwhile, a container's say, keeps it mounted, and cut off.
    if (run('losetup', '-j', this.#image))
      throw new Error('Something else holds the disk: run this as `unshare -m npx vitest run ...`.');
    this.#mount();
  }

  remove(): void {
    run('umount', this.#mountPoint);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
