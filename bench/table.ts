// Writes what was measured as Markdown: the promises with their figures first, then every part of every target. Figures of two runs
// cannot be compared on a shared machine; the ratios within one run can, CPU a request best of all.

import type { Part, PartName } from './measure.ts';
import type { Line, Round, Row } from './rows.ts';

const median = (values: readonly number[]): number => {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const number = (value: number, digits = 0): string =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })
    : '-';

/** Every part of a row's targets that was measured, in all rounds. */
const partsOf = ({ needs }: Row, rounds: readonly Round[]): readonly Part[] =>
  Object.entries(needs).flatMap(([target, parts]) =>
    rounds.flatMap((round) => parts.flatMap((part) => round[target]?.[part] ?? [])),
  );

/** A median hides the one round in which a limit did not hold, so a goal of an exact number is for every round. */
const verdictOf = ({ goal, of }: Line, rounds: readonly Round[]): string => {
  if (!goal) return '';
  const values = rounds.map(of).filter(Number.isFinite);
  if (values.length === 0) return 'not measured';
  const isMet = goal.says.startsWith('=') ? values.every(goal.isMet) : goal.isMet(median(values));
  return isMet ? 'met' : '**not met**';
};

const ALL_WHOLE: Omit<Line, 'of'> = {
  figure: 'answers that were not 200 and whole',
  digits: 0,
  goal: { says: '= 0', isMet: (failed) => failed === 0 },
};

/** The lines of a row, and one more for every row: an answer that failed was fast and says nothing. */
const promiseRows = (row: Row, rounds: readonly Round[]): string[] => {
  const parts = partsOf(row, rounds);
  const failed = parts.length > 0 ? parts.reduce((total, part) => total + part.failed, 0) : Number.NaN;
  const cells = [...row.lines, { ...ALL_WHOLE, of: () => failed }].map((line) => [
    line.figure,
    number(median(rounds.map(line.of)), line.digits),
    line.goal?.says ?? '',
    verdictOf(line, rounds),
  ]);
  return cells.map((each, at) => `| ${[at === 0 ? `${row.name}: ${row.title}` : '', ...each].join(' | ')} |`);
};

type Column = readonly [title: string, figure: keyof Part, digits: number];

const COLUMNS: readonly Column[] = [
  ['requests/s', 'perSecond', 0],
  ['p50 us', 'p50', 0],
  ['p99 us', 'p99', 0],
  ['CPU us/request', 'cpuMicrosPerAnswer', 0],
  ['memory MiB', 'memoryMib', 0],
  ['failed', 'failed', 0],
  ['others %', 'othersPercent', 0],
];

/** The first two columns are words, the others figures. */
const head = (titles: readonly string[]): string =>
  `| ${titles.join(' | ')} |\n|${titles.map((_, at) => (at < 2 ? '---' : '--:')).join('|')}|`;

const measuredRows = (
  needs: ReadonlyMap<string, ReadonlySet<PartName>>,
  rounds: readonly Round[],
): string[] =>
  [...needs].flatMap(([target, parts]) =>
    [...parts].flatMap((part) => {
      const measured = rounds.flatMap((round) => round[target]?.[part] ?? []);
      if (measured.length === 0) return [];
      const cells = COLUMNS.map(([, figure, digits]) =>
        number(median(measured.map((each) => each[figure])), digits),
      );
      return [`| ${[part, target, ...cells].join(' | ')} |`];
    }),
  );

/** The whole report on these rows and on what they needed; `gaps` says what could not be measured and why. */
export const report = (
  rows: readonly Row[],
  needs: ReadonlyMap<string, ReadonlySet<PartName>>,
  rounds: readonly Round[],
  gaps: readonly string[],
): string =>
  [
    '### Promises\n',
    head(['promise', 'figure', 'median', 'target', 'verdict']),
    ...rows.flatMap((row) => promiseRows(row, rounds)),
    '\n### Everything that was measured\n',
    head(['part', 'target', ...COLUMNS.map(([title]) => title)]),
    ...measuredRows(needs, rounds),
    ...(gaps.length > 0 ? ['\n### Not measured\n', ...gaps.map((gap) => `- ${gap}`)] : []),
    '',
  ].join('\n');
