// Guarantees of servers that look at receipts: who shows a whole and genuine chain is let through in every form, everybody else is told what is wrong,
// and the broker is asked for its keys as seldom as it wants.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { freePort } from '@valetkey/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSigningKey, type SigningKey, signJws } from './jws.ts';
import { receiptCheck } from './receipt-check.ts';

const ISSUER = 'https://b.example';
const CLAIMS = {
  iss: ISSUER,
  iat: 1_790_000_000,
  jti: 'call_1',
  admitted_at: 1,
  settled_at: 2,
  grant_path: ['g1'],
  provider: 'openai',
  operation: 'openai.chat.completions',
  request_sha256: 'q',
  status: 'settled',
  cost_nanos: 10,
};

let keys: SigningKey[];
let genuine: string;
beforeAll(async () => {
  keys = await Promise.all([createSigningKey(), createSigningKey()]);
  genuine = await receipt();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const receipt = (claims: object = {}, at = 0): Promise<string> =>
  signJws({ typ: 'valetkey-receipt+jwt', kid: `k${at}` }, { ...CLAIMS, ...claims }, keys[at]!);

/** A check, and how often the broker was asked for keys, of which it has published so many. */
const world = (published = 1) => {
  const state = { asked: 0, published };
  const fetcher: typeof fetch = async (url) => {
    expect(url).toBe(`${ISSUER}/.well-known/valetkey-receipt-keys`);
    state.asked += 1;
    if (state.published === 0) return new Response('away', { status: 503 });
    const set = keys.slice(0, state.published).map(({ publicJwk }, at) => ({ ...publicJwk, kid: `k${at}` }));
    return Response.json({ keys: set });
  };
  return { state, receipts: receiptCheck({ broker: ISSUER, fetch: fetcher }) };
};
const showing = (header: string | null): Request =>
  new Request('https://app.test', header === null ? {} : { headers: { 'valetkey-receipts': header } });

describe('a server of requests', () => {
  it('lets a whole chain through', async () => {
    const child = await receipt({
      jti: 'call_2',
      grant_path: ['g1', 'g2'],
      act: { sub: 'agent:g2/x', iss: ISSUER },
    });
    const checked = await world().receipts.request(showing(`${genuine}, ${child}`));
    expect(checked).toMatchObject({
      ok: true,
      chain: { grants: [{ grantId: 'g1', totalNanos: 20, children: [{ grantId: 'g2' }] }] },
    });
  });

  it.each<[string, () => string | null | Promise<string>, object]>([
    ['nothing', () => null, { refused: [] }],
    ['an empty list', () => ' , ', { refused: [] }],
    ['no receipt', () => 'hello', { refused: [{ index: 0, problem: 'malformed' }] }],
    ['one that was touched', () => genuine.slice(0, -6), { refused: [{ index: 0 }] }],
    [
      'one of another broker',
      () => receipt({ iss: 'https://c.example' }),
      { refused: [{ problem: 'other_issuer' }] },
    ],
    [
      'one of a child alone',
      () => receipt({ grant_path: ['g1', 'g2'], act: { sub: 'x', iss: ISSUER } }),
      { missing: ['g1'] },
    ],
  ])('answers 403 to who shows %s, and says why', async (_, header, says) => {
    const checked = await world().receipts.request(showing(await header()));
    if (checked.ok) throw new Error('it was let through');
    expect(checked.response.status).toBe(403);
    expect(await checked.response.json()).toMatchObject({ error: 'receipts_incomplete', ...says });
  });

  it('asks for keys once in five minutes, and for newer ones at most once a minute', async () => {
    const { state, receipts } = world();
    await receipts.request(showing(genuine));
    await receipts.request(showing(genuine));
    expect(state.asked).toBe(1);
    const newer = await receipt({}, 1);
    expect((await receipts.request(showing(newer))).ok).toBe(false);
    expect(state.asked).toBe(1);
    state.published = 2;
    vi.setSystemTime(Date.now() + 61_000);
    expect((await receipts.request(showing(newer))).ok).toBe(true);
    await receipts.request(showing(genuine));
    expect(state.asked).toBe(2);
    vi.setSystemTime(Date.now() + 301_000);
    await receipts.request(showing(genuine));
    expect(state.asked).toBe(3);
  });

  it('judges nothing without keys, and asks for them again', async () => {
    const { state, receipts } = world(0);
    await expect(receipts.request(showing(genuine))).rejects.toMatchObject({ status: 503 });
    state.published = 1;
    expect((await receipts.request(showing(genuine))).ok).toBe(true);
  });
});

describe('middleware', () => {
  const { state, receipts } = world();
  let origin: string;
  const server = createServer((request: IncomingMessage, response) =>
    receipts.express(request, response, (error) => {
      response.statusCode = error ? 500 : 200;
      response.end(error ? 'no keys' : receipts.chainOf(request).grants[0]?.grantId);
    }),
  );
  beforeAll(async () => {
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const get = async (header: string) => {
    const answer = await fetch(origin, { headers: { 'Valetkey-Receipts': header } });
    return [answer.status, await answer.text()];
  };

  it('of Express goes on with a whole chain, answers without one, and hands on that there are no keys', async () => {
    expect(await get(genuine)).toEqual([200, 'g1']);
    expect(await get('x')).toEqual([403, expect.stringContaining('receipts_incomplete')]);
    state.published = 0;
    vi.setSystemTime(Date.now() + 301_000);
    expect(await get(genuine)).toEqual([500, 'no keys']);
    state.published = 1;
  });

  it('of Fastify does so, too', async () => {
    const sent: unknown[] = [];
    const reply = {
      code(status: number) {
        sent.push(status);
        return reply;
      },
      send: (body: object) => sent.push(body),
    };
    const request = { headers: { 'valetkey-receipts': genuine } };
    await receipts.fastify(request, reply);
    expect(sent).toEqual([]);
    expect(receipts.chainOf(request).isWhole).toBe(true);
    await receipts.fastify({ headers: {} }, reply);
    expect(sent).toEqual([403, expect.objectContaining({ error: 'receipts_incomplete' })]);
    expect(() => receipts.chainOf({})).toThrow('pass by the middleware');
  });
});
