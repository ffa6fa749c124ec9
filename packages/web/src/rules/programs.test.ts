// What is pasted works as it stands: the person's own values, in the place and shape that each program reads, and nothing claimed as
// tried that no test drives.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Provider } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { findProgram, PROGRAMS, type ProgramValues, programUrl, providersFor } from './programs.ts';

const BROKER = '../../../broker';
const GUIDE = '../../../../docs/guides/connect-an-app.md';
const VALUES: ProgramValues = {
  dialect: 'openai',
  baseUrl: 'https://keys.example/openai/v1',
  token: 'vk_abc',
  model: 'gpt-5-mini',
};

const codeOf = (id: string, values = VALUES): string =>
  findProgram(id)
    ?.steps?.(values)
    .map(({ code }) => code)
    .join('\n') ?? '';

describe.each(PROGRAMS)('$name', (program) => {
  it('names its one trap', () => {
    expect(t.programTips[program.id]?.trap).toMatch(/\.$/);
  });
  it('says where the values go: in its files, or in words', () => {
    const { steps } = program;
    if (!steps) return expect(t.programTips[program.id]?.how).toBeDefined();
    for (const dialect of program.dialects) {
      const code = codeOf(program.id, { ...VALUES, dialect });
      expect(code).toContain(VALUES.baseUrl);
      expect(code).toContain(VALUES.token);
    }
  });
});

it('no two programs share an id, and none is called what stands for all others', () => {
  const ids = [...PROGRAMS.map(({ id }) => id), 'other'];
  expect(new Set(ids).size).toBe(ids.length);
});

it('the guide names every program', async () => {
  const guide = await readFile(new URL(GUIDE, import.meta.url), 'utf8');
  for (const { name, tried } of PROGRAMS) expect(guide).toContain(tried ? tried[0] : name);
});

it('calls a program tried only in the version that the broker’s tests drive through the gate', async () => {
  const read = (path: string) => readFile(new URL(`${BROKER}/${path}`, import.meta.url), 'utf8');
  const { devDependencies } = JSON.parse(await read('package.json'));
  const driven = await read('test/house/official-sdks.test.ts');
  const tried = PROGRAMS.flatMap((program) => (program.tried ? [program.tried] : []));
  expect(tried.map(([name]) => name)).toEqual(['openai', '@anthropic-ai/sdk', '@google/genai', 'ai']);
  for (const [name, version] of tried) {
    expect(devDependencies[name]).toBe(version);
    expect(driven).toContain(`from '${name}'`);
  }
});

it.each([
  ['a quote cannot leave the shell string', 'aider', "x'; rm -rf ~ #", `openai/x'\\''; rm -rf ~ #'`],
  ['a quote cannot leave the TOML string', 'codex', 'x"\ny', 'model = "x\\"\\ny"'],
])('%s', (_name, id, model, written) => {
  expect(codeOf(id, { ...VALUES, model })).toContain(written);
});

it('writes JSON that programs can read', () => {
  const [, settings] = findProgram('claude-code')?.steps?.({ ...VALUES, dialect: 'anthropic' }) ?? [];
  expect(JSON.parse(settings?.code ?? '')).toEqual({
    env: { ANTHROPIC_BASE_URL: VALUES.baseUrl, ANTHROPIC_AUTH_TOKEN: VALUES.token },
  });
  expect(JSON.parse(codeOf('opencode')).model).toBe('valetkey/gpt-5-mini');
});

describe('programUrl', () => {
  const of = (id: string, base_urls: Partial<Record<Provider['dialect'], string>>) => {
    const program = findProgram(id);
    return program && programUrl(program, { base_url: 'http://h/x', base_urls });
  };
  it.each([
    ['claude-code', { anthropic: 'http://h/anthropic' }, 'anthropic', 'http://h/anthropic'],
    ['ai-sdk', { anthropic: 'http://h/anthropic' }, 'anthropic', 'http://h/anthropic/v1'],
    ['ai-sdk', { google: 'http://h/google' }, 'google', 'http://h/google/v1beta'],
    ['ai-sdk', { openai: 'http://h/openai/v1' }, 'openai', 'http://h/openai/v1'],
    ['cursor', { openai: 'http://h/mistral/v1' }, 'openai', 'http://h/mistral/v1'],
  ] as const)('of %s for %j speaks %s at %s', (id, urls, dialect, baseUrl) => {
    expect(of(id, urls)).toEqual({ dialect, baseUrl });
  });
});

describe('providersFor', () => {
  const [openai, anthropic] = (['openai', 'anthropic'] as const).map(
    (dialect): Provider => ({
      name: dialect,
      label: dialect,
      dialect,
      base_url: '',
      key_required: true,
      simulated: false,
      models: [],
      capabilities: [],
      has_key: true,
    }),
  ) as [Provider, Provider];
  it.each([
    ['claude-code', [anthropic]],
    ['codex', [openai]],
    ['ai-sdk', [openai, anthropic]],
    ['not-in-the-list', [openai, anthropic]],
  ])('%s', (id, expected) => {
    expect(providersFor(findProgram(id), [openai, anthropic])).toEqual(expected);
  });
});
