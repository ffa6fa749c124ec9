import { describe, expect, it } from 'vitest';
import { findBroken, RULES, type SourceFile } from './house-rules.ts';

const BROKER = 'packages/broker/src';
const HEAD = '// What it is for.\n';

/** The names of the rules that a tree of this one file breaks. */
const brokenBy = (path: string, text: string): string[] =>
  findBroken([{ path, text }]).map(({ rule }) => rule);

const importing = (target: string): string => `${HEAD}import { thing } from '${target}';\n`;

describe('rules about imports', () => {
  it.each([
    ['packages/core/src/budget/limit.ts', '../result.ts', null],
    ['packages/core/src/budget/limit.ts', 'node:fs', 'core imports only core'],
    ['packages/core/src/budget/limit.ts', 'zod', 'core imports only core'],
    ['packages/core/src/budget/limit.ts', '../../../broker/src/clock.ts', 'core imports only core'],
    ['packages/core/src/budget/limit.test.ts', 'fast-check', null],
    [`${BROKER}/gateway/gate.ts`, '../ledger/contract.ts', null],
    [`${BROKER}/gateway/gate.ts`, '../oauth/paths.ts', 'rooms stay apart'],
    [`${BROKER}/oauth/keys.ts`, '../consent/consent.ts', 'rooms stay apart'],
    [`${BROKER}/consent/consent.ts`, '../api/api.ts', 'rooms stay apart'],
    [`${BROKER}/api/api.ts`, '../gateway/contract.ts', 'rooms stay apart'],
    [`${BROKER}/prices/price-book.ts`, '../gateway/contract.ts', null],
    [`${BROKER}/prices/price-book.ts`, '../gateway/gate.ts', 'rooms stay apart'],
    [`${BROKER}/routes.ts`, './gateway/answer.ts', null],
    [`${BROKER}/open-rooms.ts`, './api/create-api.ts', null],
    [`${BROKER}/grants/grants.ts`, '../ledger/embedded/books.ts', 'engines are picked once'],
    [`${BROKER}/vault/vault.ts`, '../store/sqlite/writer.ts', 'engines are picked once'],
    [`${BROKER}/ledger/embedded/books.ts`, '../../store/sqlite/writer.ts', null],
    [`${BROKER}/serve.ts`, './ledger/embedded/embedded-ledger.ts', null],
    [`${BROKER}/gateway/providers/openai/provider.ts`, '../openai-dialect/models.ts', null],
    [`${BROKER}/gateway/providers/openai/provider.ts`, '../groq/auth.ts', 'providers stay apart'],
    [`${BROKER}/gateway/providers/openai-dialect/models.ts`, '../openai/auth.ts', 'providers stay apart'],
    [`${BROKER}/gateway/read.ts`, './providers/openai/provider.ts', 'providers stay apart'],
    [`${BROKER}/gateway/providers/registry.ts`, './openai/provider.ts', null],
  ])('%s importing %s breaks: %s', (path, target, rule) => {
    expect(brokenBy(path, importing(target))).toEqual(rule === null ? [] : [rule]);
  });

  it.each([
    ["import type { A } from 'zod';"],
    ["import {\n  a,\n  b,\n} from 'zod';"],
    ["export * from 'zod';"],
    ["export { a } from 'zod';"],
    ["import 'zod';"],
    ["const load = () => import('zod');"],
  ])('see the import in %j', (statement) => {
    expect(brokenBy('packages/core/src/rule.ts', `${HEAD}${statement}\n`)).toEqual([
      'core imports only core',
    ]);
  });
});

describe('rules about text', () => {
  const documented = `${HEAD}\n/** One. */\nexport const one = 1;\n`;
  const overloaded = `${HEAD}\n/** Reads. */\nexport function read(a: string): string;\nexport function read(a: number): number;\n`;

  it.each([
    ['a documented export', `${BROKER}/one.ts`, documented, null],
    ['an overload below a documented one', `${BROKER}/one.ts`, overloaded, null],
    ['a bare export', `${BROKER}/one.ts`, `${HEAD}\nexport const one = 1;\n`, 'every export is documented'],
    ['a bare export of a test', `${BROKER}/one.test.ts`, 'export const one = 1;\n', null],
    ['a file without opening words', 'scripts/one.ts', 'const one = 1;\n', 'every file says what it is for'],
    ['a program with opening words', 'packages/cli/src/one.ts', `#!/usr/bin/env node\n${HEAD}`, null],
    ['the gate asking for a key', `${BROKER}/gateway/forward.ts`, `${HEAD}vault.unseal(id);\n`, null],
    ['the vault opening one', `${BROKER}/vault/vault.ts`, `${HEAD}vault.unseal(id);\n`, null],
    [
      'a page asking for a key',
      `${BROKER}/pages/page.ts`,
      `${HEAD}vault.unseal(id);\n`,
      'only the vault opens provider keys',
    ],
    [
      'a secret compared in passing',
      `${BROKER}/one.ts`,
      `${HEAD}if (given === clientSecret) return;\n`,
      'secrets are compared in constant time',
    ],
    [
      'a secret compared, the other way round',
      `${BROKER}/one.ts`,
      `${HEAD}if (row.accessToken !== given.value) return;\n`,
      'secrets are compared in constant time',
    ],
    [
      'a digest compared in passing',
      `${BROKER}/one.ts`,
      `${HEAD}return row?.value === hashOf(given);\n`,
      'secrets are compared in constant time',
    ],
    [
      'a digest compared with what is kept',
      `${BROKER}/one.ts`,
      `${HEAD}return sha256(given) === row.hash;\n`,
      'secrets are compared in constant time',
    ],
    [
      'a secret that is not there',
      `${BROKER}/one.ts`,
      `${HEAD}if (secret === undefined || null === token) return;\n`,
      null,
    ],
    [
      'what kind of token it is',
      `${BROKER}/one.ts`,
      `${HEAD}if (token.kind === 'access' || typeof token !== 'string') return;\n`,
      null,
    ],
    [
      'a comparison in constant time',
      `${BROKER}/one.ts`,
      `${HEAD}return timingSafeEqual(sha256(secret), expected);\n`,
      null,
    ],
    ['work put off', 'scripts/one.ts', `${HEAD}// ${'TO'}DO: later\n`, 'nothing is left to do'],
    ['a test alone', 'scripts/one.test.ts', `it.${'only'}('works', () => {});\n`, 'every test runs'],
    ['a test left out', 'scripts/one.test.ts', `describe.${'skip'}('works', () => {});\n`, 'every test runs'],
    ['a foreign place', 'docs/one.md', `see /${'work'}/notes\n`, 'the project speaks of itself alone'],
  ])('%s', (_what, path, text, rule) => {
    expect(brokenBy(path, text)).toEqual(rule === null ? [] : [rule]);
  });
});

it('names the line and what to do', () => {
  const tree: SourceFile[] = [{ path: 'packages/core/src/a.ts', text: `${HEAD}\nexport const a = 1;\n` }];
  expect(findBroken(tree)).toEqual([
    {
      rule: 'every export is documented',
      place: 'packages/core/src/a.ts:3',
      problem: 'say what the caller of a gets, in a doc comment',
    },
  ]);
});

it('gives every rule its own name', () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
});
