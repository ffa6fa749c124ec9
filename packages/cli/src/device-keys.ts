// The key of this machine as a device, one for each server. It proves where a call comes from, so it MUST never be readable by anybody else
// and never be sent: only what it signs is.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Result, succeed } from '@valetkey/core';
import { importSigningKey, type PrivateJwk, type SigningKey } from '@valetkey/sdk';
import { writePrivately } from './config.ts';
import { type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';

type Kept = Readonly<Record<string, PrivateJwk>>;

/** Where they are: `devices.json` beside the file of the logins. */
export const deviceKeysPath = (configFile: string): string => join(dirname(configFile), 'devices.json');

/** The key that this machine was enrolled with at `server`; null if it was not. */
export async function readDeviceKey(
  path: string,
  server: string,
): Promise<Result<SigningKey | null, Failure>> {
  const kept = readKept(path);
  if (!kept.ok) return kept;
  const jwk = kept.value[server];
  if (jwk === undefined) return succeed(null);
  try {
    return succeed(await importSigningKey(jwk));
  } catch {
    return damaged(path);
  }
}

/** Keeps the key, or forgets the one that is kept where it is null. */
export async function keepDeviceKey(
  path: string,
  server: string,
  key: SigningKey | null,
): Promise<Result<void, Failure>> {
  const kept = readKept(path);
  if (!kept.ok) return kept;
  const { [server]: _, ...others } = kept.value;
  const own = key && { [server]: await crypto.subtle.exportKey('jwk', key.privateKey) };
  return writePrivately(path, { ...others, ...own });
}

function readKept(path: string): Result<Kept, Failure> {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof kept === 'object' && kept !== null ? succeed(kept as Kept) : damaged(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return succeed({});
    return error instanceof SyntaxError ? damaged(path) : failWith(t.files.cannotReadDevices(path));
  }
}

const damaged = (path: string) => failWith(t.files.damagedDevices(path));
