// Guarantees of requests with a token: whoever fails is named as the one that failed, and where the broker has not answered whole that is said.

import { describe, expect, it } from 'vitest';
import { exchangeToken } from './token-exchange.ts';
import { valetkey } from './valetkey.ts';

const BROKER = 'https://broker.test';

/** An answer that breaks off after its first bytes. */
const cutAnswer = (): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"grant_id":'));
        controller.error(new TypeError('terminated'));
      },
    }),
  );
const exchange = (fetcher: typeof fetch) =>
  exchangeToken({
    baseUrl: BROKER,
    clientId: 'c1',
    subjectToken: 'x',
    actor: { named: 'worker' },
    details: [],
    fetch: fetcher,
  });
const look = (fetcher: typeof fetch) => valetkey({ baseUrl: BROKER, token: 'vk_x', fetch: fetcher }).whoami();

describe('a request', () => {
  it.each([
    ['of a grant', look],
    ['for a token', exchange],
  ])('%s whose answer breaks off has no answer', async (_, ask) => {
    await expect(ask(async () => cutAnswer())).rejects.toMatchObject({ code: 'no_answer', status: 0 });
  });

  it.each([
    ['of a grant', look],
    ['for a token', exchange],
  ])('%s does not wait for ever', async (_, ask) => {
    let signal: AbortSignal | null | undefined;
    await ask(async (_input, init) => {
      signal = init?.signal;
      return Response.json({});
    });
    expect(signal).toBeInstanceOf(AbortSignal);
  });

  it.each(['vk_abc…', 'vk_abc def', '', ' '])(
    'with %j for a token is not sent, and says so',
    async (token) => {
      let sent = 0;
      const fetcher = async () => {
        sent += 1;
        return Response.json({});
      };
      const access = valetkey({ baseUrl: BROKER, token: () => token, fetch: fetcher });
      for (const ask of [() => access.whoami(), () => access.fetch(`${BROKER}/openai/v1/models`)])
        await expect(ask()).rejects.toMatchObject({
          code: 'invalid_token',
          message: expect.stringContaining('no token'),
        });
      expect(sent).toBe(0);
    },
  );

  it('goes without the line end of the file that its token was read from', async () => {
    const sent: unknown[] = [];
    const fetcher: typeof fetch = async (_input, init) => {
      sent.push(new Headers(init?.headers).get('authorization'));
      return Response.json({});
    };
    await valetkey({ baseUrl: BROKER, token: 'vk_x\r\n', fetch: fetcher }).whoami();
    expect(sent).toEqual(['Bearer vk_x']);
  });

  it('without a token, because what brings it fails, says what that says and is not sent', async () => {
    let sent = 0;
    const access = valetkey({
      baseUrl: BROKER,
      token: () => Promise.reject(new Error('The refresh token has ended.')),
      fetch: async () => {
        sent += 1;
        return Response.json({});
      },
    });
    for (const ask of [() => access.whoami(), () => access.fetch(`${BROKER}/openai/v1/models`)])
      await expect(ask()).rejects.toThrow('The refresh token has ended.');
    expect(sent).toBe(0);
  });
});
