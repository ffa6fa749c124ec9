import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMailConfig } from './config-mail.ts';

const read = (url?: string, from?: string, file?: string) => {
  const problems: string[] = [];
  const config = readMailConfig(
    { VALETKEY_SMTP_URL: url, VALETKEY_SMTP_URL_FILE: file, VALETKEY_MAIL_FROM: from },
    problems,
  );
  return { config, problems };
};
const FROM = 'valetkey@broker.test';

describe('the mail server', () => {
  it('is none unless one is named', () => {
    expect(read()).toEqual({ config: null, problems: [] });
  });

  it.each([
    ['smtps://me:p%40ss@mail.test', { host: 'mail.test', port: 465, secure: true, requireTLS: false }],
    ['smtp://me:p%40ss@mail.test:2525', { host: 'mail.test', port: 2525, secure: false, requireTLS: true }],
  ])('of %s is reached encrypted, with the password as it is', (url, expected) => {
    const auth = { user: 'me', pass: 'p@ss' };
    expect(read(url, FROM)).toEqual({ config: { ...expected, auth, from: FROM }, problems: [] });
  });

  it('on this machine needs no encryption', () => {
    const { config } = read('smtp://127.0.0.1:25', FROM);
    expect(config).toMatchObject({ host: '127.0.0.1', port: 25, requireTLS: false, auth: null });
  });

  it('can stand in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'valetkey-mail-'));
    writeFileSync(join(folder, 'url'), 'smtps://mail.test\n');
    expect(read(undefined, FROM, join(folder, 'url')).config).toMatchObject({ host: 'mail.test' });
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['https://mail.test', FROM],
    ['smtp://mail.test/?tls.rejectUnauthorized=false', FROM],
    ['smtp://mail.test/path', FROM],
    ['smtps://me:50%@mail.test', FROM],
    ['mail.test', FROM],
    [undefined, FROM],
    ['smtps://me:secret@mail.test', undefined],
  ])('is refused as %s from %s, without its words', (url, from) => {
    const { problems } = read(url, from);
    expect(problems).toHaveLength(1);
    expect(problems[0]).not.toMatch(/secret|50%|rejectUnauthorized/);
  });
});
