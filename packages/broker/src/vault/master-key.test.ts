import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { fingerprintOf } from './key-wrapper.ts';
import { loadMasterKey, type MasterKeySource } from './master-key.ts';

const KEY = Buffer.from(systemAmbient.randomBytes(32));

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'valetkey-master-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const load = (source: Partial<MasterKeySource>) =>
  loadMasterKey({ dataDir, mayGenerate: true, ambient: systemAmbient, ...source });

const keyFile = (content: string, mode = 0o600): string => {
  const path = join(dataDir, 'given.key');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};

describe('master key', () => {
  it.each([
    ['standard base64', KEY.toString('base64')],
    ['base64url without padding', KEY.toString('base64url')],
    ['a line break at the end', `${KEY.toString('base64')}\n`],
  ])('takes %s from the environment or a file', (_name, text) => {
    for (const result of [load({ value: text }), load({ file: keyFile(text) })]) {
      expect(result.ok && Buffer.from(result.value).equals(KEY)).toBe(true);
    }
  });

  it.each([
    ['empty', '', 'is empty'],
    ['blank', '  \n', 'is empty'],
    ['not base64', 'correct horse battery staple', 'is not base64'],
    ['short', KEY.subarray(0, 16).toString('base64'), 'has 16 bytes instead of 32'],
    ['long', Buffer.concat([KEY, KEY]).toString('base64'), 'has 64 bytes instead of 32'],
    ['a placeholder', Buffer.alloc(32).toString('base64'), 'looks like a placeholder'],
    ['a repeated word', Buffer.from('changeme'.repeat(4)).toString('base64'), 'looks like a placeholder'],
  ])('A67 refuses a key that is %s, says which and does not repeat it', (_name, text, problem) => {
    for (const result of [load({ value: text }), load({ file: keyFile(text) })]) {
      expect(result).toEqual({ ok: false, error: expect.stringContaining(problem) });
      if (text.trim()) expect(JSON.stringify(result)).not.toContain(text.trim());
    }
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
  });

  it('A67 refuses a key file that every account of the machine can open', () => {
    const file = keyFile(KEY.toString('base64'), 0o644);
    expect(load({ file })).toEqual({ ok: false, error: expect.stringContaining(`chmod 600 ${file}`) });
    chmodSync(file, 0o440);
    expect(load({ file }).ok).toBe(true);
  });

  it('refuses two sources and a file that is not there', () => {
    expect(load({ value: KEY.toString('base64'), file: 'x' })).toMatchObject({ ok: false });
    expect(load({ file: join(dataDir, 'none') })).toEqual({
      ok: false,
      error: expect.stringContaining('ENOENT'),
    });
  });

  it('makes one for its owner alone at first start, and finds it again', () => {
    const first = load({});
    const path = join(dataDir, 'master.key');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    const second = load({ mayGenerate: false });
    expect(first.ok && second.ok && Buffer.from(first.value).equals(second.value)).toBe(true);
  });

  it('makes none beside a database that another key sealed', () => {
    expect(load({ mayGenerate: false })).toEqual({
      ok: false,
      error: expect.stringContaining('Restore that file'),
    });
    expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
  });
});

it('a key is told by the same name for ever: it stands beside all that was sealed under it', () => {
  expect(fingerprintOf(new Uint8Array(32))).toBe('0f7546ed0fe96813');
});
