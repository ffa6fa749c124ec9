// What is pasted works as it stands: the person's own values, in the place and shape that each program reads, and the documents say the same.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Provider } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import {
  findProgram,
  PROGRAMS,
  type Program,
  type ProgramValues,
  programUrl,
  providersFor,
} from './programs.ts';

const PAGES = '../../../../docs/connect';
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

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const statusOf = ({ tried }: Program): string =>
  tried ? t.programs.tried[tried[2]](tried[0], tried[1]) : t.programs.untried;

/** What the documents put in place of a person's own values. */
const DOCUMENTED = {
  openai: { baseUrl: 'http://127.0.0.1:8787/openai/v1', model: 'gpt-5-mini' },
  anthropic: { baseUrl: 'http://127.0.0.1:8787/anthropic', model: 'claude-sonnet-4-6' },
  google: { baseUrl: 'http://127.0.0.1:8787/google', model: 'gemini-2.5-flash' },
} as const;

/** The formatter of the documents chooses the quotes of JavaScript by itself. */
const anyQuotes = (text: string): string => text.replaceAll("'", '"');

describe.each(PROGRAMS)('the page about $name', (program) => {
  const page = read(`${PAGES}/${program.id}.md`);
  it('has its trap in bold, where to type, and whether it was tried, as the dashboard says it', async () => {
    const { trap, how = '' } = t.programTips[program.id] ?? {};
    expect(await page).toMatch(`# ${program.name}\n`);
    expect(await page).toContain(`\n**${trap}**\n`);
    expect(await page).toContain(how);
    expect(await page).toContain(`\n${statusOf(program)}\n`);
  });
  it('names the command that sets it up, if there is one, as the reference does', async () => {
    const { setup } = program;
    if (!setup) return expect(await page).not.toContain('valetkey setup');
    expect(await page).toContain(`\`npx valetkey setup ${setup}\``);
    expect(await read('../../../../docs/reference/cli.md')).toMatch(
      new RegExp(`settings of .*\\b${setup}\\b`),
    );
  });
  it('has what the dashboard pastes', async () => {
    for (const dialect of program.dialects) {
      const { baseUrl, model } = DOCUMENTED[dialect];
      const values = {
        dialect,
        model,
        token: 'vk_...',
        baseUrl: baseUrl + (program.suffix?.[dialect] ?? ''),
      };
      for (const { code } of program.steps?.(values) ?? [])
        expect(anyQuotes(await page)).toContain(
          anyQuotes(`
${code}
\`\`\``),
        );
    }
  });
});

it('the list of pages names every program with what was tried', async () => {
  const index = await read(`${PAGES}/README.md`);
  for (const { id, name, tried } of PROGRAMS) {
    const [line = ''] = index.match(new RegExp(`^- \\[.*\\]\\(${id}\\.md\\).*$`, 'm')) ?? [];
    const words = { tests: 'tested with every change', once: 'tried once' };
    const status = tried ? `${words[tried[2]]}, ${tried[0]} ${tried[1]}` : 'not tried by us';
    expect(line).toBe(`- [${name}](${id}.md): ${status}`);
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
