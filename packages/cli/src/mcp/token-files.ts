// Where children's tokens go that a model should not read: one file each, which only this user can read. A file is made anew or not at all,
// so that nobody can have prepared a link in its place.

import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A folder of token files. */
export interface TokenFiles {
  /** The path of the file that the token is in now. Throws a `TypeError` that says what to change. */
  write(grantId: string, token: string): string;
  /** Removes the file, if there is one. */
  remove(grantId: string): void;
}

/** Token files in `folder`, which is made if it does not exist. */
export function tokenFiles(folder: string): TokenFiles {
  const pathOf = (grantId: string): string => {
    if (!/^[\w-]{1,100}$/.test(grantId)) throw new TypeError('The server answered a grant id that is none.');
    return join(resolve(folder), `${grantId}.token`);
  };
  return {
    write(grantId, token) {
      const path = pathOf(grantId);
      try {
        mkdirSync(resolve(folder), { recursive: true, mode: 0o700 });
        writeFileSync(path, token, { mode: 0o600, flag: 'wx' });
        // The mode above is subject to the umask, which can only take away.
        chmodSync(path, 0o600);
        return path;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new TypeError(`Cannot write ${path} (${code}). Make the folder of --token-files writable.`);
      }
    },
    remove: (grantId) => rmSync(pathOf(grantId), { force: true }),
  };
}
