// Guarantees of the login file.

import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshHome } from '../test/run-against.ts';
import { configPath, NO_LOGINS, readConfig, withLogin, withoutLogin, writeConfig } from './config.ts';

const LOGIN = { token: 'secret', email: 'me@example.com' };
const A = 'https://a.example';
const B = 'https://b.example';

describe('where it is', () => {
  it.each([
    [{ XDG_CONFIG_HOME: '/x', HOME: '/h' }, '/x/valetkey/config.json'],
    [{ XDG_CONFIG_HOME: '', HOME: '/h' }, '/h/.config/valetkey/config.json'],
  ])('%j', (env, path) => {
    expect(configPath(env)).toBe(path);
  });
});

it('reads back what was written, and nothing before that', () => {
  const path = configPath(freshHome());
  expect(readConfig(path)).toEqual({ ok: true, value: NO_LOGINS });
  const config = withLogin(withLogin(NO_LOGINS, A, LOGIN), B, LOGIN);
  expect(writeConfig(path, config).ok).toBe(true);
  expect(readConfig(path)).toEqual({ ok: true, value: config });
});

it('is 0600 in a 0700 folder, even where an open file stood before, and leaves no draft behind', () => {
  const path = configPath(freshHome());
  mkdirSync(dirname(path), { mode: 0o700 });
  writeFileSync(path, '{}');
  chmodSync(path, 0o666);
  writeConfig(path, withLogin(NO_LOGINS, A, LOGIN));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  expect(readdirSync(dirname(path))).toEqual(['config.json']);
});

it('forgetting the current server leaves the others and no current one', () => {
  const both = withLogin(withLogin(NO_LOGINS, A, LOGIN), B, LOGIN);
  expect(withoutLogin(both, B)).toEqual({ current: null, logins: { [A]: LOGIN } });
  expect(withoutLogin(both, A)).toEqual({ current: B, logins: { [B]: LOGIN } });
});

it.each(['', '{}', '[]', 'null', '{"current":7,"logins":{}}', '{"current":null,"logins":{"x":{"token":1}}}'])(
  'a damaged file (%s) is said to be damaged and is left alone',
  (text) => {
    const path = configPath(freshHome());
    mkdirSync(dirname(path));
    writeFileSync(path, text);
    expect(readConfig(path)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('damaged') },
    });
    expect(existsSync(path)).toBe(true);
  },
);

it('a folder that cannot be made is an error with its reason', () => {
  expect(writeConfig('/dev/null/valetkey/config.json', NO_LOGINS)).toMatchObject({
    ok: false,
    error: { exitCode: 1, message: expect.stringContaining('/dev/null/valetkey') },
  });
});
