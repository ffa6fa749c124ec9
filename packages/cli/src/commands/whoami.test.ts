// Guarantees of whoami: the token in the environment comes before the login, is asked about where it is valid, and is never shown.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { SESSION } from '../../test/fake-server.ts';
import { loggedIn } from '../../test/logged-in.ts';
import { speak } from '../messages/messages.ts';

const DETAILS = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o-mini'],
  limits: { total_spend: 5 },
};

const house = loggedIn();

afterEach(() => speak('en'));

beforeEach(() => {
  house.server.answer('GET /grants/self', {
    body: {
      grant_id: 'gr_7',
      parent_grant_id: null,
      delegation_depth: 0,
      status: 'active',
      authorization_details: [DETAILS],
      base_urls: { openai: 'http://broker/openai/v1' },
      budget_used: 1.75,
      budget_reserved: 0,
      budget_remaining: 3.25,
    },
  });
});

it.each<(at: string) => Record<string, string>>([
  (at) => ({ VALETKEY_TOKEN: 'vk_mine', VALETKEY_URL: at }),
  (at) => ({ OPENAI_API_KEY: 'vk_mine', OPENAI_BASE_URL: `${at}/openai/v1` }),
])('shows what the token in the environment may do (%#)', async (token) => {
  const given = token(house.server.url);
  const text = await house.run(['whoami'], { env: given });
  expect(text.exitCode).toBe(0);
  expect(text.stdout).toMatch(/^Server\t.*\nGrant\tgr_7\nLeft\t3.25\nMay\t.*gpt-4o-mini/);
  expect(text.stdout).not.toContain('vk_');
  expect(JSON.parse((await house.run(['whoami', '--json'], { env: given })).stdout)).toEqual({
    url: house.server.url,
    grant_id: 'gr_7',
    parent_grant_id: null,
    status: 'active',
    authorization_details: [DETAILS],
    base_urls: { openai: 'http://broker/openai/v1' },
    remaining_usd: '3.25',
  });
  expect(house.server.seen.map(({ route, authorization }) => [route, authorization])).toEqual(
    Array(2).fill(['GET /grants/self', 'Bearer vk_mine']),
  );
});

it('without a token of a broker shows who is logged in, and sends a provider’s key nowhere', async () => {
  const { stdout } = await house.run(['whoami'], { env: { OPENAI_API_KEY: 'sk-real' } });
  expect(stdout).toContain('Owner\tme@example.com\n');
  expect(house.server.seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${SESSION}`]);
});

it('of a token that has ended says so', async () => {
  house.server.answer('GET /grants/self', { status: 401, body: { error: 'invalid_token' } });
  const given = { VALETKEY_TOKEN: 'vk_mine', VALETKEY_URL: house.server.url };
  const { exitCode, stdout, stderr } = await house.run(['whoami'], { env: given });
  expect([exitCode, stdout]).toEqual([4, '']);
  expect(stderr).toContain('has ended');
});

it('says in the language of a terminal what the token may do, and to a pipe as ever', async () => {
  const env = { VALETKEY_TOKEN: 'vk_mine', VALETKEY_URL: house.server.url, NO_COLOR: '1' };
  const english = await house.run(['whoami'], { env });
  await speak('de');
  expect((await house.run(['whoami'], { env })).stdout).toBe(english.stdout);
  const read = (await house.run(['whoami'], { env, terminal: true })).stdout;
  expect(read).toMatch(/^Darf +Höchstens \$5 insgesamt$/m);
  expect(read.split('\n')).toHaveLength(english.stdout.split('\n').length);
});
