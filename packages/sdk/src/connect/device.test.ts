// Guarantees of waiting on a device: never faster than the broker wants, through outages as long as the code lives, and never after an end.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pollForTokens } from './device.ts';

const ISSUER = 'https://broker.test';
const BROKER = {
  issuer: ISSUER,
  authorizationEndpoint: `${ISSUER}/authorize`,
  parEndpoint: `${ISSUER}/par`,
  tokenEndpoint: `${ISSUER}/token`,
  deviceEndpoint: `${ISSUER}/device_authorization`,
};
const TOKENS = { access_token: 'at', token_type: 'Bearer', expires_in: 600, grant_id: 'gr_1' };
const error = (code: string, status = 400) => Response.json({ error: code }, { status });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Polls with these answers, one after the other; at which seconds it asked, and what came of it. */
const poll = async (answers: readonly (() => Response)[], signal?: AbortSignal) => {
  const startMs = Date.now();
  const askedAt: number[] = [];
  const fetcher: typeof fetch = async () => {
    askedAt.push((Date.now() - startMs) / 1000);
    return answers[Math.min(askedAt.length, answers.length) - 1]!();
  };
  const shown = { userCode: 'X', url: ISSUER, urlWithCode: ISSUER, expiresAt: new Date(startMs + 60_000) };
  const asked = { shown, deviceCode: 'dc', intervalSeconds: 5 };
  const polling = pollForTokens({ clientId: 'c', fetch: fetcher }, BROKER, asked, null, signal).then(
    (tokens) => tokens.accessToken,
    (thrown: { readonly code?: string; readonly message: string }) => thrown.code ?? thrown.message,
  );
  for (let second = 0; second < 120; second++) await vi.advanceTimersByTimeAsync(1000);
  return { askedAt, result: await polling };
};

const pending = () => error('authorization_pending');
const slower = () => error('slow_down');
const away = () => new Response('Bad Gateway', { status: 502 });
const lost = (): never => {
  throw new TypeError('fetch failed');
};
const tokens = () => Response.json(TOKENS);

describe('a device', () => {
  it.each([
    ['waits before it asks, and between', [pending, pending, tokens], [5, 10, 15], 'at'],
    [
      'waits five seconds longer from each slow_down on',
      [slower, pending, slower, tokens],
      [5, 15, 25, 40],
      'at',
    ],
    ['waits out an outage, ever longer', [lost, away, tokens], [5, 15, 30], 'at'],
    ['stops where the person said no', [pending, () => error('access_denied')], [5, 10], 'access_denied'],
    ['stops where the code has ended', [() => error('expired_token')], [5], 'expired_token'],
    ['stops where it is refused', [() => error('invalid_grant')], [5], 'invalid_grant'],
    ['gives up once the code has ended in an outage', [lost], [5, 15, 30, 50, 75], 'no_answer'],
  ])('%s', async (_, answers, seconds, result) => {
    expect(await poll(answers)).toEqual({ askedAt: seconds, result });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 12_000);
    expect(await poll([pending], controller.signal)).toEqual({ askedAt: [5, 10], result: 'enough' });
  });

  it('does not even wait where it was told before', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    expect(await poll([pending], signal)).toEqual({ askedAt: [], result: 'enough' });
  });
});
