// Callers that cost little: sends one fixed request over and over on raw sockets and times the answers, whole ones and streams.
// A process of its own: `node load.ts JOB.json`; prints what it saw as JSON. Ends by itself.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

/** A header that differs from request to request: its values are the lines of a file, all of the same length, taken in turn. */
export interface Vary {
  readonly header: string;
  readonly file: string;
}

/** What is sent, where to, how often and for how long. Streams go on to their end, once each. */
export interface Job {
  /** Connections take them in turn. */
  readonly ports: readonly number[];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly vary?: Vary;
  readonly body: string;
  /** How many chunks a whole stream has. One that has others failed. */
  readonly chunks?: number;
  readonly connections: number;
  readonly seconds: number;
  /** After so many requests it ends sooner. */
  readonly requests?: number;
  readonly mode: 'again' | 'once';
}

/** What was seen; times in microseconds. `lag` is how long a chunk was under way; 0 without streams. */
export interface Seen {
  readonly answers: number;
  readonly failed: number;
  readonly seconds: number;
  readonly wholeP50: number;
  readonly wholeP99: number;
  readonly firstByteP50: number;
  readonly firstByteP99: number;
  readonly lagP50: number;
  readonly lagP99: number;
  readonly lagMost: number;
}

const RAMP_MS = 1000;
const MOST_LATE_SECONDS = 30;

const quantile = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

const microseconds = (): number => Number(process.hrtime.bigint() / 1000n);

/** The request as it is sent, before and after the value that varies. */
export const requestAround = ({ ports, path, headers, vary, body }: Job): readonly [string, string] => {
  const lines = Object.entries({
    host: `127.0.0.1:${ports[0]}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const [name, end] = vary ? [`${vary.header}: `, '\r\n'] : ['', ''];
  return [`POST ${path} HTTP/1.1\r\n${lines.join('')}${name}`, `${end}\r\n${body}`];
};

/** Gives the next request to send. */
const requestsOf = (job: Job): (() => Buffer) => {
  const [before, after] = requestAround(job);
  if (!job.vary) {
    const request = Buffer.from(before + after);
    return () => request;
  }
  const values = readFileSync(job.vary.file, 'latin1').trimEnd().split('\n');
  let next = 0;
  return () => Buffer.from(`${before}${values[next++ % values.length]}${after}`);
};

const whole: number[] = [];
const firstByte: number[] = [];
const lag: number[] = [];
const open = new Set<Socket>();
let sent = 0;
let failed = 0;

const EMPTY_LINE = Buffer.from('\r\n\r\n');
const MARK = '@'.charCodeAt(0);

/** How many marks there are: two around the time in each chunk, which may be apart in two pieces of the answer. */
const countMarks = (bytes: Buffer): number => {
  let marks = 0;
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) marks += 1;
  return marks;
};

/** Notes how old each chunk is by the time that stands in it. A time that came in two pieces is left out. */
const noteLags = (bytes: Buffer): void => {
  const now = microseconds();
  for (const [, sentAt] of bytes.toString('latin1').matchAll(/@(\d+)@/g)) lag.push(now - Number(sentAt));
};

/** Tells when a chunked answer is whole, however it comes in pieces: its last chunk came, and the empty line after it and any trailers. */
const chunkedEnd = (): ((bytes: Buffer) => boolean) => {
  let tail: Buffer = Buffer.alloc(0);
  let isLast = false;
  return (bytes) => {
    const joined = Buffer.concat([tail, bytes]);
    tail = joined.subarray(-4);
    isLast ||= joined.includes('\r\n0\r\n');
    return isLast && tail.equals(EMPTY_LINE);
  };
};

/** One caller: resolves when its time is over, or its one answer is whole. */
const caller = (job: Job, port: number, nextRequest: () => Buffer, endsAt: number): Promise<void> =>
  new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let marks = 0;
    let sentAt = 0;
    let length = -1;
    let isChunked = false;
    let received = 0;
    let isEnd = chunkedEnd();
    const send = () => {
      received = 0;
      marks = 0;
      isEnd = chunkedEnd();
      length = -1;
      sent += 1;
      sentAt = microseconds();
      socket.write(nextRequest());
    };
    const finish = () => {
      open.delete(socket);
      socket.removeAllListeners('end').destroy();
      resolve();
    };
    const giveUp = () => {
      failed += 1;
      finish();
    };
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('connect', send);
    socket.on('error', giveUp);
    socket.on('end', giveUp);
    socket.on('data', (bytes: Buffer) => {
      if (length < 0) {
        firstByte.push(microseconds() - sentAt);
        const headEnd = bytes.indexOf('\r\n\r\n') + 4;
        const head = bytes.toString('latin1', 0, headEnd);
        if (!head.startsWith('HTTP/1.1 200')) failed += 1;
        isChunked = /transfer-encoding: *chunked/i.test(head);
        length = headEnd + Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      }
      received += bytes.length;
      if (isChunked) noteLags(bytes);
      if (isChunked) marks += countMarks(bytes);
      if (isChunked ? !isEnd(bytes) : received < length) return;
      if (job.chunks !== undefined && marks !== 2 * job.chunks) failed += 1;
      const now = microseconds();
      whole.push(now - sentAt);
      if (job.mode === 'again' && now < endsAt && sent < (job.requests ?? Infinity)) return send();
      finish();
    });
  });

const work = async (job: Job): Promise<Seen> => {
  const startedAt = microseconds();
  const endsAt = startedAt + job.seconds * 1e6;
  const nextRequest = requestsOf(job);
  const stepMs = job.mode === 'once' ? RAMP_MS / job.connections : 0;
  const callers = Array.from({ length: job.connections }, async (_, at) => {
    await new Promise((resolve) => setTimeout(resolve, at * stepMs));
    return caller(job, job.ports[at % job.ports.length]!, nextRequest, endsAt);
  });
  await Promise.all(callers);
  return {
    answers: whole.length,
    failed,
    seconds: (microseconds() - startedAt) / 1e6,
    wholeP50: quantile(whole, 0.5),
    wholeP99: quantile(whole, 0.99),
    firstByteP50: quantile(firstByte, 0.5),
    firstByteP99: quantile(firstByte, 0.99),
    lagP50: quantile(lag, 0.5),
    lagP99: quantile(lag, 0.99),
    lagMost: quantile(lag, 1),
  };
};

if (import.meta.main) {
  const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
  // A stream that never ends, or an answer that never comes, has failed and holds nobody up.
  setTimeout(
    () => {
      for (const socket of open) socket.destroy(new Error('late'));
    },
    (job.seconds + MOST_LATE_SECONDS) * 1000,
  ).unref();
  console.log(JSON.stringify(await work(job)));
}
