// The table of security tests says what there is: every test that it names is there under that name, every promise and case has one, and
// no file of hostile tests is missing from it.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENT = 'docs/concepts/security-tests.md';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const range = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

/** The number of each row, and its tests: a file and a part of a title in it. */
const ROWS = [...read(DOCUMENT).matchAll(/^\| ([AI]\d+b?) +\|.*\| (.*?) +\|$/gm)].map(
  ([, number = '', cell = '']) => ({
    number,
    tests: [...cell.matchAll(/\]\(\.\.\/\.\.\/([^)]+)\) `([^`]+)`/g)].map(([, file = '', title = '']) => ({
      file,
      title,
    })),
  }),
);
/** Promises that nothing here can show. */
const UNTESTED = ['I27'];

/** A file without its comments: a title in one is no test. */
const codeOf = (file: string): string => read(file).replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');

describe('the table of security tests', () => {
  it('has a row for every promise and every case, each once', () => {
    const promises = range('I', 27).toSpliced(1, 0, 'I1b');
    expect(ROWS.map(({ number }) => number)).toEqual([...promises, ...range('A', 82)]);
  });

  it.each(ROWS.filter(({ number }) => !UNTESTED.includes(number)))(
    '$number names tests that are there',
    ({ tests }) => {
      expect(tests).not.toEqual([]);
      const gone = tests.filter(
        ({ file, title }) => !existsSync(join(ROOT, file)) || !codeOf(file).includes(title),
      );
      expect(gone).toEqual([]);
    },
  );

  it('names every file of hostile and fuzz tests', () => {
    const named = new Set(ROWS.flatMap(({ tests }) => tests.map(({ file }) => file)));
    const files = globSync('packages/broker/test/{hostile,fuzz}/*.test.ts', { cwd: ROOT });
    expect(files.filter((file) => !named.has(file))).toEqual([]);
  });
});
