// Puts a new master key in the place of the one in a data folder, and waits until the broker has taken it up. The key before stays beside it
// for as long as it opens anything. MUST leave a key that opens the database in its place at every moment, whenever it is killed.

import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ambient, systemAmbient } from '../clock.ts';
import { lockFolder } from '../store/sqlite/lock-folder.ts';
import { formerFileOf } from '../vault/read-master-keys.ts';

/** How a rotation stands: all is sealed anew, a broker is at it, or the next start will be. */
export type RotationState = 'done' | 'running' | 'at_next_start';

/** How long is waited; both have defaults. */
export interface RotationWait {
  readonly mostMs?: number;
  readonly lookMs?: number;
}

/** Durable before it has its name; for whoever the file before was. */
const putFile = (path: string, text: string, like: string): void => {
  const made = `${path}.new`;
  const { uid, gid } = statSync(like);
  rmSync(made, { force: true });
  const file = openSync(made, 'wx', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  if (statSync(made).uid !== uid) chownSync(made, uid, gid);
  renameSync(made, path);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
};

/** Puts the new key there, unless one that was put there before is still being taken up. */
export const putNewMasterKey = (file: string, ambient: Ambient): void => {
  const before = readFileSync(file, 'utf8');
  const former = formerFileOf(file);
  if (existsSync(former) && readFileSync(former, 'utf8') !== before) return;
  putFile(former, before, file);
  putFile(file, `${Buffer.from(ambient.randomBytes(32)).toString('base64')}\n`, file);
};

const isBrokerRunning = (dataDir: string): boolean => {
  try {
    lockFolder(dataDir)();
    return false;
  } catch {
    return true;
  }
};

/** See the top of this file. Throws with a sentence for people when the master key is not in the data folder or can not be replaced. */
export const rotateMasterKey = async (
  dataDir: string,
  { mostMs = 120_000, lookMs = 500 }: RotationWait = {},
): Promise<RotationState> => {
  const file = join(dataDir, 'master.key');
  if (!existsSync(file) || !existsSync(join(dataDir, 'valetkey.sqlite')))
    throw new Error(
      `There is no database with a master.key in ${dataDir}. A master key that is set otherwise is replaced with VALETKEY_MASTER_KEY_OLD.`,
    );
  putNewMasterKey(file, systemAmbient);
  if (!isBrokerRunning(dataDir)) return 'at_next_start';
  for (let waitedMs = 0; waitedMs < mostMs; waitedMs += lookMs) {
    if (!existsSync(formerFileOf(file))) return 'done';
    await delay(lookMs);
  }
  return 'running';
};
