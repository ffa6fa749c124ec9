// OKAP in both forms of the product: a call waits at one replica while its owner decides at another, and of all calls with one secret, to
// whichever replica, exactly one gets the token.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedInBrowser } from '../house/authorize-app.ts';
import type { Browser } from '../oauth/browser.ts';
import * as flow from '../oauth/flow.ts';
import { WORLDS, type World } from './worlds.ts';

describe.each(WORLDS)('%s', (_form, start) => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    world = await start({ env: { VALETKEY_OPEN_REQUESTS: 'on', VALETKEY_OPEN_REQUEST_WAIT_SECONDS: '3' } });
    browser = await signedInBrowser({ url: world.urls[0]! });
  });
  afterAll(() => world?.close());

  const at = (index: number) => world.urls[index % world.urls.length]!;
  const send = async (index: number, body: object) => {
    const answer = await fetch(`${at(index)}/okap/authorize`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ okap: '1.0', ...body }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: OKAP answers in several shapes
    return { status: answer.status, body: (await answer.json()) as any };
  };
  const ask = (index: number, name: string) =>
    send(index, {
      authorization_details: [{ type: 'ai_model_access', provider: 'openai', limits: { monthly_spend: 1 } }],
      client: { name },
    });
  const allow = async (name: string) => {
    let link: string | undefined;
    await expect
      .poll(
        async () => {
          const { text } = await browser.open('/device');
          link = new RegExp(`<a href="([^"]+)"><bdi>${name}</bdi>`).exec(text)?.[1];
          return link;
        },
        { timeout: 20_000 },
      )
      .toBeDefined();
    const landing = await flow.decide(browser, await browser.open(String(link)), 'allow');
    expect(landing.url).toContain('decided=allowed');
  };
  const chat = (token: string, index: number) =>
    fetch(`${at(index)}/v1/openai/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'hi' }],
        max_tokens: 8,
      }),
    });

  it('a call that waits at one replica hears what was decided at another', async () => {
    const call = ask(1, 'Waits');
    await allow('Waits');
    let answer = await call;
    // On a slow machine the call ends before the owner has decided.
    while (answer.body.status === 'pending') answer = await send(1, { request_id: answer.body.request_id });
    expect(answer.body.status).toBe('granted');
    for (const index of [0, 1]) expect((await chat(answer.body.token, index)).status).toBe(200);
  });

  it('A38 of 16 calls with one secret exactly one gets the token, and it works', async () => {
    const { body } = await ask(0, 'Sixteen');
    expect(body.status).toBe('pending');
    await allow('Sixteen');
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => send(index, { request_id: body.request_id })),
    );
    const won = answers.filter(({ body: { status } }) => status === 'granted');
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(15);
    for (const index of [0, 1]) expect((await chat(won[0]!.body.token, index)).status).toBe(200);
  });
});
