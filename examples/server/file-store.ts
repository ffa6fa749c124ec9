// Keeps connections in files that this user alone can read, so that a restart forgets none. What is in them opens people's AI accounts: a server
// for more than a few people keeps them in its database, encrypted.

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionStore } from '@valetkey/sdk';

/** A store in a folder, for one process. */
export function fileStore(folder: string): ConnectionStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string =>
    join(folder, `${createHash('sha256').update(name).digest('hex')}.json`);
  return {
    async load(name) {
      try {
        return JSON.parse(await readFile(fileOf(name), 'utf8'));
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw thrown;
      }
    },
    async save(name, value) {
      const next = `${fileOf(name)}.next`;
      const file = await open(next, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(value));
        // A refresh token works once: the new one is on the disk before it is used.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, fileOf(name));
    },
    remove: (name) => rm(fileOf(name), { force: true }),
  };
}
