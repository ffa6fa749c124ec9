// What is there after a start on the same data: grants, tokens and balances with the right master key; a locked door with a wrong one.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sendChat } from './send-chat.ts';
import { type House, startHouse } from './start-house.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'valetkey-restart-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const chat = (house: House, token: string) => sendChat(house.url, token);

const digestOf = (): string =>
  readdirSync(dataDir)
    .filter((file) => file.endsWith('.sqlite'))
    .map((file) =>
      createHash('sha256')
        .update(readFileSync(join(dataDir, file)))
        .digest('hex'),
    )
    .join();

describe('a start on the same data', () => {
  it('goes on with tokens, keys and what was spent', async () => {
    const first = await startHouse({ dataDir });
    const { id, token } = await first.grant({
      provider: 'openai',
      limits: { monthly_spend: 1, max_requests: 2 },
    });
    expect((await chat(first, token)).status).toBe(200);
    const read = async (house: House) => (await house.api('GET', `/grants/${id}`)).body.spent;
    // An outcome is written some milliseconds after its answer.
    await expect.poll(async () => Number((await read(first)).total_usd)).toBeGreaterThan(0);
    const spent = await read(first);
    await first.close();
    const second = await startHouse({ dataDir });
    expect(await read(second)).toEqual(spent);
    expect((await chat(second, token)).status).toBe(200);
    expect((await chat(second, token)).status).toBe(429);
    expect((await second.api('GET', '/provider-keys')).body.data).toHaveLength(4);
    await second.close();
  });

  it('with a wrong master key answers health, nothing else, and writes nothing', async () => {
    const before = digestOf();
    const locked = await startHouse({
      dataDir,
      env: { VALETKEY_MASTER_KEY: randomBytes(32).toString('base64') },
    });
    expect(locked.broker.state).toBe('locked');
    const health = await fetch(`${locked.url}/healthz`);
    expect([health.status, ((await health.json()) as { status: string }).status]).toEqual([200, 'locked']);
    const readiness = await fetch(`${locked.url}/readyz`);
    expect([readiness.status, ((await readiness.json()) as { status: string }).status]).toEqual([
      503,
      'locked',
    ]);
    for (const path of [
      '/',
      '/sign-in',
      '/api/v1/me',
      '/openai/v1/models',
      '/token',
      '/.well-known/oauth-authorization-server',
    ]) {
      expect([path, (await fetch(locked.url + path)).status]).toEqual([path, 503]);
    }
    await locked.close();
    expect(digestOf()).toBe(before);
    const again = await startHouse({ dataDir });
    expect(again.broker.state).toBe('ok');
    await again.close();
  });

  it.each([
    ['an empty master key', { VALETKEY_MASTER_KEY: '' }, 'VALETKEY_MASTER_KEY is empty'],
    ['a short one', { VALETKEY_MASTER_KEY: 'c2hvcnQ=' }, 'instead of 32'],
    ['a placeholder', { VALETKEY_MASTER_KEY: Buffer.alloc(32).toString('base64') }, 'placeholder'],
  ])('A67 is refused with %s, saying which', async (_, env, says) => {
    await expect(startHouse({ dataDir, env })).rejects.toThrow(says);
  });

  it('A67 is refused with a password that guards nothing', async () => {
    await expect(startHouse({ env: { VALETKEY_OWNER_PASSWORD: 'short' } })).rejects.toThrow(
      'VALETKEY_OWNER_PASSWORD',
    );
  });
});
