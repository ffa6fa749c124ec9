// A6: whatever address is called, with whatever method, by an app or by the owner: a provider hears of nothing but what the gate admitted.
// The routes are those that the running broker itself names, not a list kept here.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, signIn, startHouse } from '../house/start-house.ts';
import { CHAT_TEXT, rawChat, sendRaw } from './raw-request.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Pages and rooms that no document lists. */
const OTHER_PATHS = [
  '/apps',
  '/auth',
  '/api/v1/auth/keys',
  '/okap/authorize',
  '/okap/request',
  '/grant-requests',
  '/tokens',
  '/health',
  '/anthropic/v1/oauth/token',
  '/consent/x',
  '/sign-in',
  '/setup',
  '/device',
  '/api/auth/sign-in/email',
  '/docs/errors/not_found',
  '/assets/x',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/v2/chat/completions',
  '/proxy',
  '/azure/openai/deployments/gpt-4o-mini/chat/completions',
  '/.well-known/x',
];
/** Tests a provider key: the owner's alone, and journalled before anything is sent. */
const KEY_TEST = '/provider-keys/{id}/test';

let house: House;
let token: string;
let session: string;
beforeAll(async () => {
  house = await startHouse({ env: { VALETKEY_OPEN_REQUESTS: 'on' } });
  session = await signIn(house.url);
  ({ token } = await house.grant({ provider: 'openai', models: ['gpt-4o-mini'] }));
});
afterAll(() => house?.close());

const reached = () =>
  Object.values(house.simulators).reduce((sum, { counters }) => sum + counters().requests, 0);

/** What the gate admitted, from the journal's side. */
const admitted = async (): Promise<number> => {
  const { data } = (await house.api('GET', '/calls?limit=200')).body as { data: { status: string }[] };
  return data.filter(({ status }) => status !== 'refused').length;
};

const routes = async (): Promise<readonly string[]> => {
  const read = async (path: string) => (await fetch(house.url + path)).json() as Promise<object>;
  const { paths } = (await read('/openapi.json')) as { paths: Readonly<Record<string, object>> };
  const metadata = await read('/.well-known/oauth-authorization-server');
  const endpoints = Object.values(metadata).flatMap((value) =>
    typeof value === 'string' && value.startsWith(`${house.url}/`) ? [value.slice(house.url.length)] : [],
  );
  expect(Object.keys(paths).length).toBeGreaterThan(30);
  expect(endpoints.length).toBeGreaterThan(5);
  const listed = Object.keys(paths).filter((path) => !path.endsWith(KEY_TEST));
  return [...listed, ...endpoints, ...OTHER_PATHS].map((path) => path.replaceAll(/\{\w+\}/g, 'x'));
};

it('A6 no route reaches a provider past the gate', async () => {
  const before = { reached: reached(), admitted: await admitted() };
  const targets = (await routes()).flatMap((path) => [
    path,
    `${path.replace(/\/$/, '')}/openai/v1/chat/completions`,
  ]);
  const requests = targets.flatMap((target) =>
    METHODS.flatMap((method) =>
      [token, session].map((credential) => rawChat(credential, { target, method })),
    ),
  );
  for (let at = 0; at < requests.length; at += 16)
    await Promise.all(requests.slice(at, at + 16).map((bytes) => sendRaw(house.url, bytes, 1)));
  expect(requests.length).toBeGreaterThan(800);
  expect({ reached: reached(), admitted: await admitted() }).toEqual(before);
}, 120_000);

it('a 405 names the methods that the address takes, and not the one that came', async () => {
  const paths = [
    ...(await routes()),
    '/consent/preview/x',
    '/grants/self/children',
    '/v1/models',
    ...Object.keys(house.simulators).flatMap((name) => [`/${name}/v1/models`, `/${name}/v1/messages`]),
    '/openai/v1/chat/completions',
    '/google/v1beta/models/x:generateContent',
  ];
  const headers = { authorization: `Bearer ${token}`, origin: house.url };
  const asked = paths.flatMap((path) => [...METHODS, 'PROPFIND'].map((method) => ({ path, method })));
  const refused: string[] = [];
  const silent: string[] = [];
  for (let at = 0; at < asked.length; at += 16)
    await Promise.all(
      asked.slice(at, at + 16).map(async ({ path, method }) => {
        const answer = await fetch(house.url + path, { method, headers, redirect: 'manual' });
        await answer.body?.cancel();
        if (answer.status !== 405) return;
        refused.push(path);
        const allowed = answer.headers.get('allow')?.split(', ') ?? [];
        if (allowed.length === 0 || allowed.includes(method)) silent.push(`${method} ${path}`);
      }),
    );
  expect(silent).toEqual([]);
  expect(refused).toEqual(
    expect.arrayContaining([
      '/consent/x',
      '/consent/preview/x',
      '/sign-in',
      '/auth',
      '/api/v1/auth/keys',
      '/tokens',
      '/grants/self/children',
      '/v1/models',
      '/openai/v1/chat/completions',
      '/google/v1beta/models/x:generateContent',
    ]),
  );
}, 120_000);

it('A6 what does reach one was admitted, call for call', async () => {
  const before = { reached: reached(), admitted: await admitted() };
  const targets = [
    '/openai/v1/chat/completions',
    '/v1/chat/completions',
    '/v1/openai/chat/completions',
    '/proxy/chat',
  ];
  for (const target of targets)
    expect((await sendRaw(house.url, rawChat(token, { target, body: CHAT_TEXT }))).statuses).toEqual([200]);
  const seen = reached() - before.reached;
  expect(seen).toBe(targets.length);
  await expect.poll(async () => (await admitted()) - before.admitted).toBe(seen);
});
