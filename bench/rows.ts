// What the project promises of its speed, one row for each promise: which parts of which targets it takes, the figures it is told by, and
// what they have to be. A figure is formed within each round, because only ratios of one run mean anything.

import type { Growth } from './grown.ts';
import { LIMITED, type Measured, type Part, type PartName } from './measure.ts';

/** Every target of one round, by its name. */
export type Round = Readonly<Record<string, Measured>>;

/** What a figure has to be. */
export interface Goal {
  readonly says: string;
  readonly isMet: (value: number) => boolean;
}

/** One figure of a row. */
export interface Line {
  readonly figure: string;
  /** NaN where it was not measured. */
  readonly of: (round: Round) => number;
  readonly digits: number;
  readonly goal?: Goal;
}

/** One promise. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly needs: Readonly<Record<string, readonly PartName[]>>;
  readonly lines: readonly Line[];
}

type Value = Line['of'];

const of =
  (target: string, part: PartName, figure: keyof Part): Value =>
  (round) =>
    round[target]?.[part]?.[figure] ?? Number.NaN;
const ratio =
  (own: Value, other: Value): Value =>
  (round) =>
    own(round) / other(round);
const added =
  (own: Value, other: Value): Value =>
  (round) =>
    own(round) - other(round);

const atLeast = (least: number): Goal => ({ says: `>= ${least}`, isMet: (value) => value >= least });
const atMost = (most: number): Goal => ({ says: `<= ${most}`, isMet: (value) => value <= most });
const below = (limit: number): Goal => ({ says: `< ${limit}`, isMet: (value) => value < limit });
const exactly = (wanted: number): Goal => ({ says: `= ${wanted}`, isMet: (value) => value === wanted });

const line = (figure: string, value: Value, digits = 0, goal?: Goal): Line => ({
  figure,
  of: value,
  digits,
  ...(goal && { goal }),
});

const saturated = (target: string, part: PartName = 'saturation') => of(target, part, 'perSecond');
const cpu = (target: string, part: PartName = 'saturation') => of(target, part, 'cpuMicrosPerAnswer');

const SATURATION: Row = {
  name: 'saturation',
  title: '1 KB chat, 64 connections',
  needs: {
    direct: ['saturation'],
    nginx: ['saturation'],
    node: ['saturation'],
    portkey: ['saturation'],
    valetkey: ['saturation'],
  },
  lines: [
    line('requests/s with a `vk_` token', saturated('valetkey')),
    line('of the bare Node proxy', ratio(saturated('valetkey'), saturated('node')), 2, atLeast(0.55)),
    line('of Portkey', ratio(saturated('valetkey'), saturated('portkey')), 2, atLeast(6)),
    line('CPU us/request', cpu('valetkey')),
    line('CPU, times the bare Node proxy', ratio(cpu('valetkey'), cpu('node')), 2),
  ],
};

const OAUTH: Row = {
  name: 'oauth',
  title: 'the same with OAuth tokens',
  needs: { node: ['saturation'], valetkey: ['saturation', 'oauth', 'dpop'] },
  lines: [
    line('requests/s with a JWT', saturated('valetkey', 'oauth')),
    line(
      'of the bare Node proxy',
      ratio(saturated('valetkey', 'oauth'), saturated('node')),
      2,
      atLeast(0.53),
    ),
    line('requests/s with a JWT bound by DPoP', saturated('valetkey', 'dpop')),
    line('of a `vk_` token', ratio(saturated('valetkey', 'dpop'), saturated('valetkey')), 2, atLeast(0.45)),
    line(
      'of the JWT that is not bound',
      ratio(saturated('valetkey', 'dpop'), saturated('valetkey', 'oauth')),
      2,
    ),
    line('CPU us/request that the binding adds', added(cpu('valetkey', 'dpop'), cpu('valetkey', 'oauth'))),
  ],
};

const DEPTHS = ['depth1', 'depth3', 'depth5'] as const;
const DEPTH: Row = {
  name: 'depth',
  title: 'the same by children of a grant, one to five delegations deep, a limit on each link',
  needs: { valetkey: ['depth0', ...DEPTHS] },
  lines: [
    line("requests/s by the owner's grant", saturated('valetkey', 'depth0')),
    line('CPU us/request', cpu('valetkey', 'depth0')),
    ...DEPTHS.flatMap((part) => [
      line(`requests/s ${part.at(-1)} deep`, saturated('valetkey', part)),
      line(
        "of the owner's grant",
        ratio(saturated('valetkey', part), saturated('valetkey', 'depth0')),
        2,
        part === 'depth3' ? atLeast(0.8) : undefined,
      ),
      line('CPU us/request', cpu('valetkey', part)),
    ]),
  ],
};

const C1: Row = {
  name: 'c1',
  title: '1 KB chat, one connection',
  needs: { node: ['c1'], valetkey: ['c1'] },
  lines: [
    line('p50 us', of('valetkey', 'c1', 'p50')),
    line(
      'p50 over the bare Node proxy, us',
      added(of('valetkey', 'c1', 'p50'), of('node', 'c1', 'p50')),
      0,
      atMost(550),
    ),
    line('p99 us', of('valetkey', 'c1', 'p99')),
    line(
      'p99 over the bare Node proxy, us',
      added(of('valetkey', 'c1', 'p99'), of('node', 'c1', 'p99')),
      0,
      atMost(2000),
    ),
  ],
};

const [ownByte, bareByte] = [of('valetkey', 'firstByte', 'p50'), of('node', 'firstByte', 'p50')];
const FIRST_BYTE: Row = {
  name: 'first-byte',
  title: 'first byte of a stream, one at a time',
  needs: { node: ['firstByte'], valetkey: ['firstByte'] },
  lines: [
    line('p50 us', ownByte),
    line('p50 over the bare Node proxy, us', added(ownByte, bareByte), 0, atMost(650)),
  ],
};

const runningCpu = (target: string) => of(target, 'streams', 'runningCpuPercent');
const streamsRow = (streams: number): Row => ({
  name: 'streams',
  title: `${streams} streams at once, 20 tokens/s each, 8 s`,
  needs: { node: ['streams'], valetkey: ['streams'] },
  lines: [
    line(
      'CPU while all run, times the bare Node proxy',
      ratio(runningCpu('valetkey'), runningCpu('node')),
      2,
      atMost(1.3),
    ),
    line('CPU while all run, % of a core', runningCpu('valetkey')),
    line(
      'CPU with their beginnings, within a second, and ends',
      ratio(cpu('valetkey', 'streams'), cpu('node', 'streams')),
      2,
    ),
    line(
      'no stall: how late chunks are, p99, ms',
      (round) => of('valetkey', 'streams', 'lagP99')(round) / 1000,
      1,
      atMost(50),
    ),
    line('the same of the bare Node proxy', (round) => of('node', 'streams', 'lagP99')(round) / 1000, 1),
    line(
      'no stall: the latest chunk, ms',
      (round) => of('valetkey', 'streams', 'lagMost')(round) / 1000,
      0,
      atMost(1000),
    ),
    line('memory, second half over first', of('valetkey', 'streams', 'memoryGrowth'), 2, atMost(1.1)),
    line('memory MiB', of('valetkey', 'streams', 'memoryMib')),
  ],
});

const beside = (target: string) => ratio(of(target, 'besideLarge', 'p99'), of(target, 'small', 'p99'));
const LARGE: Row = {
  name: 'large',
  title: '100 KB prompts on 16 connections; 1 KB on 16 beside 100 KB on 4',
  needs: { node: ['large', 'small', 'besideLarge'], valetkey: ['large', 'small', 'besideLarge'] },
  lines: [
    line('requests/s of 100 KB', saturated('valetkey', 'large')),
    line(
      'of the bare Node proxy',
      ratio(saturated('valetkey', 'large'), saturated('node', 'large')),
      2,
      atLeast(0.35),
    ),
    line('p99 of small ones alone, us', of('valetkey', 'small', 'p99')),
    line('p99 of small ones beside large ones, us', of('valetkey', 'besideLarge', 'p99')),
    line('beside large ones, times alone', beside('valetkey'), 2, below(3)),
    line('the same of the bare Node proxy', beside('node'), 2),
  ],
};

const growthRow = ([base, ...grown]: readonly Growth[]): Row => {
  const alone = base?.name ?? '';
  const count = (value: number) => value.toLocaleString('en-US');
  const coldOnes = grown.filter(({ grants, used }) => grants > used);
  const cases = [
    ...grown.map(({ name, grants, entries, used }) => ({
      says: `${count(grants)} grants, ${count(used)} in use${entries > 0 ? `, ${count(entries)} entries` : ''}`,
      name,
      part: 'saturation' as const,
    })),
    ...coldOnes.map(({ name, grants }) => ({
      says: `${count(grants)} grants, every call for a cold one`,
      name,
      part: 'cold' as const,
    })),
  ];
  return {
    name: 'growth',
    title: 'the same on a data folder that has grown',
    needs: Object.fromEntries([
      ...[base, ...grown].map((each) => [each?.name, ['saturation']] as const),
      ...coldOnes.map(({ name }) => [name, ['saturation', 'cold']] as const),
    ]),
    lines: [
      line('requests/s with 1 grant', saturated(alone)),
      ...cases.flatMap(({ says, name, part }) => [
        line(`requests/s with ${says}`, saturated(name, part)),
        line('of 1 grant', ratio(saturated(name, part), saturated(alone)), 2, atLeast(0.85)),
        line('CPU, times 1 grant', ratio(cpu(name, part), cpu(alone)), 2),
      ]),
    ],
  };
};

const shared = (target: string, figure: keyof Part) => of(target, 'saturation', figure);
const POSTGRES: Row = {
  name: 'postgres',
  title: 'one process on PostgreSQL',
  needs: { valetkey: ['c1', 'saturation'], 'postgres-1': ['c1', 'saturation'] },
  lines: [
    line('statements a batch', shared('postgres-1', 'statementsPerBatch'), 2, atMost(2)),
    line('requests/s', saturated('postgres-1')),
    line('of the embedded engine', ratio(saturated('postgres-1'), saturated('valetkey')), 2),
    line('CPU us/request', cpu('postgres-1')),
    line('times the embedded engine', ratio(cpu('postgres-1'), cpu('valetkey')), 2),
    line('CPU us/request of the server', shared('postgres-1', 'storeMicrosPerAnswer')),
    line('p50 of one connection, us', of('postgres-1', 'c1', 'p50')),
    line('times the embedded engine', ratio(of('postgres-1', 'c1', 'p50'), of('valetkey', 'c1', 'p50')), 2),
  ],
};

const COUNTS = [1, 2, 3];
const REPLICAS: Row = {
  name: 'replicas',
  title: 'several processes on one PostgreSQL, callers spread over them',
  needs: Object.fromEntries(COUNTS.map((count) => [`postgres-${count}`, ['saturation', 'exact']])),
  lines: COUNTS.flatMap((count) => {
    const name = `postgres-${count}`;
    return [
      line(`${count}: requests/s`, saturated(name)),
      line(`${count}: times one`, ratio(saturated(name), saturated('postgres-1')), 2),
      line(`${count}: CPU us/request`, cpu(name)),
      line(`${count}: CPU us/request of the server`, shared(name, 'storeMicrosPerAnswer')),
      line(`${count}: statements a batch`, shared(name, 'statementsPerBatch'), 2),
      line(`${count}: admitted by a limit of ${LIMITED}`, of(name, 'exact', 'admitted'), 0, exactly(LIMITED)),
    ];
  }),
};

/** All rows. */
export const rowsOf = (streams: number, growths: readonly Growth[]): readonly Row[] => [
  SATURATION,
  OAUTH,
  DEPTH,
  C1,
  FIRST_BYTE,
  streamsRow(streams),
  LARGE,
  growthRow(growths),
  POSTGRES,
  REPLICAS,
];
