// Guarantees of adapters: each well-known program reaches the broker by the way it reads, with what it was given and nothing that wins over it.

import { describe, expect, it } from 'vitest';
import { adaptProgram, dialectOf, type Program, type ProgramAccess } from './adapt-program.ts';

const TOKEN = 'vk_run';
const ALL = { openai: 'http://b/openai/v1', anthropic: 'http://b/anthropic', google: 'http://b/google' };

const adapt = (
  command: string,
  env: Program['env'] = {},
  access: ProgramAccess = { baseUrls: ALL, model: null },
) => adaptProgram({ command: command.split(' '), env: { VALETKEY_TOKEN: TOKEN, ...env } }, access);

const withModel = (dialect: keyof typeof ALL, model: string): ProgramAccess => ({
  baseUrls: { [dialect]: ALL[dialect] },
  model,
});

describe('any other program', () => {
  it.each(['node script.js', 'npx codex', 'claudette', 'constructor'])('%s is left as it is', (command) => {
    const program = { command: command.split(' '), env: { ANTHROPIC_API_KEY: TOKEN } };
    expect(adaptProgram(program, { baseUrls: ALL, model: 'm' })).toEqual(program);
    expect(dialectOf(program.command)).toBeNull();
  });
});

it.each(['claude', 'codex exec', 'gemini'])(
  '%s is left as it is where nothing it speaks was given',
  (command) => {
    const program = {
      command: command.split(' '),
      env: { ANTHROPIC_API_KEY: 'its own', CODEX_API_KEY: 'too' },
    };
    expect(adaptProgram(program, { baseUrls: {}, model: 'm' })).toEqual(program);
  },
);

describe('claude', () => {
  it('gets its token as a token alone, and no login or cloud wins over it', () => {
    const { command, env } = adapt('/usr/local/bin/claude -p hi', {
      ANTHROPIC_API_KEY: TOKEN,
      ANTHROPIC_AUTH_TOKEN: TOKEN,
      CLAUDE_CODE_OAUTH_TOKEN: 'login',
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_USE_VERTEX: '1',
    });
    expect(command).toEqual(['/usr/local/bin/claude', '-p', 'hi']);
    expect(env).toEqual({ VALETKEY_TOKEN: TOKEN, ANTHROPIC_AUTH_TOKEN: TOKEN });
  });

  it('uses the one model that it may, also for its small work', () => {
    const { env } = adapt('claude', {}, withModel('anthropic', 'claude-haiku-4-5'));
    expect(env).toMatchObject({
      ANTHROPIC_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-4-5',
    });
  });
});

describe('codex', () => {
  it('gets a provider of its own before its own arguments, and its key from the environment', () => {
    const { command, env } = adapt('codex exec hi', { CODEX_API_KEY: 'sk-real', OPENAI_API_KEY: TOKEN });
    expect(command).toEqual([
      'codex',
      '-c',
      'model_provider="valetkey"',
      '-c',
      'model_providers.valetkey.name="Valetkey"',
      '-c',
      'model_providers.valetkey.base_url="http://b/openai/v1"',
      '-c',
      'model_providers.valetkey.env_key="OPENAI_API_KEY"',
      '-c',
      'model_providers.valetkey.wire_api="responses"',
      '-c',
      'web_search="disabled"',
      'exec',
      'hi',
    ]);
    expect(env).toEqual({ VALETKEY_TOKEN: TOKEN, OPENAI_API_KEY: TOKEN });
  });

  it('uses the one model that it may', () => {
    expect(adapt('codex', {}, withModel('openai', 'gpt-5-codex')).command).toContain('model="gpt-5-codex"');
  });
});

describe('opencode', () => {
  it('gets each provider at the broker, with the path that its SDK leaves out, and names the token only', () => {
    const { env } = adapt('opencode run hi', { OPENCODE_CONFIG_CONTENT: '{"model":"other/one"}' });
    const options = (baseURL: string) => ({ options: { baseURL, apiKey: '{env:VALETKEY_TOKEN}' } });
    expect(JSON.parse(env.OPENCODE_CONFIG_CONTENT!)).toEqual({
      provider: {
        openai: options('http://b/openai/v1'),
        anthropic: options('http://b/anthropic/v1'),
        google: options('http://b/google/v1beta'),
      },
    });
    expect(env.OPENCODE_CONFIG_CONTENT).not.toContain(TOKEN);
  });

  it('uses the one model that it may, for everything', () => {
    const { env } = adapt('opencode', {}, withModel('anthropic', 'claude-haiku-4-5'));
    expect(JSON.parse(env.OPENCODE_CONFIG_CONTENT!)).toMatchObject({
      model: 'anthropic/claude-haiku-4-5',
      small_model: 'anthropic/claude-haiku-4-5',
    });
  });
});

it.each([
  ['gemini', 'google', 'gemini-2.5-flash', { GEMINI_MODEL: 'gemini-2.5-flash' }],
  ['aider', 'openai', 'gpt-4o', { AIDER_MODEL: 'openai/gpt-4o', AIDER_WEAK_MODEL: 'openai/gpt-4o' }],
  ['aider', 'google', 'gemini-2.5-pro', { AIDER_MODEL: 'gemini/gemini-2.5-pro' }],
] as const)('%s on %s uses the one model that it may, %s', (program, dialect, model, expected) => {
  expect(adapt(program, {}, withModel(dialect, model)).env).toMatchObject(expected);
});
