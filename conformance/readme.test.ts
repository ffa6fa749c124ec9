// The table in README.md is what the tests are named, row by row, so that it cannot claim what nothing tests. `VALETKEY_WRITE=1` writes it.

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const README = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- table: written from the names of the tests -->\n';
const END = '<!-- end of table -->';

interface Row {
  readonly document: string;
  readonly section: string;
  readonly requirement: string;
  readonly file: string;
}

/** A name such as `RFC 7636 4.6 a verifier ...`: the document, its section, what is required. */
const NAME =
  /(?:\bit\(|\]\)\(|^\s{2,4})\s*'((?:RFC \d+|CIMD|CIBA|FAPI 2\.0)) (\d+(?:\.\d+)*) (.+?)',?(?: async)?(?: \(|$)/gm;

const rowsOf = (file: string): Row[] =>
  [...readFileSync(join(import.meta.dirname, file), 'utf8').matchAll(NAME)].map(
    ([, document = '', section = '', requirement = '']) => ({ document, section, requirement, file }),
  );

const files = globSync('*.test.ts', { cwd: import.meta.dirname }).filter((file) => file !== 'readme.test.ts');
const byNumbers = (left: Row, right: Row) =>
  `${left.document} ${left.section}`.localeCompare(`${right.document} ${right.section}`, 'en', {
    numeric: true,
  });
const rows = files.flatMap(rowsOf).sort(byNumbers);

const table = [
  '| document | section | requirement | test |',
  '| --- | --- | --- | --- |',
  ...rows.map(
    ({ document, section, requirement, file }) =>
      `| ${document} | ${section} | ${requirement.replace(/%[sij]/g, '…')} | [${file}](${file}) |`,
  ),
  '',
].join('\n');

describe('the table of requirements', () => {
  it('names every test that the suite has', () => {
    const declared = files
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .flatMap((text) => [...text.matchAll(/'(?:RFC \d+|CIMD|CIBA|FAPI 2\.0) \d+[.\d]* \S/g)]);
    expect(rows.length).toBe(declared.length);
  });

  it('is the one in README.md', () => {
    const [before, rest = ''] = readFileSync(README, 'utf8').split(BEGIN);
    const [found = '', after] = rest.split(END);
    if (process.env.VALETKEY_WRITE === '1') writeFileSync(README, `${before}${BEGIN}${table}${END}${after}`);
    // The formatter pads columns.
    const plain = (text: string) => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim();
    expect(plain(found)).toBe(plain(table));
  });
});
