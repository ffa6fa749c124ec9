// Guarantees of devices on the command line, in front of a real broker: the key stays in a file of its own, and what needs it works with it.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, OWNER, signIn, startHouse } from '../../../broker/test/house/start-house.ts';
import { homeWithLogin, type RunOptions, runAgainst } from '../../test/run-against.ts';
import { configPath } from '../config.ts';

/** The clock of these runs stands still, the broker’s does not. */
const LATER = '2037-01-01T00:00:00Z';
let house: House;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  house = await startHouse();
  env = homeWithLogin(house.url, { token: await signIn(house.url), email: OWNER.email });
});
afterAll(() => house.close());

const run = (line: string, options: RunOptions = {}) =>
  runAgainst(line.split(' '), { ...options, env: { ...env, ...options.env } });
const keyFile = () => join(dirname(configPath(env)), 'devices.json');
const fromJson = async (line: string) => JSON.parse((await run(`${line} --json`)).stdout);

describe('a device', () => {
  it('is enrolled with a key that only its user can read and that is never printed or sent', async () => {
    const sent: string[] = [];
    const watched: typeof fetch = (input, init) => {
      sent.push(JSON.stringify([init?.headers, init?.body]));
      return fetch(input, init);
    };
    const enrolled = await run('devices enrol --name laptop', { fetch: watched });
    expect(enrolled).toMatchObject({ exitCode: 0 });
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    const { d } = JSON.parse(readFileSync(keyFile(), 'utf8'))[house.url];
    expect(d).toMatch(/^[\w-]{43}$/);
    for (const text of [enrolled.stdout, enrolled.stderr, ...sent]) expect(text).not.toContain(d);
    const again = await run('devices enrol --name other');
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('already, as laptop');
    expect((await run('devices enrol')).exitCode).toBe(2);
    expect((await run('devices list')).stdout).toContain('laptop');
  });

  it('uses the token of a grant that is pinned to it, where the same token alone is refused; it makes a child and ends it', async () => {
    const grant = await fromJson(
      'grant create --provider openai --model gpt-4o-mini --limit 1 --delegation-depth 1 --device laptop',
    );
    const token = { VALETKEY_TOKEN: grant.token, VALETKEY_URL: house.url };
    const elsewhere = await run('delegate', { env: { ...token, XDG_CONFIG_HOME: '/nowhere' } });
    expect(elsewhere).toMatchObject({ exitCode: 6 });
    expect(elsewhere.stderr).toContain('only from devices');
    const made = await run(`delegate --limit 0.10 --expires ${LATER} --json`, { env: token });
    expect(made).toMatchObject({ stderr: expect.stringContaining('only now'), exitCode: 0 });
    expect(JSON.parse(made.stdout)).toMatchObject({ parent_grant_id: grant.grant_id });
    const ran = await run(`delegate --limit 0.10 --expires ${LATER} -- program`, { env: token });
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).not.toContain('could not be ended');
    expect((await fromJson('devices list'))[0].grants).toEqual([
      { id: grant.grant_id, name: expect.any(String) },
    ]);
  });

  it.each([
    ['pinned to it', ' --device laptop', true],
    ['not pinned', '', false],
  ])('proves its key to the broker for an agent host whose grant is %s', async (_, pinned, isProved) => {
    const create = 'grant create --provider openai --model gpt-4o-mini --limit 1 --delegation-depth 1';
    const grant = await fromJson(create + pinned);
    const token = { VALETKEY_TOKEN: grant.token, VALETKEY_URL: house.url };
    const proofs: boolean[] = [];
    const watched: typeof fetch = (input, init) => {
      proofs.push(new Headers(init?.headers).has('dpop'));
      return fetch(input, init);
    };
    const [served] = (await run('mcp', { env: token, fetch: watched })).mcp;
    proofs.length = 0;
    expect(await served?.access.whoami()).toMatchObject({ grantId: grant.grant_id });
    const child = await served!.access.delegate({ name: 'worker', limits: { total_spend: 0.1 } });
    await child.revoke();
    expect(new Set(proofs)).toEqual(new Set([isProved]));
    const elsewhere = await run('mcp', { env: { ...token, XDG_CONFIG_HOME: '/nowhere' } });
    const answer = elsewhere.mcp[0]!.access.whoami();
    if (isProved) await expect(answer).rejects.toMatchObject({ code: 'device_not_permitted' });
    else expect(await answer).toMatchObject({ grantId: grant.grant_id });
  });

  it.each([
    ['whose grant is pinned to it', 'pinned'],
    ['that is bound to its key', 'bound'],
  ])(
    'lets a program that knows nothing of proofs use a child of a token %s, while it runs and with no other token',
    async (_, kind) => {
      const create = 'grant create --provider openai --model gpt-4o-mini --limit 1 --delegation-depth 2';
      const grant = await fromJson(kind === 'pinned' ? `${create} --device laptop` : create);
      const [{ key_thumbprint: dpop_jkt }] = await fromJson('devices list');
      const child = {
        name: 'bound',
        authorization_details: [
          {
            type: 'ai_model_access',
            provider: 'openai',
            models: ['gpt-4o-mini'],
            delegation: { max_depth: 1 },
          },
        ],
        dpop_jkt,
      };
      const token =
        kind === 'pinned'
          ? grant.token
          : (await house.api('POST', `/grants/${grant.grant_id}/children`, child)).body.token;
      const ask = async (base: string | undefined, key: string | undefined) => {
        const response = await fetch(`${base}/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'gpt-4o-mini',
            messages: [{ role: 'user', content: 'hi' }],
            max_tokens: 5,
          }),
        });
        return [response.status, ((await response.json()) as { object?: string }).object];
      };
      let base: string | undefined;
      const ran = await run(`delegate --limit 0.10 --expires ${LATER} -- program`, {
        env: { VALETKEY_TOKEN: token, VALETKEY_URL: house.url },
        whileRunning: async (given) => {
          base = given.OPENAI_BASE_URL;
          expect(await ask(base, given.OPENAI_API_KEY)).toEqual([200, 'chat.completion']);
          expect((await ask(base, token))[0]).toBe(401);
          expect((await ask(`${house.url}/openai/v1`, given.OPENAI_API_KEY))[0]).not.toBe(200);
          const grants = await fetch(`${given.VALETKEY_URL}/grants/self`, {
            headers: { authorization: `Bearer ${given.VALETKEY_TOKEN}` },
          });
          expect(grants.status).toBe(200);
        },
      });
      expect(ran).toMatchObject({ exitCode: 0 });
      expect(ran.stderr).not.toContain('could not be ended');
      await expect(ask(base, 'any')).rejects.toThrow('fetch failed');
      const calls = (await house.api('GET', '/calls?limit=1&status=settled')).body.data;
      expect(calls[0].device).toMatchObject({ name: 'laptop' });
    },
  );

  it('is lost by its name, and then its token is refused there, too; the machine is enrolled anew with another key', async () => {
    const grant = await fromJson(
      'grant create --provider openai --model gpt-4o-mini --limit 1 --device laptop',
    );
    const before = readFileSync(keyFile(), 'utf8');
    expect((await run('devices lost nobody')).stderr).toContain('There is no device nobody');
    const lost = await run('devices lost laptop');
    expect(lost).toMatchObject({ exitCode: 0 });
    expect(lost.stdout).toContain('laptop');
    const refused = await run('delegate', { env: { VALETKEY_TOKEN: grant.token, VALETKEY_URL: house.url } });
    expect(refused).toMatchObject({ exitCode: 6 });
    expect(refused.stderr).toContain('reported lost');
    expect((await run('devices enrol --name laptop')).exitCode).toBe(0);
    expect(readFileSync(keyFile(), 'utf8')).not.toBe(before);
    const devices = await fromJson('devices list');
    expect(
      devices.map(({ name, status }: { name: string; status: string }) => [name, status]).sort(),
    ).toEqual([
      ['laptop', 'active'],
      ['laptop', 'lost'],
    ]);
  });
});
