// `npm run bench`: what the project promises of its speed, measured beside other proxies in one run on this machine, each alone on one
// core. Prints Markdown; `--out FILE` also writes every figure as JSON. Needs Linux (taskset, /proc) and two cores; stops by itself.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { VALETKEY } from './broker.ts';
import { SATURATES_WITH } from './generate.ts';
import { type Growth, grownTarget } from './grown.ts';
import { type Measured, measure, type PartName, type Size } from './measure.ts';
import { PEERS } from './peers.ts';
import { CORES, type Running, refuseTaken, start, stopAllBut, untilReady } from './processes.ts';
import { type Round, type Row, rowsOf } from './rows.ts';
import { REPLICAS } from './shared-store.ts';
import { report } from './table.ts';
import type { Target } from './targets.ts';

const QUICK: Size = { warmRequests: 30_000, warmSeconds: 4, seconds: 1, streams: 100 };
const FULL: Size = { warmRequests: 60_000, warmSeconds: 15, seconds: 5, streams: 1000 };
const PROVIDER_KEY = 'sk-bench-provider-key-0123456789';
const USAGE = `npm run bench -- [--full] [--only ROW,...] [--targets NAME,...] [--rounds N] [--port 19200] [--out FILE] [--grown DIR]`;

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    targets: { type: 'string' },
    rounds: { type: 'string' },
    port: { type: 'string', default: '19200' },
    out: { type: 'string' },
    grown: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);

const size = values.full ? FULL : QUICK;
const rounds = Number(values.rounds ?? (values.full ? 3 : 1));
const port = Number(values.port);
const [some, many, entries] = values.full ? [10_000, 1_000_000, 10_000_000] : [1000, 20_000, 200_000];
const GROWTHS: readonly Growth[] = [
  { name: 'one-grant', grants: 1, entries: 0, used: 1 },
  { name: 'many-grants', grants: some, entries: 0, used: some },
  { name: 'most-grants', grants: many, entries: 0, used: some },
  { name: 'long-journal', grants: some, entries, used: some },
];
const TARGETS: readonly Target[] = [...PEERS, VALETKEY, ...GROWTHS.map(grownTarget), ...REPLICAS];
const ROWS = rowsOf(size.streams, GROWTHS);

/** Those of the list that were asked for by name; all if none was. */
const picked = <Named extends { readonly name: string }>(
  all: readonly Named[],
  asked?: string,
): readonly Named[] => {
  const names = asked?.split(',') ?? all.map(({ name }) => name);
  const unknown = names.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length === 0) return all.filter(({ name }) => names.includes(name));
  throw new Error(`there is no ${unknown}. Known: ${all.map(({ name }) => name).join(', ')}`);
};

type Needs = ReadonlyMap<string, ReadonlySet<PartName>>;

/** The parts that these rows take, by target. */
const needsOf = (rows: readonly Row[]): Needs => {
  const needs = new Map<string, Set<PartName>>();
  for (const { name } of picked(TARGETS, values.targets)) {
    const parts = new Set(rows.flatMap((row) => row.needs[name] ?? []));
    if (parts.size > 0) needs.set(name, parts);
  }
  return needs;
};

/** What all targets of a run share. */
interface Run {
  readonly provider: Running;
  /** Removed with the run. */
  readonly scratch: string;
  /** Where the folders of `growth` are: with the run, or in a folder of the caller's, which later runs find filled. */
  readonly kept: string;
  /** What could not be measured, and why. */
  readonly gaps: string[];
}

const startRun = async (): Promise<Run> => {
  await refuseTaken([port]);
  const scratch = mkdtempSync(join(tmpdir(), 'valetkey-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const mock = join(import.meta.dirname, 'mock-provider.ts');
  const provider = start({ core: CORES.load, words: [process.execPath, mock, `${port}`, PROVIDER_KEY] });
  void provider.ended.then((code) => {
    say(`the mock provider ended (${code}): ${provider.output()}`);
    process.exit(1);
  });
  await untilReady(provider, `http://127.0.0.1:${port}/`);
  const kept = values.grown ? resolve(values.grown) : scratch;
  mkdirSync(kept, { recursive: true });
  return { provider, scratch, kept, gaps: [] };
};

const measureOne = async (
  target: Target,
  parts: ReadonlySet<PartName>,
  { provider, scratch, kept }: Run,
  onGap: (why: string) => void,
): Promise<Measured> => {
  const why = target.missing();
  if (why !== null) throw new Error(why);
  const dir = join(scratch, 'now');
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  await refuseTaken([1, 2, 3].map((at) => port + at));
  const ground = { dir, kept, port: port + 1, providerPort: port, providerKey: PROVIDER_KEY };
  try {
    return await measure({ ready: await target.start(ground), dir, size }, parts, onGap);
  } finally {
    await stopAllBut(provider);
  }
};

/** Whatever goes wrong with one target, the others are measured all the same. */
const measureRound = async (needs: Needs, run: Run, title: string): Promise<Round> => {
  const round: Record<string, Measured> = {};
  for (const target of TARGETS) {
    const parts = needs.get(target.name);
    if (!parts) continue;
    const name = `${title}, ${target.name}`;
    const onGap = (why: string) => {
      run.gaps.push(`${name}: ${why}`);
      say(`${name}: ${why}`);
    };
    await measureOne(target, parts, run, onGap).then(
      (measured) => {
        round[target.name] = measured;
        say(`${name}: done, load ${loadavg()[0]?.toFixed(1)}`);
      },
      (error: Error) => onGap(error.message),
    );
  }
  return round;
};

const bench = async (): Promise<void> => {
  const rows = picked(ROWS, values.only);
  const needs = needsOf(rows);
  const run = await startRun();
  const results: Round[] = [];
  for (let at = 1; at <= rounds; at += 1) {
    results.push(await measureRound(needs, run, `round ${at} of ${rounds}`));
  }
  const cores = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`;
  const machine = `${cores}; Node ${process.version}; callers: ${SATURATES_WITH}; median of ${rounds}`;
  console.log(`${machine}\n\n${report(rows, needs, results, run.gaps)}`);
  if (values.out) writeFileSync(values.out, JSON.stringify({ machine, size, results }, null, 2));
  process.exit(run.gaps.length > 0 ? 1 : 0);
};

if (values.help) console.log(`${USAGE}\n\nRows: ${ROWS.map(({ name }) => name).join(', ')}`);
else
  await bench().catch((error: Error) => {
    say(error.message);
    process.exit(1);
  });
