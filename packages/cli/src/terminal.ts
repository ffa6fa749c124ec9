// The one module that knows about terminals: colour, width, alignment, and what changes when output is piped. Data goes to stdout, talk to
// stderr. Text from elsewhere MUST come out harmless: a control character in an app's name could rewrite what the owner reads.

import { styleText } from 'node:util';
import { displayWidth, shorten } from './display-width.ts';
import { type Title, t } from './messages/messages.ts';
import type { World } from './world.ts';

/** How a text is coloured on a terminal. */
export type Tone = keyof typeof STYLES;

/** One value of a table: what a person reads, and what a program reads where that differs. */
export interface Cell {
  readonly text: string;
  readonly plain?: string;
  readonly tone?: Tone;
}

/** One line of a result: a title, or a name that is none, and what it says. */
export type Entry = readonly [title: Title | Cell, cell: Cell];

/** One column of a table of `Row`s. */
export interface Column<Row> {
  readonly title: Title;
  readonly cell: (row: Row) => Cell;
  readonly align?: 'right';
  /** Whether its text may be cut off where the terminal is too narrow. Identifiers and amounts never are. */
  readonly shrinks?: true;
}

/** Where a command's words and results go. */
export interface Terminal {
  /** Whether questions may be asked. */
  readonly canPrompt: boolean;
  /** Whether a person reads the results, not a program. */
  readonly isForPeople: boolean;
  /** A line of talk, on stderr. */
  say(text: string): void;
  /** Text that is itself the result, such as a help page. */
  print(text: string): void;
  /**
   * Many things: a table, tab-separated lines when piped, or `value` (by default the rows) as JSON. `empty` is said when there are none.
   */
  list<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string, value?: unknown): void;
  /** More of a list that goes on: rows without titles; with JSON each on a line of its own. */
  more<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void;
  /** One thing: a line for each entry, or `value` as JSON. */
  result(value: unknown, entries: readonly Entry[]): void;
}

type ColumnStyle = Pick<Column<never>, 'align' | 'shrinks'>;

const STYLES = { good: 'green', warning: 'yellow', bad: 'red', quiet: 'dim', title: 'bold' } as const;
const GAP = '  ';
const NARROWEST = 8;

/** The terminal of this world; with `json`, every result is JSON instead of text. */
export function createTerminal(
  world: Pick<World, 'stdin' | 'stdout' | 'stderr' | 'env'>,
  json: boolean,
): Terminal {
  const { stdin, stdout, stderr, env } = world;
  const coloured = stdout.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint = (text: string, style: Tone | undefined) =>
    coloured && style ? styleText(STYLES[style], text, { validateStream: false }) : text;
  const writeLines = (lines: readonly string[]) => stdout.write(lines.map((line) => `${line}\n`).join(''));
  const print = (text: string) => writeLines(text.split('\n').map(harmless));
  const writeJson = (value: unknown) => writeLines([harmlessJson(value, 2)]);
  const writePlain = (rows: readonly (readonly Cell[])[]) =>
    writeLines(rows.map((row) => row.map(plainOf).join('\t')));

  const writeTable = (rows: readonly (readonly Cell[])[], columns: readonly ColumnStyle[] = []) => {
    const widths = fitWidths(rows, columns, stdout.columns);
    const line = (cells: readonly Cell[]) =>
      cells
        .map((cell, index) => {
          const width = widths[index]!;
          const text = shorten(harmless(cell.text), width);
          const space = ' '.repeat(width - displayWidth(text));
          const painted = paint(text, cell.tone);
          return columns[index]?.align ? space + painted : painted + space;
        })
        .join(GAP)
        .trimEnd();
    writeLines(rows.map(line));
  };

  return {
    canPrompt: stdin.isTerminal && stderr.isTerminal,
    isForPeople: stdout.isTerminal && !json,
    say: (text) => stderr.write(`${text.split('\n').map(harmless).join('\n')}\n`),
    print,
    list(rows, columns, empty, value = rows) {
      if (json) return writeJson(value);
      if (rows.length === 0) return stderr.write(`${empty}\n`);
      const cells = cellsOf(rows, columns);
      if (!stdout.isTerminal) return writePlain(cells);
      const titles = columns.map(({ title }): Cell => ({ ...titleCell(title), tone: 'title' }));
      writeTable([titles, ...cells], columns);
    },
    more(rows, columns) {
      if (json) return writeLines(rows.map((row) => harmlessJson(row)));
      if (rows.length === 0) return;
      const cells = cellsOf(rows, columns);
      return stdout.isTerminal ? writeTable(cells, columns) : writePlain(cells);
    },
    result(value, entries) {
      if (json) return writeJson(value);
      if (!stdout.isTerminal) return writePlain(entries.map(([title, cell]) => [titleCell(title), cell]));
      writeTable(entries.map(([title, cell]) => [{ ...titleCell(title), tone: 'quiet' }, cell]));
    },
  };
}

const cellsOf = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Cell[][] =>
  rows.map((row) => columns.map((column) => column.cell(row)));

/** Programs read the same title in every language. */
const titleCell = (title: Title | Cell): Cell =>
  typeof title === 'string' ? { text: t.titles[title], plain: title } : title;

/** Control and text-direction characters replaced, tabs and line ends among them: each would break a line or mislead a reader. */
const harmless = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\u{fffd}');

const plainOf = (cell: Cell): string => harmless(cell.plain ?? cell.text);

/** JSON in which what a terminal could act on is escaped; a parser reads the same value. */
const harmlessJson = (value: unknown, indent = 0): string =>
  JSON.stringify(value, null, indent).replace(
    /[\x7f-\x9f\p{Bidi_Control}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The width of each column; while the line is too long, the widest of those that may shrink gives way. */
function fitWidths(
  rows: readonly (readonly Cell[])[],
  columns: readonly ColumnStyle[],
  available: number,
): number[] {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => displayWidth(row[index]!.text))));
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - available;
  while (excess > 0) {
    const shrinkable = widths.map((width, index) => (columns[index]?.shrinks ? width : 0));
    const widest = Math.max(...shrinkable);
    if (widest <= NARROWEST) break;
    widths[shrinkable.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}
