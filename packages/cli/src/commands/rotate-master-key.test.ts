// Guarantees of `rotate-master-key`: a key that opens the database lies in the folder at every moment, whatever is repeated.

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runAgainst } from '../../test/run-against.ts';

const KEY = `${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}\n`;
let folder: string;
const file = (name: string): string => join(folder, name);
const rotate = () => runAgainst(['rotate-master-key', '--data-dir', folder, '--json']);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-cli-rotate-'));
  writeFileSync(file('master.key'), KEY, { mode: 0o600 });
  writeFileSync(file('valetkey.sqlite'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('puts a new key in the place of the one before, which stays beside it for the next start', async () => {
  const { exitCode, stdout, stderr } = await rotate();
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { state: 'at_next_start' }]);
  expect(stderr).toContain('master.key.old until then');
  expect(readFileSync(file('master.key.old'), 'utf8')).toBe(KEY);
  expect(readFileSync(file('master.key'), 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  expect(readFileSync(file('master.key'), 'utf8')).not.toBe(KEY);
  for (const name of ['master.key', 'master.key.old']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
  expect(stdout + stderr).not.toContain(KEY.trim());
});

it('repeated before that start, makes no third key: the one before would be lost', async () => {
  await rotate();
  const keys = () => [readFileSync(file('master.key'), 'utf8'), readFileSync(file('master.key.old'), 'utf8')];
  const before = keys();
  await rotate();
  expect(keys()).toEqual(before);
});

it('that was killed before the new key had its name begins again', async () => {
  copyFileSync(file('master.key'), file('master.key.old'));
  writeFileSync(file('master.key.new'), 'half');
  await rotate();
  expect(readFileSync(file('master.key.old'), 'utf8')).toBe(KEY);
  expect(readFileSync(file('master.key'), 'utf8')).not.toBe(KEY);
  expect(existsSync(file('master.key.new'))).toBe(false);
});

it('changes nothing where the master key is not in the folder, and says how it is done there', async () => {
  rmSync(file('master.key'));
  const missing = await rotate();
  expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining('VALETKEY_MASTER_KEY_OLD')]);
  const set = await runAgainst(['rotate-master-key'], { env: { VALETKEY_MASTER_KEY: KEY } });
  expect([set.exitCode, set.stderr]).toEqual([1, expect.stringContaining('VALETKEY_MASTER_KEY_OLD')]);
  expect(set.stderr).not.toContain(KEY.trim());
});
