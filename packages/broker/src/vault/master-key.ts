// Where the master key comes from. Refuses to go on with one that protects nothing: empty, short, a placeholder, readable by everyone.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fail, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../clock.ts';

/** Where to look, in this order: the value itself, a file, `master.key` in the data folder. */
export interface MasterKeySource {
  readonly value?: string | undefined;
  readonly file?: string | undefined;
  readonly dataDir: string;
  /** Whether a missing `master.key` may be made. MUST be false when a database exists: a new key could not open it. */
  readonly mayGenerate: boolean;
  readonly ambient: Ambient;
}

const HOW_TO_MAKE_ONE = 'Make one with: openssl rand -base64 32';

const parseMasterKey = (text: string, name: string): Result<Uint8Array, string> => {
  const trimmed = text.trim();
  if (trimmed === '') return fail(`${name} is empty. ${HOW_TO_MAKE_ONE}`);
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) return fail(`${name} is not base64. ${HOW_TO_MAKE_ONE}`);
  const key = Buffer.from(trimmed, 'base64');
  if (key.byteLength !== 32)
    return fail(`${name} has ${key.byteLength} bytes instead of 32. ${HOW_TO_MAKE_ONE}`);
  // 32 random bytes have fewer than 12 different values with a probability below 1e-20.
  if (new Set(key).size < 12)
    return fail(`${name} looks like a placeholder, not a random key. ${HOW_TO_MAKE_ONE}`);
  return succeed(key);
};

const readKeyFile = (path: string): Result<Uint8Array, string> => {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o007) !== 0) {
      return fail(
        `The master key file ${path} is open to every account of this machine. Run: chmod 600 ${path}`,
      );
    }
    return parseMasterKey(readFileSync(path, 'utf8'), `The master key file ${path}`);
  } catch (error) {
    return fail(`The master key file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
};

// Durable before it is used: a database sealed under a key that a power cut took away is lost.
const generateKeyFile = (path: string, ambient: Ambient): Uint8Array => {
  const key = ambient.randomBytes(32);
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, `${Buffer.from(key).toString('base64')}\n`);
  fsyncSync(file);
  closeSync(file);
  return key;
};

/** The master key, 32 bytes; or what is wrong with it and what to do, in one sentence that never repeats it. */
export const loadMasterKey = (source: MasterKeySource): Result<Uint8Array, string> => {
  if (source.value !== undefined && source.file !== undefined) {
    return fail('Set VALETKEY_MASTER_KEY or VALETKEY_MASTER_KEY_FILE, not both.');
  }
  if (source.value !== undefined) return parseMasterKey(source.value, 'VALETKEY_MASTER_KEY');
  if (source.file !== undefined) return readKeyFile(source.file);
  const path = join(source.dataDir, 'master.key');
  if (existsSync(path)) return readKeyFile(path);
  if (!source.mayGenerate) {
    return fail(
      `There is a database but no ${path}. Restore that file, or set VALETKEY_MASTER_KEY to the key it held.`,
    );
  }
  mkdirSync(source.dataDir, { recursive: true, mode: 0o700 });
  return succeed(generateKeyFile(path, source.ambient));
};
