// The parts that a target can be measured by, each bounded in time: what the callers saw, and what it cost meanwhile. MUST throw where a
// target does not do the work at all: figures of refusals are fast and mean nothing.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BODIES, STREAM_CHUNKS } from './bodies.ts';
import { ask, saturate } from './generate.ts';
import type { Job, Seen } from './load.ts';
import { cpuSeconds, othersSeconds, residentMib } from './processes.ts';
import type { Credential, Ready } from './targets.ts';

/** How long and how much. */
export interface Size {
  /** A JIT needs its time, the more so on one core. */
  readonly warmRequests: number;
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly streams: number;
}

/** One part of a target. Times in microseconds; CPU of the target's processes with all their threads. */
export interface Part {
  readonly perSecond: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly lagP50: number;
  readonly lagP99: number;
  readonly lagMost: number;
  readonly cpuMicrosPerAnswer: number;
  /** CPU of the PostgreSQL behind it. */
  readonly storeMicrosPerAnswer: number;
  readonly statementsPerBatch: number;
  /** Most memory that was resident. */
  readonly memoryMib: number;
  /** The same of the second half over that of the first. */
  readonly memoryGrowth: number;
  /** What a grant that is good for `LIMITED` requests let through: by the answers or by the journal, whichever says more. */
  readonly admitted: number;
  /** CPU of the target in percent of a core while all streams ran: after the last began, before the first ended. */
  readonly runningCpuPercent: number;
  /** What others used of one core meanwhile. */
  readonly othersPercent: number;
}

/** How many requests the grant of the part `exact` is good for. */
export const LIMITED = 500;

/** What a part works with. */
interface Bench {
  readonly ready: Ready;
  /** For the files of the load. */
  readonly dir: string;
  readonly size: Size;
}

type Asked = Pick<Job, 'body' | 'connections' | 'seconds'> &
  Partial<Pick<Job, 'mode' | 'chunks' | 'requests'>>;

const SATURATED = 64;
/** Far more than the race takes. */
const RACE_SECONDS = 30;
const SAMPLE_MS = 250;
const [MIXED_SMALL, MIXED_LARGE] = [16, 4];
/** More than any broker verifies in the seconds that find out how many it does. */
const FIRST_PROOFS = 20_000;

const jobOf = ({ ports, path, credential }: Ready, asked: Asked, other?: Credential): Job => ({
  ports,
  path,
  mode: 'again',
  ...(other ?? credential),
  ...asked,
});

/** Looks at the memory of processes until told to stop; returns the most in the first and in the second half of the time. */
const watchMemory = (pids: readonly number[]): (() => readonly [number, number]) => {
  const samples = [residentMib(pids)];
  const timer = setInterval(() => samples.push(residentMib(pids)), SAMPLE_MS);
  return () => {
    clearInterval(timer);
    const half = Math.ceil(samples.length / 2);
    return [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(-half))];
  };
};

/** One part: what the callers saw and what it cost the target. */
const part = async (
  { processes, store }: Ready,
  time: 'whole' | 'firstByte',
  work: () => Promise<Seen>,
): Promise<Part> => {
  const pids = processes.map(({ pid }) => pid);
  const storePids = store ? [store.pid] : [];
  const counted = await store?.counts();
  const before = { own: cpuSeconds(pids), store: cpuSeconds(storePids), others: othersSeconds() };
  const memory = watchMemory(pids);
  const seen = await work();
  const [early, late] = memory();
  const others = othersSeconds() - before.others;
  const micros = (seconds: number) => (seconds * 1e6) / Math.max(1, seen.answers);
  const [own, ofStore] = [cpuSeconds(pids) - before.own, cpuSeconds(storePids) - before.store];
  const counts = await store?.counts();
  const rose = (name: 'statements' | 'batches') => (counts?.[name] ?? 0) - (counted?.[name] ?? 0);
  return {
    perSecond: seen.answers / seen.seconds,
    failed: seen.failed,
    p50: time === 'whole' ? seen.wholeP50 : seen.firstByteP50,
    p99: time === 'whole' ? seen.wholeP99 : seen.firstByteP99,
    lagP50: seen.lagP50,
    lagP99: seen.lagP99,
    lagMost: seen.lagMost,
    cpuMicrosPerAnswer: micros(own),
    storeMicrosPerAnswer: micros(ofStore),
    statementsPerBatch: rose('statements') / rose('batches'),
    memoryMib: Math.max(early, late),
    memoryGrowth: late / early,
    admitted: Number.NaN,
    runningCpuPercent: Number.NaN,
    othersPercent: (100 * others) / seen.seconds,
  };
};

/** Saturation with small bodies by another credential than the target's own, after a moment to get used to it. */
const saturateAs = async (
  { ready, dir, size }: Bench,
  credential: Credential,
  warm: boolean,
): Promise<Part> => {
  const asked = { body: BODIES.small, connections: SATURATED };
  if (warm) await saturate(jobOf(ready, { ...asked, seconds: 2 }, credential), dir);
  const job = jobOf(ready, { ...asked, seconds: 2 * size.seconds }, credential);
  return part(ready, 'whole', () => saturate(job, dir));
};

const issuerOf = ({ ready }: Bench) => {
  if (!ready.issuer) throw new Error('only a broker gives out tokens');
  return ready.issuer;
};

/** One ES256 verification a request. Proofs are signed before: as many as a first look says will do, and a third more. */
const bound = async (bench: Bench): Promise<Part> => {
  const { ready, dir, size } = bench;
  const asked = { body: BODIES.small, connections: SATURATED, seconds: 2 };
  const first = await saturate(jobOf(ready, asked, await issuerOf(bench).dpop(FIRST_PROOFS)), dir);
  const requests = Math.ceil((4 / 3) * (first.answers / first.seconds) * 2 * size.seconds);
  return saturateAs(bench, await issuerOf(bench).dpop(requests + SATURATED), false);
};

/** By a grant that is so many delegations below its owner's. */
const delegated =
  (depth: number) =>
  async (bench: Bench): Promise<Part> =>
    saturateAs(bench, await issuerOf(bench).delegated(depth), true);

/** Small requests while others send large ones; only the small ones count. */
const besideLarge = async ({ ready, dir, size: { seconds } }: Bench): Promise<Part> => {
  const small = jobOf(ready, { body: BODIES.small, connections: MIXED_SMALL, seconds });
  const large = jobOf(ready, { body: BODIES.large, connections: MIXED_LARGE, seconds });
  return part(ready, 'whole', async () => {
    const [seen, others] = await Promise.all([saturate(small, dir), saturate(large, dir)]);
    return { ...seen, failed: seen.failed + others.failed };
  });
};

/** Callers on all ports race for a grant that is good for half of what they ask. Refusals are wanted here, so none counts as failed. */
const raceForLimit = async (bench: Bench): Promise<Part> => {
  const { ready, dir } = bench;
  const credential = await issuerOf(bench).limited(LIMITED);
  const before = (await ready.store?.counts())?.admissions ?? 0;
  let admitted = 0;
  const asked = { body: BODIES.small, connections: SATURATED, seconds: RACE_SECONDS, requests: 2 * LIMITED };
  const raced = await part(ready, 'whole', async () => {
    const seen = await ask(jobOf(ready, asked, credential), dir);
    admitted = seen.answers - seen.failed;
    return { ...seen, failed: 0 };
  });
  const inJournal = ((await ready.store?.counts())?.admissions ?? admitted + before) - before;
  return { ...raced, admitted: Math.max(admitted, inJournal) };
};

/** The callers begin within 1.5 seconds, and each stream takes 8. */
const [ALL_BEGUN_MS, NONE_ENDED_MS] = [3000, 7000];

const manyStreams = async ({ ready, dir, size: { streams } }: Bench): Promise<Part> => {
  const asked = { body: BODIES.stream, connections: streams, seconds: 0, chunks: STREAM_CHUNKS };
  const pids = ready.processes.map(({ pid }) => pid);
  const cpuAfter = (ms: number) => delay(ms).then(() => cpuSeconds(pids));
  const whole = part(ready, 'firstByte', async () => {
    const seen = await ask(jobOf(ready, { ...asked, mode: 'once' }), dir);
    return { ...seen, failed: Math.max(seen.failed, streams - seen.answers) };
  });
  const [measured, early, late] = await Promise.all([whole, cpuAfter(ALL_BEGUN_MS), cpuAfter(NONE_ENDED_MS)]);
  return { ...measured, runningCpuPercent: (100_000 * (late - early)) / (NONE_ENDED_MS - ALL_BEGUN_MS) };
};

/** One caller after another's answer, by the client that sees the first byte. */
const oneAtATime =
  (time: 'whole' | 'firstByte', body: string) =>
  ({ ready, dir, size: { seconds } }: Bench): Promise<Part> =>
    part(ready, time, () => ask(jobOf(ready, { body, connections: 1, seconds }), dir));

/** Closed loop at full speed. */
const atOnce =
  (body: string, connections: number) =>
  async ({ ready, dir, size: { seconds } }: Bench): Promise<Part> => {
    await saturate(jobOf(ready, { body, connections, seconds: 1 }), dir);
    return part(ready, 'whole', () => saturate(jobOf(ready, { body, connections, seconds }), dir));
  };

/** All parts, in the order in which a target goes through those that are wanted. */
export const PARTS = {
  c1: oneAtATime('whole', BODIES.small),
  firstByte: oneAtATime('firstByte', BODIES.firstByte),
  saturation: (bench) => saturateAs(bench, bench.ready.credential, false),
  oauth: async (bench) => saturateAs(bench, await issuerOf(bench).oauth(), true),
  dpop: bound,
  // The owner's grant comes last: a process that still gets faster counts against what is promised of the others.
  depth5: delegated(5),
  depth3: delegated(3),
  depth1: delegated(1),
  depth0: delegated(0),
  cold: (bench) => saturateAs(bench, bench.ready.cold ?? bench.ready.credential, false),
  large: atOnce(BODIES.large, MIXED_SMALL),
  small: atOnce(BODIES.small, MIXED_SMALL),
  besideLarge,
  streams: manyStreams,
  exact: raceForLimit,
} as const satisfies Record<string, (bench: Bench) => Promise<Part>>;

/** The name of a part. */
export type PartName = keyof typeof PARTS;

/** What was measured of one target in one round. */
export type Measured = Readonly<Partial<Record<PartName, Part>>>;

/** One whole answer and one whole stream, read as a client reads them. */
const checkAnswers = async (job: Job): Promise<void> => {
  const [value] = job.vary ? readFileSync(job.vary.file, 'latin1').split('\n', 1) : [];
  const headers = { ...job.headers, ...(job.vary && { [job.vary.header]: value ?? '' }) };
  const post = async (body: string) => {
    const response = await fetch(`http://127.0.0.1:${job.ports[0]}${job.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return [response.status, await response.text()] as const;
  };
  const [status, text] = await post(BODIES.small);
  if (status !== 200 || !text.includes('"usage"')) throw new Error(`the first answer: ${status} ${text}`);
  const [streamStatus, stream] = await post(BODIES.firstByte);
  const isWhole = stream.includes('"usage"') && stream.trimEnd().endsWith('data: [DONE]');
  if (streamStatus !== 200 || !isWhole) throw new Error(`the first stream: ${streamStatus} ${stream}`);
};

const warmUp = async ({ ready, dir, size }: Bench): Promise<void> => {
  const endsAtMs = performance.now() + size.warmSeconds * 1000;
  const asked = { body: BODIES.small, connections: SATURATED, seconds: 2 };
  for (let done = 0; done < size.warmRequests && performance.now() < endsAtMs; ) {
    done += (await saturate(jobOf(ready, asked), dir)).answers;
  }
  await ask(jobOf(ready, { body: BODIES.firstByte, connections: 16, seconds: 1 }), dir);
};

/** Measures these parts of a target that is ready. A part that fails is left out, and `onGap` is told why. */
export const measure = async (
  bench: Bench,
  parts: ReadonlySet<PartName>,
  onGap: (why: string) => void,
): Promise<Measured> => {
  await checkAnswers(jobOf(bench.ready, { body: '', connections: 1, seconds: 0 }));
  await warmUp(bench);
  const measured: Partial<Record<PartName, Part>> = {};
  for (const name of Object.keys(PARTS) as PartName[]) {
    if (!parts.has(name)) continue;
    try {
      measured[name] = await PARTS[name](bench);
    } catch (error) {
      onGap(`${name} failed: ${error}`);
    }
  }
  return measured;
};
