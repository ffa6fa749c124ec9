// Guarantees of the languages: a person who speaks another one reads nothing of ours in English, and a program reads the same in all of them.

import { readdirSync } from 'node:fs';
import { LANGUAGES, type Language } from '@valetkey/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { de } from '../src/messages/de.ts';
import { en } from '../src/messages/en.ts';
import { ja } from '../src/messages/ja.ts';
import { type FakeServer, SESSION, startFakeServer } from './fake-server.ts';

/** Command lines whose result is a table, one thing, or an empty list. */
const RESULTS = [
  'status',
  'doctor',
  'doctor --url http://127.0.0.1:1',
  'keys list',
  'keys add openai',
  'keys test key_1',
  'apps list',
  'apps show grant_1',
  'apps pause grant_1',
  'apps reset-limit grant_1 --per month',
  'apps revoke grant_1',
  'grant edit grant_1 --limit 4/month',
  'logs',
  'usage',
  'requests list',
  'devices list',
  'stop --all',
  'prices check',
  'ledger compare',
];
/** Those that only talk, most of them because they refuse. */
const TALK = [
  'keys rm key_1',
  'logout',
  'status --url https://keys.example.com',
  'login --email me@example.com',
  'login --password-stdin',
  'frobnicate',
  'keys',
  'keys rm',
  'keys list --colour',
  'keys list extra',
  'keys list --json=yes',
  'login --url',
  'login --url --json',
  'login --url http://example.com',
  'login --url https://example.com/a',
  'login --url ftp:',
  'logs --last 0',
  'usage --days ten',
  'completion csh',
  'backup',
  'restore --from a',
  'migrate',
  'grant create',
  'grant create --provider openai',
  'grant create --provider openai --model a',
  'grant create --provider openai --model a --limit much',
  'grant create --provider openai --model a --limit 5/year',
  'grant create --provider openai --model a --limit 5 --expires soon',
  'grant create --provider openai --model a --limit 5 --device none',
  'grant edit grant_1',
  'delegate',
  'delegate --limit 1',
  'run',
  'run -- true',
  'run --provider none -- true',
  'run --limit 1/year -- true',
  'env --provider none',
  'token print --for none',
  'token print --for claude',
  'setup none',
  'setup claude --undo',
  'apps limit grant_1 x',
  'apps limit grant_1 x/month',
  'apps reset-limit grant_many',
  'apps revoke nothing',
  'calls correct call_1 little',
  'prices show openai',
  'requests allow more_1 --limit x',
  'devices lost none',
  'stop',
  'resume --all',
  'usage import /nowhere.csv --provider openai',
  'usage import /nowhere.csv',
  'logs --from x',
  'logs --tree',
  'audit erase',
  'audit graph',
  'audit receipts /nowhere',
  'mcp',
];

const listed = (words: string): string[] => words.split(', ');

/** What the server of these tests says, names and words of the API: the same in every language. */
const NO_WORDS = [
  ...listed(
    'valetkey, http://fake, http://127.0.0.1:8787, me@example.com, openai, gpt-4o-mini, Notes, laptop',
  ),
  ...listed('grant_1, key_1, ab12, budget_exhausted, base_url, expires_at, grant_id, token'),
  ...listed('Send text and images to gpt-4o-mini, The key works, There is nothing at this address'),
];

/** Our words that another language has too. */
const SAME_WORDS = {
  de: listed(
    'APP, APPS, App, Bytes, ID, Id, JOURNAL, Limit, NAME, Name, Operation, STATUS, Server, Status, Token, Version, Website',
  ),
  ja: ['ID'],
};

/** What `--help` shows and what came of the command lines above, each by its words. */
interface Spoken {
  /** Names of commands with their arguments, and examples. */
  readonly commandLines: ReadonlySet<string>;
  readonly help: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<string, string>;
  readonly pipes: ReadonlyMap<string, string>;
  readonly json: ReadonlyMap<string, string>;
}

const FAULT = { entry_id: 4, problem: 'has a hash that is not its own' };

let server: FakeServer;
const spoken = new Map<Language, Spoken>();

beforeAll(async () => {
  server = await startFakeServer();
  const empty = { body: { data: [], next: null } };
  for (const [route, answer] of Object.entries({
    'GET /healthz': { headers: { date: 'Sun, 22 Nov 2026 00:01:00 GMT' } },
    'GET /api/v1/requests': empty,
    'GET /api/v1/devices': empty,
    'POST /api/v1/stops': { body: { stop: { id: 'stop_1' }, grants_stopped: 2, streams_cut: 1 } },
    'GET /api/v1/prices/check': { body: { unpriced: [], file: [] } },
    'POST /api/v1/ledger/compare': {
      body: { entries: 9, calls: 3, open_calls: 1, removed_calls: 1, links: 4, faults: [FAULT] },
    },
  }))
    server.answer(route, answer);
  for (const language of LANGUAGES) spoken.set(language, await listen(language));
});
afterAll(() => server.close());

/** Commands read their words when they are loaded, so they are loaded anew for each language. */
async function listen(language: Language): Promise<Spoken> {
  vi.resetModules();
  await (await import('../src/messages/messages.ts')).speak(language);
  const { COMMANDS } = await import('../src/cli.ts');
  const { homeWithLogin, runAgainst } = await import('./run-against.ts');
  const run = async (line: string, terminal: boolean) => {
    const env = { ...homeWithLogin(server.url, { token: SESSION, email: 'me@example.com' }), NO_COLOR: '1' };
    const ran = await runAgainst(line.split(' '), { env, terminal, stdin: 'sk-1' });
    return {
      ...ran,
      all: [ran.stdout, ran.stderr, ...ran.prompts].join('\n').replaceAll(server.url, 'http://fake'),
    };
  };
  const each = async (lines: Iterable<string>, shown: (line: string) => Promise<string>) => {
    const found = new Map<string, string>();
    for (const line of lines) found.set(line, await shown(line));
    return found;
  };
  const commandLine = (name: string, args: readonly string[]) =>
    [name, ...args.map((arg) => `<${arg}>`)].join(' ');
  const names = COMMANDS.flatMap(({ name }) => [name, name.split(' ')[0]!]);
  return {
    commandLines: new Set(
      COMMANDS.flatMap(({ name, args, examples }) => [commandLine(name, args), ...examples]),
    ),
    help: await each(
      new Set(['help', ...names.map((name) => `${name} --help`)]),
      async (line) => (await run(line, true)).all,
    ),
    people: await each([...RESULTS, ...TALK], async (line) => (await run(line, true)).all),
    pipes: await each(RESULTS, async (line) => (await run(line, false)).stdout),
    json: await each(RESULTS, async (line) => (await run(`${line} --json`, true)).stdout),
  };
}

/** The sentences and cells of what is shown. */
const piecesOf = (shown: string): string[] =>
  shown.split(/\n| {2,}|(?<=\.) (?=[A-Z])|。/).map((piece) => piece.replace(/^valetkey: |\.$/g, '').trim());

/** Every text of a table by its name; one that is made of values with something in the place of each. */
const textsOf = (table: object): [name: string, text: string][] =>
  Object.entries(table).flatMap(([name, member]): [string, string][] => {
    if (typeof member === 'string') return [[name, member]];
    if (typeof member === 'function') return [[name, member(...PLACES)]];
    return textsOf(member).map(([inner, text]) => [`${name}.${inner}`, text]);
  });

/** As lists, since some texts are made of lists; the others read one as its text. */
const PLACES = Array.from({ length: 9 }, (_, index) => [`[${index}]`]);

describe.each([
  ['de', de],
  ['ja', ja],
] as const)('in %s', (language, table) => {
  /** Flags, figures, and what is listed above are none. */
  const isWord = (piece: string) =>
    !(NO_WORDS.includes(piece) || SAME_WORDS[language].includes(piece)) &&
    !/^(?:(?:-\w, )?--[\w-]+(?: [\w/[\]]+)?$|valetkey )/.test(piece) &&
    /[a-z]{2}/i.test(piece);

  it('no text of the table is as in English', () => {
    const english = new Map(textsOf(en));
    expect(textsOf(table).filter(([name, text]) => english.get(name) === text && isWord(text))).toEqual([]);
  });

  it.each(['help', 'people'] as const)('nothing of what is for %s is as in English', (kind) => {
    const { commandLines, [kind]: english } = spoken.get('en')!;
    const found = [...spoken.get(language)![kind]].flatMap(([line, shown]) => {
      const inEnglish = new Set(piecesOf(english.get(line)!));
      const isSame = (piece: string) => inEnglish.has(piece) && !commandLines.has(piece) && isWord(piece);
      return piecesOf(shown)
        .filter(isSame)
        .map((piece) => `${line}: ${piece}`);
    });
    expect(found).toEqual([]);
  });

  it.each(['pipes', 'json'] as const)('what is for %s is as in English, byte for byte', (kind) => {
    expect(spoken.get(language)![kind]).toEqual(spoken.get('en')![kind]);
  });
});

it('these command lines say something, so that there is something to compare', () => {
  const { people, json } = spoken.get('en')!;
  expect([...people].filter(([, shown]) => shown.trim() === '')).toEqual([]);
  expect([...json].filter(([, shown]) => shown.trim() === '')).toEqual([]);
});

it('no two files of the table have a section of the same name, of which one would be lost', async () => {
  const folder = new URL('../src/messages/en/', import.meta.url);
  const areas = await Promise.all(readdirSync(folder).map((file) => import(new URL(file, folder).href)));
  const sections = areas.flatMap(({ titles, ...area }) => Object.values<object>(area).flatMap(Object.keys));
  expect(sections.toSorted()).toEqual(
    Object.keys(en)
      .filter((name) => name !== 'titles')
      .toSorted(),
  );
});
