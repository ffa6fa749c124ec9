import { describe, expect, it } from 'vitest';
import { csvCell } from './to-csv.ts';

describe('a cell of CSV', () => {
  it.each([
    ['Notes', 'Notes'],
    ['', ''],
    [null, ''],
    [0, '0'],
    [false, 'false'],
    ['a, "b"', '"a, ""b"""'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['=HYPERLINK("https://evil.example","x")', `"'=HYPERLINK(""https://evil.example"",""x"")"`],
    ['a=1', 'a=1'],
    ['  =1', "'  =1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['\ufeff=1', "'\ufeff=1"],
    ['\0=1', "'\0=1"],
    ['\t', "'\t"],
    ['＝1', "'＝1"],
    ['a;=1', "a;'=1"],
    ['a; +1', "a;' +1"],
    ['a,@b', `"a,'@b"`],
    ['a\n=1', `"a\n'=1"`],
    ['gpt-4o', 'gpt-4o'],
  ])('for %j is %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});
