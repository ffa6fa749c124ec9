// Two replicas write one owner's journal and sign it to one place, each for what it wrote: their checkpoints agree, and a file that
// lacks what either of them wrote does not pass.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Jwks, verifyReceipt } from '@valetkey/sdk';
import { freePort } from '@valetkey/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyExport } from '../../src/audit/verify-export.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { type House, signIn, startHouse } from './start-house.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-evidence-'));
const checkpoints = join(scratch, 'checkpoints.jsonl');
const keys = join(scratch, 'keys.json');
const journal = join(scratch, 'journal.jsonl');

let server: PostgresServer;
let a: House;
let b: House;
beforeAll(async () => {
  server = await startPostgres();
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const env = {
    VALETKEY_ISSUER: issuer,
    VALETKEY_DATABASE_URL: await server.createDatabase(),
    VALETKEY_MASTER_KEY: randomBytes(32).toString('base64'),
    VALETKEY_CHECKPOINTS: `file:${checkpoints}`,
  };
  [a, b] = await Promise.all([
    startHouse({ env: { ...env, VALETKEY_PORT: new URL(issuer).port } }),
    startHouse({ env }),
  ]);
});
afterAll(async () => {
  await Promise.all([a.close(), b.close()]);
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
});

it('a receipt of one replica is verified with the keys of the other, which makes it again at once', async () => {
  const { token, id } = await a.grant({ provider: 'openai', limits: { monthly_spend: 1 } });
  const atB = `http://127.0.0.1:${b.broker.port}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${a.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'hello' }],
      max_tokens: 9,
    }),
  });
  expect(answer.status).toBe(200);
  const again = await fetch(`${atB}/grants/self/calls/${answer.headers.get('valetkey-call-id')}/receipt`, {
    headers,
  });
  const { receipt: made } = (await again.json()) as { receipt: string };
  const jwks = (await (await fetch(`${atB}/.well-known/valetkey-receipt-keys`)).json()) as Jwks;
  expect(jwks.keys).toHaveLength(1);
  const claims = async (jws: string | null) => {
    const verified = await verifyReceipt(jws ?? '', jwks, { issuer: a.url });
    return verified.ok ? { ...verified.receipt, iat: 0 } : verified;
  };
  const first = await claims(answer.headers.get('valetkey-receipt'));
  expect(first).toMatchObject({ grant_path: [id], status: 'settled' });
  expect(await claims(made)).toEqual(first);
});

it('replicas vouch for one journal together', async () => {
  const { id } = await a.grant({ provider: 'sandbox' });
  const authorization = `Bearer ${await signIn(a.url)}`;
  const atB = (path: string, options: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${b.broker.port}${path}`, {
      ...options,
      headers: { authorization, origin: a.url },
    });
  await a.broker.close(0);
  const first = readFileSync(checkpoints, 'utf8');
  expect((await atB(`/api/v1/grants/${id}/revoke`, { method: 'POST' })).status).toBe(200);
  const text = await (await atB('/api/v1/audit/export')).text();
  const published = await (await atB('/.well-known/valetkey-checkpoint-keys')).text();
  await b.broker.close(0);
  const second = readFileSync(checkpoints, 'utf8');
  expect(second.length).toBeGreaterThan(first.length);
  expect(second.startsWith(first)).toBe(true);
  writeFileSync(keys, published);
  const count = text.split('\n').length - 1;
  const verify = (whole: string) => {
    writeFileSync(journal, whole);
    return verifyExport({ journal, signed: { checkpoints, keys }, isPart: false });
  };
  expect(await verify(text)).toMatchObject({ ok: true, value: { entries: count, signedSeq: count } });
  expect(JSON.parse(published).keys).toHaveLength(1);
  const cut = text
    .split('\n')
    .slice(0, -2)
    .map((line) => `${line}\n`)
    .join('');
  expect(await verify(cut)).toMatchObject({ ok: false, error: { seq: count } });
});
