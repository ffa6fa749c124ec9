// The pages of security tests say what there is: every test that they name is there under that name, every promise and case has one, and
// no file of hostile tests is missing from them.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const range = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

/** The tests that a section names: a file and a part of a title in it. */
const testsIn = (section: string) =>
  [...section.matchAll(/^- \[.*\]\((?:\.\.\/){3}([^)]+)\): (.*)$/gm)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/`([^`]+)`/g)].map(([, title = '']) => ({ file, title })),
  );
/** The sections of all pages: a number each, and its tests. */
const ROWS = globSync('docs/concepts/security-tests/*.md', { cwd: ROOT }).flatMap((page) =>
  read(page)
    .split(/^## /m)
    .slice(1)
    .map((section) => ({ number: section.split(' ', 1)[0], tests: testsIn(section) })),
);

/** A file without its comments: a title in one is no test. */
const codeOf = (file: string): string => read(file).replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');

describe('the pages of security tests', () => {
  it('have every promise and every case, each once', () => {
    const numbers = [...range('I', 27), 'I1b', ...range('A', 82)];
    expect(ROWS.map(({ number }) => number).toSorted()).toEqual(numbers.toSorted());
  });

  it.each(ROWS)('name tests of $number that are there', ({ tests }) => {
    expect(tests).not.toEqual([]);
    const gone = tests.filter(
      ({ file, title }) => !existsSync(join(ROOT, file)) || !codeOf(file).includes(title),
    );
    expect(gone).toEqual([]);
  });

  it('name every file of hostile and fuzz tests', () => {
    const named = new Set(ROWS.flatMap(({ tests }) => tests.map(({ file }) => file)));
    const files = globSync('packages/broker/test/{hostile,fuzz}/*.test.ts', { cwd: ROOT });
    expect(files.filter((file) => !named.has(file))).toEqual([]);
  });
});

describe('the threat model', () => {
  const text = read('SECURITY.md');
  const pages = new Map(
    [...text.matchAll(/^\[(\w+)\]: (\S+)$/gm)].map(([, name = '', path = '']) => [name, path]),
  );
  const [, threats = ''] = text.split(/^## (?:Threats|Not protected).*$/m);
  const rows = threats.split('\n').filter((line) => /^\| (?!-|threat )/.test(line));

  it.each(rows.map((row) => [row.split('|')[1]?.trim(), row] as const))('%s: has tests', (_threat, row) => {
    const named = [...row.matchAll(/\[((?:[AI]\d+b? ?)+)\]\[(\w+)\]/g)];
    expect(named).not.toEqual([]);
    for (const [, numbers = '', page = ''] of named)
      for (const number of numbers.split(' '))
        expect(read(pages.get(page) ?? '')).toContain(`\n## ${number} `);
  });
});
