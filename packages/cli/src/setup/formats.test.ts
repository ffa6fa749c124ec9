// Guarantees of writing into files that people keep: what is set is there for whoever reads the file, every other character stays, what is not
// understood is refused, and taking it back gives the text from before.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonc, membersOf, undoMember } from './jsonc.ts';
import { envLines, yamlLines } from './lines.ts';
import { type Edited, type Format, type Setting, undoEdit } from './text-edit.ts';
import { toml } from './toml.ts';

const CLAUDE: readonly Setting[] = [
  [['env', 'ANTHROPIC_BASE_URL'], 'http://v'],
  [['apiKeyHelper'], 'valetkey token print'],
];
const CODEX: readonly Setting[] = [
  [['model_provider'], 'valetkey'],
  [['model_providers', 'valetkey', 'name'], 'Valetkey'],
  [
    ['model_providers', 'valetkey', 'auth', 'args'],
    ['token', 'print'],
  ],
];
const ENV: readonly Setting[] = [[['GEMINI_API_KEY'], 'vk_1']];
const YAML: readonly Setting[] = [[['env-file'], '/own/aider.env']];

const edit = (format: Format, text: string, settings: readonly Setting[]): Edited => {
  const edited = format(text, settings);
  if (!edited.ok) throw new Error(edited.error);
  return edited.value;
};
const undo = ({ text, edits }: Edited): string =>
  edits.toReversed().reduce((now, each) => {
    const undone = undoEdit(now, each);
    return undone.ok ? undone.value : undoMember(now, each)!;
  }, text);

describe.each<[string, Format, readonly Setting[], readonly [before: string, after: string][]]>([
  [
    'JSON',
    jsonc,
    CLAUDE,
    [
      [
        '',
        '{\n  "env": {\n    "ANTHROPIC_BASE_URL": "http://v"\n  },\n  "apiKeyHelper": "valetkey token print"\n}\n',
      ],
      [
        '{}',
        '{\n  "env": {\n    "ANTHROPIC_BASE_URL": "http://v"\n  },\n  "apiKeyHelper": "valetkey token print"\n}',
      ],
      [
        '{"theme": "dark", "env": {"A": "1"}}',
        '{"apiKeyHelper": "valetkey token print", "theme": "dark", "env": {"ANTHROPIC_BASE_URL": "http://v", "A": "1"}}',
      ],
      [
        '{ // mine\n\t"theme": "dark", // as I like it\n\t/* old */ "apiKeyHelper": "x", /* why */\n\t"env": {},\n}\n',
        '{ // mine\n\t"theme": "dark", // as I like it\n\t/* old */ "apiKeyHelper": "valetkey token print", /* why */\n\t"env": {\n\t\t"ANTHROPIC_BASE_URL": "http://v"\n\t},\n}\n',
      ],
      [
        '{\r\n  "a": [1, {"env": 2}]\r\n}\r\n',
        '{\r\n  "env": {\r\n    "ANTHROPIC_BASE_URL": "http://v"\r\n  },\r\n  "apiKeyHelper": "valetkey token print",\r\n  "a": [1, {"env": 2}]\r\n}\r\n',
      ],
    ],
  ],
  [
    'TOML',
    toml,
    CODEX,
    [
      [
        '',
        'model_provider = "valetkey"\n\n[model_providers.valetkey]\nname = "Valetkey"\n\n[model_providers.valetkey.auth]\nargs = ["token","print"]\n',
      ],
      [
        '# mine\nmodel_provider = "openai" # was better\n[projects."/home/a]b"]\ntrust = """\n[model_providers.valetkey]\n"""\nmodel_provider = 1',
        '# mine\nmodel_provider = "valetkey" # was better\n[projects."/home/a]b"]\ntrust = """\n[model_providers.valetkey]\n"""\nmodel_provider = 1\n\n[model_providers.valetkey]\nname = "Valetkey"\n\n[model_providers.valetkey.auth]\nargs = ["token","print"]\n',
      ],
      [
        "notify = [\n  'a', # ]\n]\nsince = 1979-05-27 07:32:00\n[[x]]\ny = { z = '''it's''' }\n",
        "model_provider = \"valetkey\"\nnotify = [\n  'a', # ]\n]\nsince = 1979-05-27 07:32:00\n[[x]]\ny = { z = '''it's''' }\n\n[model_providers.valetkey]\nname = \"Valetkey\"\n\n[model_providers.valetkey.auth]\nargs = [\"token\",\"print\"]\n",
      ],
    ],
  ],
  [
    '.env',
    envLines,
    ENV,
    [
      ['', 'GEMINI_API_KEY=vk_1\n'],
      ['# mine\nA=1', '# mine\nA=1\nGEMINI_API_KEY=vk_1\n'],
      ['A="x y" # b\nexport GEMINI_API_KEY = \'own\'\nB=\n', 'A="x y" # b\nGEMINI_API_KEY=vk_1\nB=\n'],
    ],
  ],
  [
    'YAML',
    yamlLines,
    YAML,
    [
      ['', 'env-file: "/own/aider.env"\n'],
      [
        '# mine\nenv-file: .env # here\nread:\n  - a: b\n- c\n',
        '# mine\nenv-file: "/own/aider.env"\nread:\n  - a: b\n- c\n',
      ],
    ],
  ],
])('%s', (_name, format, settings, cases) => {
  it.each(cases)('%j', (before, after) => {
    const edited = edit(format, before, settings);
    expect(edited.text).toBe(after);
    expect(undo(edited)).toBe(before);
    expect(edit(format, after, format === toml ? settings.slice(0, 1) : settings).text).toBe(after);
  });
});

it.each<[Format, readonly Setting[], string, string]>([
  [jsonc, CLAUDE, '{"a": 1', 'not JSON (line 1)'],
  [jsonc, CLAUDE, '{\n  a: 1\n}', 'not JSON (line 2)'],
  [jsonc, CLAUDE, '{"a": 01}', 'not JSON'],
  [jsonc, CLAUDE, '{} {}', 'not JSON'],
  [jsonc, CLAUDE, '[]', 'is not an object'],
  [jsonc, CLAUDE, '{"env": "none"}', 'env is not an object'],
  [jsonc, CLAUDE, '{"env": {}, "env": {}}', 'env is there twice'],
  [jsonc, CLAUDE, '['.repeat(100_000), 'too deep'],
  [toml, CODEX, 'a = "', 'not TOML (line 1)'],
  [toml, CODEX, 'a = [1\n', 'not TOML'],
  [toml, CODEX, 'a =\n', 'not TOML'],
  [toml, CODEX, '[a\nb = 1', 'not TOML'],
  [toml, CODEX, 'what is this', 'not TOML'],
  [toml, CODEX, 'model_providers = { x = {} }', 'it has model_providers already'],
  [toml, CODEX, '[model_providers]\nvaletkey.name = "mine"', 'it has model_providers.valetkey.name already'],
  [toml, CODEX, '[[model_providers]]', 'it has model_providers already'],
  [toml, CODEX, '[model_provider.x]', 'it has model_provider.x already'],
  [toml, CODEX, '[model_providers."valetkey"]', 'it has model_providers.valetkey already'],
  [envLines, ENV, 'A="begins\nB=1"\n', 'not a file of NAME=value lines (line 1)'],
  [envLines, ENV, 'GEMINI_API_KEY=1\nGEMINI_API_KEY=2', 'sets GEMINI_API_KEY twice'],
  [yamlLines, YAML, '{env-file: x}', 'not YAML with plain keys'],
  [yamlLines, YAML, 'a: 1\n---\nb: 2', 'not YAML with plain keys'],
  [yamlLines, YAML, 'env-file: >\n  long\n', 'its env-file is longer than a line'],
])('is refused where it is not understood (%#)', (format, settings, text, problem) => {
  const edited = format(text, settings);
  expect(edited.ok ? edited.value.text : edited.error).toContain(problem);
});

/** JSON as people and programs write it. */
const json = fc
  .tuple(
    fc.dictionary(fc.constantFrom('env', 'apiKeyHelper', 'théme', 'a"b'), fc.jsonValue()),
    fc.constantFrom(undefined, 2, 4, '\t'),
  )
  .map(([value, indent]) => JSON.stringify(value, null, indent));

it('any JSON reads as it did but for what was set, and is back to the letter afterwards', () => {
  fc.assert(
    fc.property(json, (before) => {
      const edited = jsonc(before, CLAUDE);
      const old = JSON.parse(before);
      if (!edited.ok) {
        // Only a member that would have to be thrown away is in the way.
        expect(typeof old.env !== 'object' || old.env === null || Array.isArray(old.env)).toBe(true);
        return;
      }
      expect(JSON.parse(edited.value.text)).toEqual({
        ...old,
        env: { ...old.env, ANTHROPIC_BASE_URL: 'http://v' },
        apiKeyHelper: 'valetkey token print',
      });
      expect(undo(edited.value)).toBe(before);
    }),
  );
});

it.each([
  ['{}', (value: object) => ({ ...value, theme: 'dark' })],
  ['', (value: object) => ({ ...value, theme: 'dark' })],
  ['{"theme": "dark"}', (value: object) => value],
  ['{"env": {"A": "1"}, "theme": "dark"}', (value: object) => ({ first: 1, ...value })],
  ['{"apiKeyHelper": "own"}', (value: object) => ({ ...value, model: 'x' })],
])('JSON that its program wrote anew since (%s) loses what was set and nothing else', (before, write) => {
  const edited = edit(jsonc, before, CLAUDE);
  const rewritten = JSON.stringify(write(JSON.parse(edited.text)), null, 3);
  const undone = undo({ ...edited, text: rewritten });
  expect(JSON.parse(undone)).toEqual(write(JSON.parse(before || '{}')));
});

it.each([
  '{"apiKeyHelper": "own", "env": {"ANTHROPIC_BASE_URL": "http://v"}}',
  '{"env": {"ANTHROPIC_BASE_URL": "http://v"}}',
  '{"apiKeyHelper": "valetkey token print", "env": 1}',
  'nonsense',
])('what somebody else set in its place is not taken for ours: %s', (now) => {
  const { edits } = edit(jsonc, '{}', CLAUDE);
  expect(edits.every((each) => undoEdit(now, each).ok || undoMember(now, each) !== null)).toBe(false);
});

it('a key of a table is not taken for one of the root, whatever the table is called', () => {
  const before = `["'"]\nmodel_provider = 1\n[x]\nmodel_providers.valetkey = 2\n`;
  expect(edit(toml, before, CODEX.slice(0, 2)).text).toBe(
    `model_provider = "valetkey"\n${before}\n[model_providers.valetkey]\nname = "Valetkey"\n`,
  );
});

it('members that would win are found', () => {
  const paths = [['env', 'A'], ['env', 'B'], ['c']];
  expect(membersOf('{"env": {"A": 1}, "c": null}', paths)).toEqual({ ok: true, value: ['env.A', 'c'] });
  expect(membersOf('', paths)).toEqual({ ok: true, value: [] });
});
