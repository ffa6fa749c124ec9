// Guarantees of output: what changes between a terminal and a pipe, and that text from elsewhere cannot act on a terminal.

import { describe, expect, it } from 'vitest';
import { type Column, createTerminal } from './terminal.ts';

interface Row {
  readonly name: string;
  readonly cost: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => ({ text: name, tone: 'good' }), shrinks: true },
  { title: 'COST', cell: ({ cost }) => ({ text: `$${cost}`, plain: cost }), align: 'right' },
];
const ROWS: readonly Row[] = [
  { name: 'Notes', cost: '1.50' },
  { name: 'Übersetzer', cost: '12.00' },
];
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come out
const ACTS_ON_TERMINAL = /[\u001b\u009b\u202e]/;
const HOSTILE = 'a\u001b[2Jb\tc\nd\u202ee\u009bf';

function capture(isTerminal: boolean, json = false, env: Record<string, string> = {}, columns = 80) {
  const text = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({
    write: (chunk: string) => {
      text[name] += chunk;
    },
    isTerminal,
    columns,
  });
  const stdin = {
    isTerminal,
    readAll: async () => '',
    readHidden: async () => null,
    readLine: async () => null,
  };
  const terminal = createTerminal({ stdin, stdout: sink('out'), stderr: sink('err'), env }, json);
  return { terminal, text };
}

describe('a list', () => {
  it('is an aligned, coloured table on a terminal', () => {
    const { terminal, text } = capture(true);
    terminal.list(ROWS, COLUMNS, '');
    expect(text.out).toBe(
      [
        '\u001b[1mNAME\u001b[22m          \u001b[1mCOST\u001b[22m',
        '\u001b[32mNotes\u001b[39m        $1.50',
        '\u001b[32mÜbersetzer\u001b[39m  $12.00\n',
      ].join('\n'),
    );
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('has no colour with %j', (env) => {
    const { terminal, text } = capture(true, false, env);
    terminal.list(ROWS, COLUMNS, '');
    expect(text.out).toBe('NAME          COST\nNotes        $1.50\nÜbersetzer  $12.00\n');
  });

  it('is tab-separated without titles, colour or rounding when piped', () => {
    const { terminal, text } = capture(false);
    terminal.list(ROWS, COLUMNS, '');
    expect(text.out).toBe('Notes\t1.50\nÜbersetzer\t12.00\n');
  });

  it('fits the width of the terminal by shortening columns that allow it, never amounts', () => {
    const { terminal, text } = capture(true, false, { NO_COLOR: '1' }, 30);
    terminal.list([{ name: 'x'.repeat(60), cost: '1.50' }], COLUMNS, '');
    expect(text.out.split('\n').every((line) => line.length <= 30)).toBe(true);
    expect(text.out).toContain('x…  $1.50');
  });

  it('keeps its columns straight whatever the language of a name', () => {
    const names = [
      'Notes',
      '日本語のメモ',
      '한국어',
      'ﾊﾝｶｸ',
      '😀 ☕',
      '❤️ x',
      '👩‍👩‍👧 y',
      'Gro\u0308ße',
      '語'.repeat(20),
    ];
    const { terminal, text } = capture(true, false, { NO_COLOR: '1' }, 30);
    terminal.list(
      names.map((name) => ({ name, cost: '1.50' })),
      COLUMNS,
      '',
    );
    expect(text.out.split('\n')).toEqual([
      'NAME                      COST',
      'Notes                    $1.50',
      '日本語のメモ             $1.50',
      '한국어                   $1.50',
      'ﾊﾝｶｸ                     $1.50',
      '😀 ☕                    $1.50',
      '❤️ x                     $1.50',
      '👩‍👩‍👧 y                     $1.50',
      'Gro\u0308ße                    $1.50',
      '語語語語語語語語語語語…  $1.50',
      '',
    ]);
  });

  it.each([true, false])('is JSON with json, whether on a terminal or not', (isTerminal) => {
    const { terminal, text } = capture(isTerminal, true);
    terminal.list(ROWS, COLUMNS, '');
    expect(JSON.parse(text.out)).toEqual(ROWS);
  });

  it('that is empty is said on stderr, and an empty array as JSON', () => {
    const plain = capture(false);
    plain.terminal.list([], COLUMNS, 'None yet.');
    expect(plain.text).toEqual({ out: '', err: 'None yet.\n' });
    const json = capture(false, true);
    json.terminal.list([], COLUMNS, 'None yet.');
    expect(json.text).toEqual({ out: '[]\n', err: '' });
  });
});

describe('text from elsewhere', () => {
  it.each([true, false])(
    'cannot move the cursor, start a line or turn its direction (terminal: %s)',
    (isTerminal) => {
      const { terminal, text } = capture(isTerminal, false, { NO_COLOR: '1' });
      terminal.list([{ name: HOSTILE, cost: '1' }], COLUMNS, '');
      terminal.result({}, [['Name', { text: HOSTILE }]]);
      terminal.say(`Hello ${HOSTILE}`);
      expect(text.out + text.err).not.toMatch(ACTS_ON_TERMINAL);
      expect(text.out.split('\n').filter(Boolean)).toHaveLength(isTerminal ? 3 : 2);
    },
  );

  it('is escaped in JSON and reads as the same value', () => {
    const { terminal, text } = capture(true, true);
    terminal.result({ name: HOSTILE }, []);
    expect(text.out).not.toMatch(ACTS_ON_TERMINAL);
    expect(JSON.parse(text.out)).toEqual({ name: HOSTILE });
  });
});
