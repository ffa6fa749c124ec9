// One-time things in both forms of the product: whatever is sent at the same time, and to whichever replica, at most one of it wins, the
// others are told so in OAuth's words, and theft ends the grant. `VALETKEY_RACE_ROUNDS=100` repeats each race as often.

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Ambient, systemAmbient } from '../../src/clock.ts';
import { POLL_OVERLAP_MS, REFRESH_GRACE_MS } from '../../src/oauth/adapter.ts';
import { DEVICE_CODE } from '../../src/oauth/device-codes.ts';
import * as flow from '../oauth/flow.ts';
import {
  type AppKey,
  appKey,
  detailsOf,
  type OauthWorld,
  openOauthWorld,
  outcomes,
  proofOf,
  sixteenTimes,
} from './oauth-world.ts';
import { WORLDS, type World } from './worlds.ts';

const ROUNDS = Number(process.env.VALETKEY_RACE_ROUNDS ?? 2);
const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
const oneOkRestRefused = ['200 ok', ...Array.from({ length: 15 }, () => '400 invalid_grant')];

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let oauth: OauthWorld;
  let app: flow.TestClient;
  let confidential: flow.TestClient;
  let shiftMs = 0;
  let stoppedAtMs: number | null = null;
  const ambient: Ambient = { ...systemAmbient, now: () => (stoppedAtMs ?? Date.now()) + shiftMs };
  beforeAll(async () => {
    world = await start({ ambient });
    oauth = await openOauthWorld(world);
    app = await oauth.registerApp();
    confidential = await oauth.registerApp({ type: 'confidential' });
  });
  afterAll(() => world.close());
  afterEach(() => {
    shiftMs = 0;
    stoppedAtMs = null;
  });

  const statusOf = async (grantId: unknown) => (await world.api('GET', `/grants/${grantId}`)).body.status;
  const bearer = (token: unknown) => ({ authorization: `Bearer ${token}` });
  const refusedEverywhere = async (token: unknown) => {
    for (const index of world.urls.keys()) expect(await oauth.chat(bearer(token), index)).toBe(401);
  };

  it.each<[string, Record<string, string>]>([
    ['another verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect_uri', { redirect_uri: 'https://app.test/other' }],
  ])('A21 a code tried with %s is refused and burned', async (_name, wrong) => {
    const code = await oauth.code(app);
    expect(outcomes([await flow.redeem(oauth.at(0), app, code, wrong)])).toEqual(['400 invalid_grant']);
    expect(outcomes([await flow.redeem(oauth.at(1), app, code)])).toEqual(['400 invalid_grant']);
  });

  it('A21 a code tried by another client, or with another key than it was asked for, is refused and burned', async () => {
    const code = await oauth.code(app);
    expect(outcomes([await flow.redeem(oauth.at(0), confidential, code)])).toEqual(['400 invalid_grant']);
    expect(outcomes([await flow.redeem(oauth.at(1), app, code)])).toEqual(['400 invalid_grant']);

    const [own, stolen] = [appKey(), appKey()];
    const { x, y } = own.publicKey.export({ format: 'jwk' });
    const canonical = JSON.stringify({ crv: 'P-256', kty: 'EC', x, y });
    const dpop_jkt = createHash('sha256').update(canonical).digest('base64url');
    const redeemWith = async (key: AppKey, bound: string, index: number) => {
      const DPoP = await proofOf(key, `${oauth.issuer}/token`);
      return outcomes([await flow.redeem(oauth.at(index), app, bound, {}, { DPoP })]);
    };
    const bound = await oauth.code(app, { dpop_jkt });
    expect(await redeemWith(stolen, bound, 0)).toEqual(['400 invalid_grant']);
    expect(await redeemWith(own, bound, 1)).toEqual(['400 invalid_grant']);
    expect(await redeemWith(own, await oauth.code(app, { dpop_jkt }), 1)).toEqual(['200 ok']);
  });

  it.each(rounds)(
    'A22 a code redeemed 16 times at once succeeds once, and the second use ends all of it (round %i)',
    async () => {
      const code = await oauth.code(app);
      const answers = await sixteenTimes((index) => flow.redeem(oauth.at(index), app, code));
      expect(outcomes(answers)).toEqual(oneOkRestRefused);
      const { body } = answers.find(({ status }) => status === 200)!;
      expect(await statusOf(body.grant_id)).toBe('revoked');
      await refusedEverywhere(body.access_token);
      const again = await flow.refresh(oauth.at(1), app, String(body.refresh_token));
      expect(outcomes([again])).toEqual(['400 invalid_grant']);
    },
  );

  it.each(rounds)(
    'A22 a code of the key flow sent 16 times at once is worth one key at most, and the second use ends that (round %i)',
    async () => {
      const params = new URLSearchParams({
        callback_url: flow.REDIRECT,
        code_challenge: createHash('sha256').update(flow.VERIFIER).digest('base64url'),
        code_challenge_method: 'S256',
        scope: 'ai:openai:gpt-4o-mini:chat',
      });
      const page = await oauth.browser.open(`/auth?${params}`);
      const before = (await oauth.grants()).map(({ id }) => id);
      const landing = await flow.decide(oauth.browser, page, 'allow');
      const [given] = (await oauth.grants()).filter(({ id }) => !before.includes(id));
      expect(given?.status).toBe('active');
      const body = JSON.stringify({
        code: new URL(landing.url).searchParams.get('code'),
        code_verifier: flow.VERIFIER,
      });
      const keys = await sixteenTimes(async (index) => {
        const answer = await fetch(`${oauth.at(index).issuer}/api/v1/auth/keys`, { method: 'POST', body });
        expect(answer.status).toBeOneOf([200, 403]);
        return ((await answer.json()) as { key?: string }).key ?? '';
      });
      expect(keys.filter((key) => key !== '').length).toBeLessThanOrEqual(1);
      for (const key of keys) if (key !== '') await refusedEverywhere(key);
      expect(await statusOf(given?.id)).toBe('revoked');
    },
  );

  it.each(rounds)(
    'A23 a refresh token used 16 times at once succeeds at most once, and for who cannot prove itself ends all of it (round %i)',
    async () => {
      const { accessToken, refreshToken, grantId } = await oauth.tokens(app);
      const answers = await sixteenTimes((index) => flow.refresh(oauth.at(index), app, refreshToken));
      expect(outcomes(answers).filter((one) => one === '200 ok').length).toBeLessThanOrEqual(1);
      expect(outcomes(answers).filter((one) => one !== '200 ok')).toEqual(
        expect.arrayContaining(Array.from({ length: 15 }, () => '400 invalid_grant')),
      );
      expect(await statusOf(grantId)).toBe('revoked');
      await refusedEverywhere(accessToken);
      for (const { status, body } of answers) if (status === 200) await refusedEverywhere(body.access_token);
    },
  );

  it.each(rounds)(
    'A23 a client that proves itself refreshes in parallel: one wins and the grant lives; the oldest used later ends it (round %i)',
    async () => {
      const first = await oauth.tokens(confidential);
      const answers = await sixteenTimes((index) =>
        flow.refresh(oauth.at(index), confidential, first.refreshToken),
      );
      expect(outcomes(answers)).toEqual(oneOkRestRefused);
      expect(await statusOf(first.grantId)).toBe('active');
      const { body } = answers.find(({ status }) => status === 200)!;
      expect(await oauth.chat(bearer(body.access_token), 1)).toBe(200);
      shiftMs = REFRESH_GRACE_MS + 1000;
      const reused = await flow.refresh(oauth.at(1), confidential, first.refreshToken);
      expect(outcomes([reused])).toEqual(['400 invalid_grant']);
      shiftMs = 0;
      expect(await statusOf(first.grantId)).toBe('revoked');
      for (const token of [first.accessToken, body.access_token]) await refusedEverywhere(token);
      const last = await flow.refresh(oauth.at(0), confidential, String(body.refresh_token));
      expect(outcomes([last])).toEqual(['400 invalid_grant']);
    },
  );

  it.each(rounds)(
    'A38 a device code polled 16 times at once is worth its tokens exactly once, which stay; used later it ends all of it (round %i)',
    async () => {
      const { body: asked } = await flow.post(oauth.at(0), '/device_authorization', app, {
        authorization_details: detailsOf(),
      });
      const page = await oauth.browser.open(`/device?user_code=${asked.user_code}`);
      await flow.decide(oauth.browser, page, 'allow');
      const poll = (index: number) =>
        flow.post(oauth.at(index), '/token', app, {
          grant_type: DEVICE_CODE,
          device_code: String(asked.device_code),
        });
      // On a busy machine sixteen at once may take long; what counts as the same moment is not what this is about.
      stoppedAtMs = Date.now();
      const answers = await sixteenTimes(poll);
      stoppedAtMs = null;
      expect(outcomes(answers)).toEqual(oneOkRestRefused);
      const { body: won } = answers.find(({ status }) => status === 200)!;
      expect(await statusOf(won.grant_id)).toBe('active');
      expect(await oauth.chat(bearer(won.access_token), 1)).toBe(200);
      const refreshed = await flow.refresh(oauth.at(1), app, String(won.refresh_token));
      expect(outcomes([refreshed])).toEqual(['200 ok']);

      shiftMs = POLL_OVERLAP_MS + 1000;
      expect(outcomes([await poll(1)])).toEqual(['400 invalid_grant']);
      shiftMs = 0;
      expect(await statusOf(won.grant_id)).toBe('revoked');
      for (const token of [won.access_token, refreshed.body.access_token]) await refusedEverywhere(token);
    },
  );

  describe('a token that is bound to a key', () => {
    const key = appKey();
    let token: string;
    let target: string;
    beforeAll(async () => {
      target = `${oauth.issuer}/openai/v1/chat/completions`;
      const DPoP = await proofOf(key, `${oauth.issuer}/token`);
      // No limit of requests: the races repeat as often as one likes.
      const code = await oauth.code(app, {
        authorization_details: detailsOf({ limits: { daily_spend: 1 } }),
      });
      const { body } = await flow.redeem(oauth.at(0), app, code, {}, { DPoP });
      expect(body.token_type).toBe('DPoP');
      token = String(body.access_token);
    });

    const ath = (text: string) => createHash('sha256').update(text).digest('base64url');
    const proof = (claims: object = {}, by = key) => proofOf(by, target, { ath: ath(token), ...claims });
    const send = (dpop: string, index = 0, scheme = 'DPoP') =>
      oauth.chat({ authorization: `${scheme} ${token}`, dpop }, index);

    it('A31 passes with a proof made for the request, on every replica', async () => {
      for (const index of world.urls.keys()) expect(await send(await proof(), index)).toBe(200);
    });

    it.each<[string, () => object]>([
      ['another method', () => ({ htm: 'GET' })],
      ['another host', () => ({ htu: 'https://evil.test/openai/v1/chat/completions' })],
      ['another path', () => ({ htu: target.replace('chat', 'other') })],
      ['another token', () => ({ ath: ath('other') })],
      ['no token', () => ({ ath: undefined })],
      ['no id', () => ({ jti: undefined })],
      ['an old date', () => ({ iat: Math.floor(Date.now() / 1000) - 400 })],
    ])('A31 is refused with a proof for %s, and nothing is forwarded', async (_name, claims) => {
      const before = world.seen();
      for (const index of world.urls.keys()) expect(await send(await proof(claims()), index)).toBe(401);
      expect(world.seen()).toEqual(before);
    });

    it('A31 is refused as a bearer token, without a proof, with two proofs and with the proof of another key', async () => {
      const before = world.seen();
      expect(await oauth.chat(bearer(token), 1)).toBe(401);
      expect(await send(await proof(), 1, 'Bearer')).toBe(401);
      expect(await oauth.chat({ authorization: `DPoP ${token}` }, 1)).toBe(401);
      expect(await send(`${await proof()}, ${await proof()}`, 1)).toBe(401);
      expect(await send(await proof({}, appKey()), 1)).toBe(401);
      expect(world.seen()).toEqual(before);
    });

    it('A31 is refused with a proof that came before, on the same replica and on the other', async () => {
      const used = await proof();
      expect(await send(used, 0)).toBe(200);
      for (const index of [0, 1]) expect(await send(used, index)).toBe(401);
    });

    it.each(rounds)('A31 passes once with a proof that comes 16 times at once (round %i)', async () => {
      const [before, one] = [world.seen().requests, await proof()];
      const answers = await sixteenTimes((index) => send(one, index));
      expect(answers.sort()).toEqual([200, ...Array.from({ length: 15 }, () => 401)]);
      expect(world.seen().requests - before).toBe(1);
    });

    it('A31 a proof at the token endpoint works once, 16 times at once with 16 codes', async () => {
      const DPoP = await proofOf(key, `${oauth.issuer}/token`);
      const codes: string[] = [];
      for (let index = 0; index < 16; index += 1) codes.push(await oauth.code(app));
      const answers = await sixteenTimes((index) =>
        flow.redeem(oauth.at(index), app, codes[index]!, {}, { DPoP }),
      );
      expect(outcomes(answers)).toEqual(oneOkRestRefused);
    });

    it('A32 a proof at the token endpoint that is dated ahead is refused', async () => {
      const DPoP = await proofOf(key, `${oauth.issuer}/token`, { iat: Math.floor(Date.now() / 1000) + 299 });
      for (const index of [0, 1]) {
        const answer = await flow.redeem(oauth.at(index), app, await oauth.code(app), {}, { DPoP });
        expect(outcomes([answer])).toEqual(['400 invalid_dpop_proof']);
      }
    });

    it('A32 succeeds at most once, over all time, with a proof dated 299 seconds ahead', async () => {
      const ahead = await proof({ iat: Math.floor(Date.now() / 1000) + 299 });
      const answers = await sixteenTimes((index) => send(ahead, index));
      expect(answers).toEqual(Array.from({ length: 16 }, () => 401));
      shiftMs = 302_000;
      const later = await sixteenTimes((index) => send(ahead, index));
      shiftMs = 600_000;
      later.push(await send(ahead, 0), await send(ahead, 1));
      expect(later.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
      // A replica whose clock has just jumped may answer that it cannot record.
      expect(later.filter((status) => ![200, 401, 503].includes(status))).toEqual([]);
    });
  });
});
