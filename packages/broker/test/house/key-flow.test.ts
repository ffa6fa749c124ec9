// An app that was written for OpenRouter's key flow, against the whole product: it changes the host, its owner signs in and decides, and the key
// works in the official SDK until the owner ends it.

import { createHash, randomBytes } from 'node:crypto';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formFields } from '../oauth/browser.ts';
import { signedInBrowser } from './authorize-app.ts';
import { type House, startHouse } from './start-house.ts';

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());

const verifier = randomBytes(32).toString('base64url');
const request = new URLSearchParams({
  callback_url: 'https://app.test/done',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
});

describe('the key flow in the product', () => {
  it('asks for what the owner has keys of, gives a key that works, and ends with its grant', async () => {
    const browser = await signedInBrowser(house);
    const page = await browser.open(`/auth?${request}`);
    const fields = formFields(page.text);
    expect([...fields.keys()].filter((name) => name.endsWith('-usd-month'))).toHaveLength(3);
    expect(page.text).not.toContain('Simulated');
    fields.set('decision', 'allow');
    const landing = await browser.submit(page.url, fields);
    const code = new URL(landing.url).searchParams.get('code');

    const answer = await fetch(`${house.url}/api/v1/auth/keys`, {
      method: 'POST',
      headers: { origin: 'https://app.test', 'content-type': 'application/json' },
      body: JSON.stringify({ code, code_verifier: verifier, code_challenge_method: 'S256' }),
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    const { key } = (await answer.json()) as { key: string };

    const openai = new OpenAI({ apiKey: key, baseURL: `${house.url}/v1`, maxRetries: 0 });
    const chat = () =>
      openai.chat.completions.create({
        model: 'openai/gpt-4o-mini',
        messages: [{ role: 'user', content: 'hello' }],
        max_tokens: 10,
      });
    expect((await chat()).choices).toHaveLength(1);
    const { data } = (await house.api('GET', '/grants')).body;
    expect(data[0].client).toMatchObject({ id: 'callback:https://app.test', name: 'app.test' });
    await house.api('POST', `/grants/${data[0].id}/revoke`);
    await expect(chat()).rejects.toMatchObject({ status: 401 });
  });

  it('lets a page of any origin ask beforehand what it may send, at exactly this path', async () => {
    const preflight = (path: string) =>
      fetch(house.url + path, {
        method: 'OPTIONS',
        headers: { 'access-control-request-headers': 'content-type' },
      });
    const open = await preflight('/api/v1/auth/keys');
    expect([open.status, open.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    for (const path of ['/api/v1/auth/keys/', '/api/v1/auth/keys/code', '/api/v1/auth', '/api/v1/grants'])
      expect((await preflight(path)).headers.get('access-control-allow-origin')).toBeNull();
  });
});
