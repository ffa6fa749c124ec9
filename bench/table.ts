// Writes what was measured as Markdown. Figures of two runs cannot be compared on a shared machine; the ratios within one run can, CPU a
// request best of all. `others %` is what programs besides the bench took of one core meanwhile.

import type { Measured, Part } from './measure.ts';

/** Every round of every target, by its name. */
export type Rounds = Readonly<Record<string, readonly Measured[]>>;

type Pick = (measured: Measured) => number;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const number = (value: number, digits = 0): string =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })
    : '-';

/** The target's value beside the bare Node proxy's of the same round, then the median of the rounds. */
const against = (rounds: Rounds, name: string, pick: Pick, join: (own: number, bare: number) => number) =>
  median(
    (rounds[name] ?? []).map((own, round) =>
      join(pick(own), rounds.node?.[round] ? pick(rounds.node[round]) : Number.NaN),
    ),
  );

const ratio = (own: number, bare: number) => own / bare;
const added = (own: number, bare: number) => own - bare;

/** A column: its title and what stands in it. */
type Column = readonly [title: string, cell: (rounds: Rounds, name: string) => string];

const value = (title: string, pick: Pick, digits = 0): Column => [
  title,
  (rounds, name) => number(median((rounds[name] ?? []).map(pick)), digits),
];
const versus = (title: string, pick: Pick, join: typeof ratio, digits: number): Column => [
  title,
  (rounds, name) => number(against(rounds, name, pick, join), digits),
];

const load = (title: string, part: (measured: Measured) => Part): readonly [string, readonly Column[]] => [
  title,
  [
    value('requests/s', (m) => part(m).perSecond),
    versus('of node', (m) => part(m).perSecond, ratio, 2),
    value('p50 us', (m) => part(m).p50),
    value('p99 us', (m) => part(m).p99),
    value('CPU us/request', (m) => part(m).cpuMicrosPerAnswer),
    versus('CPU of node', (m) => part(m).cpuMicrosPerAnswer, ratio, 2),
    value('failed', (m) => part(m).failed),
    value('others %', (m) => part(m).othersPercent),
  ],
];

const latency = (title: string, part: (measured: Measured) => Part): readonly [string, readonly Column[]] => [
  title,
  [
    value('p50 us', (m) => part(m).p50),
    versus('p50 over node us', (m) => part(m).p50, added, 0),
    value('p99 us', (m) => part(m).p99),
    versus('p99 over node us', (m) => part(m).p99, added, 0),
    value('CPU us/request', (m) => part(m).cpuMicrosPerAnswer),
    value('failed', (m) => part(m).failed),
    value('others %', (m) => part(m).othersPercent),
  ],
];

const tables = (streams: number): readonly (readonly [string, readonly Column[]])[] => [
  load('Saturation: 64 connections, 1 KB chat', (m) => m.saturation),
  latency('One connection, 1 KB chat', (m) => m.c1),
  latency('Time to the first byte of a stream, one at a time', (m) => m.firstByte),
  load('Prompts of 100 KB, 16 connections', (m) => m.large),
  [
    `${streams} streams at once, 20 tokens/s each`,
    [
      value('first byte p50 us', (m) => m.streams.p50),
      value('chunk lag p50 us', (m) => m.streams.lagP50),
      value('chunk lag p99 us', (m) => m.streams.lagP99),
      value('CPU %', (m) => m.streams.cpuPercent, 1),
      versus('CPU of node', (m) => m.streams.cpuPercent, ratio, 2),
      value('memory MiB', (m) => m.streams.memoryMib),
      value('failed', (m) => m.streams.failed),
      value('others %', (m) => m.streams.othersPercent),
    ],
  ],
];

/** The whole report. */
export const report = (rounds: Rounds, streams: number): string =>
  tables(streams)
    .map(([title, columns]) => {
      const rows = Object.keys(rounds).map(
        (name) => `| ${name} | ${columns.map(([, cell]) => cell(rounds, name)).join(' | ')} |`,
      );
      const head = `| target | ${columns.map(([name]) => name).join(' | ')} |\n|---|${columns.map(() => '--:|').join('')}`;
      return `### ${title}\n\n${head}\n${rows.join('\n')}\n`;
    })
    .join('\n');
