// Tokens bound to a key (DPoP) at the gate: only who holds the key can use them, and each proof works once.

import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthorizedApp, authorizeApp } from './authorize-app.ts';
import { type House, startHouse } from './start-house.ts';

const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], max_tokens: 10 };
let house: House;
let keys: client.CryptoKeyPair;
let app: AuthorizedApp;
let url: URL;

beforeAll(async () => {
  house = await startHouse();
  keys = await client.randomDPoPKeyPair('ES256', { extractable: true });
  app = await authorizeApp(house, [{ provider: 'openai', limits: { daily_spend: 1 } }], {}, keys);
  url = new URL(`${house.url}/openai/v1/chat/completions`);
});
afterAll(() => house.close());

const bound = (pair: client.CryptoKeyPair) =>
  client.fetchProtectedResource(
    app.config,
    app.accessToken,
    url,
    'POST',
    JSON.stringify(CHAT),
    new Headers({ 'content-type': 'application/json' }),
    {
      DPoP: client.getDPoPHandle(app.config, pair),
    },
  );

const raw = async (headers: Record<string, string>) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(CHAT),
  });
  const body = (await response.json()) as { error?: { code?: string } };
  return [response.status, body.error?.code];
};

/** A proof as the library sends it, caught on its way. */
const catchProof = async (): Promise<string> => {
  let proof = '';
  const config = new client.Configuration(
    app.config.serverMetadata(),
    app.clientId,
    undefined,
    client.None(),
  );
  client.allowInsecureRequests(config);
  config[client.customFetch] = (_url, init) => {
    proof = new Headers(init.headers).get('dpop') ?? '';
    return Promise.resolve(new Response('{}'));
  };
  const handle = client.getDPoPHandle(config, keys);
  await client.fetchProtectedResource(config, app.accessToken, url, 'POST', '{}', new Headers(), {
    DPoP: handle,
  });
  return proof;
};

describe('A31 a token that is bound to a key', () => {
  it('works with a proof made for this request', async () => {
    expect((await bound(keys)).status).toBe(200);
  });

  it('is refused as a bearer token, with and without the proof', async () => {
    expect(await raw({ authorization: `Bearer ${app.accessToken}` })).toEqual([401, 'invalid_dpop_proof']);
    expect(await raw({ authorization: `Bearer ${app.accessToken}`, dpop: await catchProof() })).toEqual([
      401,
      'invalid_dpop_proof',
    ]);
  });

  it('is refused without a proof and with the proof of another key', async () => {
    expect(await raw({ authorization: `DPoP ${app.accessToken}` })).toEqual([401, 'invalid_dpop_proof']);
    const stranger = await client.randomDPoPKeyPair('ES256');
    await expect(bound(stranger)).rejects.toMatchObject({ status: 401 });
  });

  it('lets one of sixteen through that bring the same proof', async () => {
    const before = house.simulators.openai.counters().requests;
    const headers = { authorization: `DPoP ${app.accessToken}`, dpop: await catchProof() };
    const answers = await Promise.all(Array.from({ length: 16 }, () => raw(headers)));
    expect(answers.filter(([status]) => status === 200)).toHaveLength(1);
    expect(house.simulators.openai.counters().requests - before).toBe(1);
  });
});
