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
  ])('for %j is %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});
