// The file that remembers logins: one entry for each server. It holds session tokens, so it MUST never be readable by anybody else, not even
// for the moment in which it is written.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Result, succeed } from '@valetkey/core';
import { type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';
import { writeWhole } from './write-whole.ts';

/** A login at one server. */
export interface Login {
  /** The session token. MUST NOT be printed. */
  readonly token: string;
  readonly email: string;
}

/** What the file holds. */
export interface Config {
  /** The server of the last login: the one that is meant when nobody names one. */
  readonly current: string | null;
  /** By server origin. */
  readonly logins: Readonly<Record<string, Login>>;
}

/** What is remembered before the first login. */
export const NO_LOGINS: Config = { current: null, logins: {} };

/** Where the file is: `valetkey/config.json` under `XDG_CONFIG_HOME`, by default `~/.config`. */
export function configPath(env: Readonly<Record<string, string | undefined>>): string {
  const base = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
  return join(base, 'valetkey', 'config.json');
}

/** What is remembered; nothing if the file does not exist yet. */
export function readConfig(path: string): Result<Config, Failure> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return succeed(NO_LOGINS);
    return failWith(t.files.cannotReadLogins(path, (error as NodeJS.ErrnoException).code));
  }
  const config = parseConfig(text);
  return config ? succeed(config) : failWith(t.files.damagedLogins(path));
}

/** Replaces the file as a whole (a reader sees the old or the new one), mode 0600 in a folder of mode 0700. */
export const writeConfig = (path: string, config: Config): Result<void, Failure> =>
  writePrivately(path, config);

/** Replaces a file of secrets by this JSON, as `writeConfig` does. */
export const writePrivately = (path: string, content: object): Result<void, Failure> =>
  writeWhole(path, `${JSON.stringify(content, null, 2)}\n`, 0o600, 0o700);

/** The configuration with this login added or replaced, and made the current one. */
export const withLogin = (config: Config, server: string, login: Login): Config => ({
  current: server,
  logins: { ...config.logins, [server]: login },
});

/** The configuration without the login at this server. */
export function withoutLogin(config: Config, server: string): Config {
  const { [server]: _, ...logins } = config.logins;
  return { current: config.current === server ? null : config.current, logins };
}

function parseConfig(text: string): Config | null {
  try {
    const { current, logins } = JSON.parse(text);
    const entries: [string, Partial<Login>][] = Object.entries(logins);
    const known = entries.every(
      ([, { token, email }]) => typeof token === 'string' && typeof email === 'string',
    );
    return known && (current === null || typeof current === 'string') ? { current, logins } : null;
  } catch {
    return null;
  }
}
