// Guarantees of the command itself: which token it acts with, where that is sent, and that without one it says so.

import { describe, expect, it } from 'vitest';
import { freshHome, runAgainst } from '../../test/run-against.ts';

const env = (given: Record<string, string>) => ({ ...freshHome(), ...given });

describe('mcp', () => {
  it('serves the grant of the token in the environment, at the address beside it', async () => {
    const given = env({ VALETKEY_TOKEN: 'vk_mine', VALETKEY_URL: 'http://127.0.0.1:9' });
    const { exitCode, stdout, stderr, mcp } = await runAgainst(['mcp', '--token-files', 'w'], { env: given });
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toContain('http://127.0.0.1:9');
    expect(stderr).not.toContain('vk_');
    expect(mcp).toMatchObject([{ server: 'http://127.0.0.1:9', tokenFolder: 'w' }]);
  });

  it.each([
    [{}, 4, 'VALETKEY_TOKEN'],
    [{ OPENAI_API_KEY: 'sk-real' }, 4, 'VALETKEY_TOKEN'],
    [{ VALETKEY_TOKEN: 'vk_mine' }, 1, 'VALETKEY_URL'],
    [{ VALETKEY_TOKEN: 'vk_mine', VALETKEY_URL: 'http://broker.example' }, 2, 'https://'],
  ])('serves nothing with %j', async (given, code, says) => {
    const { exitCode, stderr, mcp } = await runAgainst(['mcp'], {
      env: env(given as Record<string, string>),
    });
    expect([exitCode, mcp]).toEqual([code, []]);
    expect(stderr).toContain(says);
  });
});
