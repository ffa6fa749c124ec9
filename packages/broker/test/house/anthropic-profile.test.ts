// Anthropic's official SDK with a profile of type `user_oauth`, unmodified: it refreshes the token by itself at the broker, keeps what it got,
// and calls with it; what it says of its sign-in does not reach the provider.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthorizedApp, authorizeApp } from './authorize-app.ts';
import { type House, startHouse } from './start-house.ts';

const DETAILS = [{ provider: 'anthropic', models: ['claude-sonnet-4-6'], limits: { daily_spend: 5 } }];

let house: House;
let configDir: string;
beforeAll(async () => {
  house = await startHouse();
  configDir = mkdtempSync(join(tmpdir(), 'valetkey-anthropic-'));
  vi.stubEnv('ANTHROPIC_CONFIG_DIR', configDir);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(configDir, { recursive: true, force: true });
  await house?.close();
});

const credentialsOf = (name: string) => join(configDir, 'credentials', `${name}.json`);

/** Writes a profile as the SDK reads it, whose token is over unless `expiresAt` says otherwise. */
const writeProfile = (name: string, app: AuthorizedApp, base = '/anthropic'): void => {
  for (const folder of ['configs', 'credentials']) mkdirSync(join(configDir, folder), { recursive: true });
  const config = {
    version: '1.0',
    authentication: { type: 'user_oauth', client_id: app.clientId },
    base_url: house.url + base,
  };
  const credentials = {
    version: '1.0',
    type: 'oauth_token',
    access_token: app.accessToken,
    refresh_token: app.refreshToken,
    expires_at: 1,
  };
  writeFileSync(join(configDir, 'configs', `${name}.json`), JSON.stringify(config));
  writeFileSync(credentialsOf(name), JSON.stringify(credentials), { mode: 0o600 });
};

const say = (profile: string) =>
  new Anthropic({ profile, maxRetries: 0 }).messages.create({
    model: 'claude-sonnet-4-6',
    max_tokens: 16,
    messages: [{ role: 'user', content: 'Say something short.' }],
  });

describe('a profile of Anthropic’s SDK', () => {
  it.each(['/anthropic', '/anthropic/v1'])('is refreshed and used at %s', async (base) => {
    const app = await authorizeApp(house, DETAILS);
    const name = base.replaceAll('/', '-').slice(1);
    writeProfile(name, app, base);
    expect((await say(name)).content).not.toEqual([]);
    const kept = JSON.parse(readFileSync(credentialsOf(name), 'utf8'));
    expect(kept.access_token).not.toBe(app.accessToken);
    expect(kept.refresh_token).not.toBe(app.refreshToken);
    expect(kept.expires_at * 1000).toBeGreaterThan(Date.now());
  });

  it('is told that the access has ended', async () => {
    const app = await authorizeApp(house, DETAILS);
    writeProfile('ended', app);
    await house.api('POST', `/grants/${app.grantId}/revoke`);
    await expect(say('ended')).rejects.toThrow(/invalid_grant/);
  });
});

describe('its address', () => {
  const post = async (body: unknown, headers: Record<string, string> = {}, method = 'POST') => {
    const answer = await fetch(`${house.url}/anthropic/v1/oauth/token`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('gives nothing but what the token endpoint gives for a refresh token', async () => {
    const app = await authorizeApp(house, DETAILS);
    const good = { grant_type: 'refresh_token', refresh_token: app.refreshToken, client_id: app.clientId };
    const refused: [unknown, Record<string, string>?, string?][] = [
      [{ ...good, grant_type: 'client_credentials' }],
      [{ ...good, grant_type: 'authorization_code', code: 'x' }],
      [{ ...good, scope: 'openid' }],
      [{ ...good, refresh_token: [app.refreshToken] }],
      ['{'],
      ['null'],
      [new URLSearchParams(good).toString(), { 'content-type': 'application/x-www-form-urlencoded' }],
      [null, {}, 'GET'],
    ];
    for (const [body, headers, method] of refused)
      expect((await post(body, headers, method)).body.error).toBe('invalid_request');
    expect((await post({ ...good, client_id: 'app_other' })).body.error).toBe('invalid_client');
    expect(await post(good)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  });

  it('ends the grant when a refresh token comes a second time, as the token endpoint does', async () => {
    const app = await authorizeApp(house, DETAILS);
    const body = { grant_type: 'refresh_token', refresh_token: app.refreshToken, client_id: app.clientId };
    const [first, second] = [await post(body), await post(body)];
    expect([first.status, second.status, second.body.error]).toEqual([200, 400, 'invalid_grant']);
    expect((await house.api('GET', `/grants/${app.grantId}`)).body.status).toBe('revoked');
  });
});
