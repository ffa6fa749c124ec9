// Guarantees of env and token print: what is printed has no secret but where that is the point, and a shell reads it as it was meant.

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { SESSION } from '../../test/fake-server.ts';
import { loggedIn } from '../../test/logged-in.ts';

const house = loggedIn();

const asked = () => house.server.seen.find(({ route }) => route === 'POST /api/v1/grants');

describe('token print', () => {
  it('prints the token of a new small grant and nothing else', async () => {
    const { exitCode, stdout, stderr } = await house.run(['token', 'print', '--requests', '3']);
    expect([exitCode, stdout]).toEqual([0, 'vk_test_token\n']);
    expect(stderr).toContain('valetkey apps revoke grant_1');
    expect(asked()).toMatchObject({
      authorization: `Bearer ${SESSION}`,
      body: {
        name: 'token print',
        authorization_details: [
          {
            provider: 'openai',
            limits: { total_spend: 5, max_requests: 3 },
            expires: '2026-11-22T08:00:00Z',
          },
        ],
      },
    });
  });

  it('prints nothing where there is no token', async () => {
    house.server.answer('POST /api/v1/grants', {
      status: 403,
      body: { error: { code: 'x', message: 'No.' } },
    });
    expect(await house.run(['token', 'print'])).toMatchObject({ exitCode: 6, stdout: '' });
  });
});

describe('env', () => {
  it('prints lines without a token, and makes no grant itself', async () => {
    const { exitCode, stdout } = await house.run(['env']);
    expect([exitCode, asked()]).toEqual([0, undefined]);
    expect(stdout).not.toContain('vk_');
    expect(stdout).not.toContain(SESSION);
  });

  it('sets in a shell what SDKs read, from one token that is asked for as the flags say', async () => {
    const name = `it's; touch /nowhere $(false)`;
    const words = ['env', '--limit', '2/day', '--model', 'gpt-5*', '--model', 'gpt-4o', '--name', name];
    const { stdout } = await house.run(words, { env: { npm_command: 'exec' } });
    // A stand-in for npx that prints how it was called, so that the token is its own request.
    const script = `npx() { printf '%s|' "$@"; }\n${stdout}\nprintf '%s\\n' "$OPENAI_API_KEY" "$OPENAI_BASE_URL" "$VALETKEY_URL" "\${OPENAI_ORG_ID-none}"`;
    const said = execFileSync('sh', ['-c', script], {
      env: { PATH: process.env.PATH, OPENAI_ORG_ID: 'org' },
    });
    const [token, ...others] = said.toString().trimEnd().split('\n');
    expect(token!.split('|').slice(0, -1)).toEqual([
      'valetkey',
      'token',
      'print',
      ...['--limit', '2/day', '--model', 'gpt-5*', '--model', 'gpt-4o', '--name', name],
      ...['--url', house.server.url, '--provider', 'openai'],
    ]);
    expect(others).toEqual(['http://127.0.0.1:8787/openai/v1', house.server.url, 'none']);
  });
});
