// Measures one target, part by part: latency of one caller, first byte of a stream, streams at once, saturation, large prompts.
// Every part is bounded in time.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, Seen } from './load.ts';
import { CORES, cpuSeconds, othersSeconds, residentMib, run } from './processes.ts';
import type { Ready } from './targets.ts';

/** How long and how much. */
export interface Size {
  /** A JIT needs its time, the more so on one core. */
  readonly warmRequests: number;
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly streams: number;
}

/** One part of a target. Times in microseconds; CPU of the target's process with all its threads. */
export interface Part {
  readonly perSecond: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly lagP50: number;
  readonly lagP99: number;
  readonly cpuMicrosPerAnswer: number;
  readonly cpuPercent: number;
  readonly memoryMib: number;
  /** What others used of one core meanwhile. */
  readonly othersPercent: number;
}

/** The parts in the order of the run. */
export const PARTS = ['c1', 'firstByte', 'saturation', 'large', 'streams'] as const;

/** What was measured of one target. */
export type Measured = Readonly<Record<(typeof PARTS)[number], Part>>;

const PROMPT =
  'Here are my notes from the planning meeting: the release moves to the second week, the importer still fails on files with mixed line endings, two customers asked for delegated access without sharing their keys, and the budget for model calls must be enforced per application. Please summarise what we decided, list what is still open, and suggest who should take each point. ';

const chat = (characters: number, more: object = {}): string =>
  JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [
      {
        role: 'system',
        content: 'You are a careful assistant. Answer in plain sentences and keep to what the notes say.',
      },
      { role: 'user', content: PROMPT.repeat(Math.ceil(characters / PROMPT.length)).slice(0, characters) },
    ],
    temperature: 0.2,
    ...more,
  });
const streamed = (user: string) => chat(750, { stream: true, stream_options: { include_usage: true }, user });

const BODIES = {
  small: chat(750),
  large: chat(100_000),
  firstByte: streamed('n3-i5'),
  /** 8 seconds at 20 tokens a second. */
  stream: streamed('n160-i50'),
};
const SATURATED = 64;

const WRK = 'wrk';

const hasWrk = (): boolean => {
  try {
    execFileSync(WRK, ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as { status?: number }).status === 1;
  }
};

/** The load generator of saturation: wrk costs a fraction of Node's. */
export const SATURATES_WITH = hasWrk() ? WRK : 'node';

type Asked = Pick<Job, 'body' | 'connections' | 'seconds'> & { readonly mode?: Job['mode'] };

const ask = async ({ port, path, headers }: Ready, dir: string, asked: Asked): Promise<Seen> => {
  const file = join(dir, 'job.json');
  writeFileSync(file, JSON.stringify({ port, path, headers, mode: 'again', ...asked } satisfies Job));
  const words = [process.execPath, join(import.meta.dirname, 'load.ts'), file];
  return JSON.parse(await run({ core: CORES.load, words })) as Seen;
};

const NOTHING_SEEN = { firstByteP50: 0, firstByteP99: 0, lagP50: 0, lagP99: 0 };

const saturate = async (ready: Ready, dir: string, asked: Asked): Promise<Seen> => {
  if (SATURATES_WITH === 'node') return ask(ready, dir, asked);
  const { port, path, headers } = ready;
  const script = join(dir, 'wrk.lua');
  const set = Object.entries({ 'Content-Type': 'application/json', ...headers })
    .map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}\n`)
    .join('');
  writeFileSync(
    script,
    `wrk.method = "POST"\nwrk.body = [==[${asked.body}]==]\n${set}
function done(s, l) io.write(string.format('SEEN {"answers":%d,"failed":%d,"seconds":%f,"wholeP50":%f,"wholeP99":%f}\\n', s.requests,
  s.errors.status + s.errors.connect + s.errors.read + s.errors.write + s.errors.timeout, s.duration / 1e6, l:percentile(50), l:percentile(99))) end`,
  );
  const url = `http://127.0.0.1:${port}${path}`;
  const words = [
    WRK,
    '-t1',
    `-c${asked.connections}`,
    `-d${asked.seconds}s`,
    '--timeout',
    '10s',
    '-s',
    script,
    url,
  ];
  const seen = /SEEN (.*)/.exec(await run({ core: CORES.load, words }))?.[1] ?? '{}';
  return { ...NOTHING_SEEN, ...(JSON.parse(seen) as Seen) };
};

/** One part: what the callers saw and what it cost the target. */
const part = async (ready: Ready, time: 'whole' | 'firstByte', work: () => Promise<Seen>): Promise<Part> => {
  const { running } = ready;
  const before = running ? cpuSeconds(running.pid) : 0;
  const others = othersSeconds();
  const seen = await work();
  const cpu = running ? cpuSeconds(running.pid) - before : 0;
  return {
    perSecond: seen.answers / seen.seconds,
    failed: seen.failed,
    p50: time === 'whole' ? seen.wholeP50 : seen.firstByteP50,
    p99: time === 'whole' ? seen.wholeP99 : seen.firstByteP99,
    lagP50: seen.lagP50,
    lagP99: seen.lagP99,
    cpuMicrosPerAnswer: (cpu * 1e6) / Math.max(1, seen.answers),
    cpuPercent: (100 * cpu) / seen.seconds,
    memoryMib: running ? residentMib(running.pid) : 0,
    othersPercent: (100 * (othersSeconds() - others)) / seen.seconds,
  };
};

const warmUp = async (ready: Ready, dir: string, { warmRequests, warmSeconds }: Size): Promise<void> => {
  const endsAtMs = performance.now() + warmSeconds * 1000;
  for (let done = 0; done < warmRequests && performance.now() < endsAtMs; ) {
    done += (await saturate(ready, dir, { body: BODIES.small, connections: SATURATED, seconds: 2 })).answers;
  }
  await ask(ready, dir, { body: BODIES.firstByte, connections: 16, seconds: 1 });
};

/** Measures a target that is ready. Throws when it does not do the work at all. */
export const measure = async (ready: Ready, dir: string, size: Size): Promise<Measured> => {
  const first = await ask(ready, dir, { body: BODIES.small, connections: 1, seconds: 0 });
  if (first.failed > 0 || first.answers !== 1) throw new Error('the first request was not answered with 200');
  await warmUp(ready, dir, size);
  const { seconds, streams } = size;
  const one = { connections: 1, seconds };
  return {
    c1: await part(ready, 'whole', () => ask(ready, dir, { body: BODIES.small, ...one })),
    firstByte: await part(ready, 'firstByte', () => ask(ready, dir, { body: BODIES.firstByte, ...one })),
    saturation: await part(ready, 'whole', () =>
      saturate(ready, dir, { body: BODIES.small, connections: SATURATED, seconds: 2 * seconds }),
    ),
    large: await part(ready, 'whole', () =>
      saturate(ready, dir, { body: BODIES.large, connections: 16, seconds }),
    ),
    streams: await part(ready, 'firstByte', () =>
      ask(ready, dir, { body: BODIES.stream, connections: streams, seconds: 0, mode: 'once' }),
    ),
  };
};
