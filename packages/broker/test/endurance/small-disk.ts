// A file system of a fixed size in memory, which can be filled without harm where the machine lets us mount one.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** A mounted one. */
export interface SmallDisk {
  /** Fills it to the last byte; `empty` gives the room back. */
  fill(): Promise<void>;
  empty(): void;
  unmount(): void;
}

const PIECE = Buffer.alloc(1 << 20, 1);

/** Mounts one on `folder`; null, said on standard error, where that is not allowed. */
export function mountDisk(folder: string, megabytes: number): SmallDisk | null {
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    process.stderr.write('No file system can be mounted here: no disk will be full.\n');
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    async fill() {
      const file = await open(ballast, 'w');
      try {
        for (const size of [PIECE.length, 4096]) await writeUntilFull(file, PIECE.subarray(0, size));
      } finally {
        await file.close();
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    unmount: () => void execFileSync('/bin/umount', ['-l', folder]),
  };
}

async function writeUntilFull(file: Awaited<ReturnType<typeof open>>, piece: Buffer): Promise<void> {
  try {
    for (;;) await file.appendFile(piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
