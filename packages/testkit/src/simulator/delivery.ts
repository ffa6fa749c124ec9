// Writes an answer to the connection, with the pace, the holds and the faults that the script asks for.
// Every fault is a place in the byte sequence of the body; the bytes before it are exactly those of the whole answer.

import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Reply } from './dialect.ts';
import type { Gate } from './gate.ts';
import type { Outcome } from './record.ts';
import type { Point, Rule } from './script.ts';

const BEFORE_HEADERS = -1;
const ENCODERS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

/** What a delivery works with. */
export interface Delivery {
  readonly response: ServerResponse;
  readonly reply: Reply;
  readonly rule: Rule;
  readonly gate: Gate;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
  /** Told of each body byte count handed to the connection. */
  readonly sent: (bytes: number) => void;
}

/** Something that happens when the body has reached `offset`; false ends the delivery. */
interface Stop {
  readonly offset: number;
  readonly act: () => Promise<boolean>;
}

/** Writes the answer; resolves with how it ended, never rejects because of the caller. */
export async function deliver(delivery: Delivery): Promise<Outcome> {
  const { response, reply, rule, signal } = delivery;
  const body = encode(reply.body, rule);
  const stops = stopsOf(delivery, body);
  const reach = async (offset: number): Promise<boolean> => {
    for (const stop of stops) if (stop.offset === offset && !(await stop.act())) return false;
    return true;
  };
  const ended = (): Outcome => (signal.aborted ? 'caller-gone' : 'cut');

  if (!(await reach(BEFORE_HEADERS)) || signal.aborted) return ended();
  writeHead(delivery, body);
  if (!(await reach(0)) || signal.aborted) return ended();
  let offset = 0;
  for (const piece of slices(body, rule.writeBytes, stops)) {
    if (rule.gapMs) await sleep(rule.gapMs, undefined, { signal }).catch(() => {});
    await write(delivery, piece);
    if (signal.aborted) return 'caller-gone';
    offset += piece.length;
    if (!(await reach(offset))) return ended();
  }
  await new Promise<void>((resolve) => response.end(resolve));
  return signal.aborted ? 'caller-gone' : 'answered';
}

function encode(body: Reply['body'], { encoding }: Rule): Buffer[] {
  const pieces = body.map((piece) => Buffer.from(piece as string)).filter((piece) => piece.length > 0);
  return encoding === undefined ? pieces : [ENCODERS[encoding](Buffer.concat(pieces))];
}

function writeHead({ response, reply, rule }: Delivery, body: readonly Buffer[]): void {
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(reply.status ?? 200, {
    'content-type': reply.contentType,
    ...(isChunked(reply) ? {} : { 'content-length': length }),
    ...(rule.encoding === undefined ? {} : { 'content-encoding': rule.encoding }),
    ...reply.headers,
    ...rule.headers,
  });
  response.flushHeaders();
}

function stopsOf({ response, reply, rule, gate, signal }: Delivery, body: readonly Buffer[]): Stop[] {
  const stops: Stop[] = [];
  const hold = rule.hold ?? gate.point;
  if (hold !== undefined) {
    stops.push({ offset: offsetOf(hold, body), act: () => gate.wait(signal).then(() => !signal.aborted) });
  }
  const fault = rule.fault;
  if (fault === undefined || !('at' in fault)) return stops;
  const faults = {
    reset: async () => void response.socket?.resetAndDestroy(),
    truncate: async () => truncate(response, reply),
    stall: () =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  };
  const act = async (): Promise<boolean> => {
    await nextTurn();
    if (!signal.aborted) await faults[fault.kind]();
    return false;
  };
  stops.push({ offset: offsetOf(fault.at, body), act });
  return stops;
}

/** Chunked bodies end cleanly; one with a length is followed by FIN instead of its rest. */
function truncate(response: ServerResponse, reply: Reply): void {
  if (response.headersSent && isChunked(reply)) response.end();
  else response.socket?.end();
}

const isChunked = (reply: Reply): boolean =>
  reply.contentType.startsWith('text/event-stream') || reply.body.length > 1;

function offsetOf(point: Point, body: readonly Buffer[]): number {
  if (point === 'start') return BEFORE_HEADERS;
  if (point === 'headers') return 0;
  const total = body.reduce((sum, piece) => sum + piece.length, 0);
  if ('bytes' in point) return Math.min(point.bytes, total);
  return body.slice(0, point.events).reduce((sum, piece) => sum + piece.length, 0);
}

/** The body in the pieces to write: at its events, or every `size` bytes, and at every stop. */
function slices(body: readonly Buffer[], size: number | undefined, stops: readonly Stop[]): Buffer[] {
  const whole = Buffer.concat(body);
  const ends = size === undefined ? eventEnds(body) : everyBytes(whole.length, size);
  const cuts = new Set(
    [...ends, ...stops.map(({ offset }) => offset), whole.length].filter((end) => end > 0),
  );
  const sorted = [...cuts].sort((a, b) => a - b);
  return sorted
    .map((end, index) => whole.subarray(sorted[index - 1] ?? 0, end))
    .filter((piece) => piece.length > 0);
}

function eventEnds(body: readonly Buffer[]): number[] {
  let end = 0;
  return body.map((piece) => {
    end += piece.length;
    return end;
  });
}

const everyBytes = (length: number, size: number): number[] =>
  Array.from({ length: Math.floor(length / size) }, (_, index) => (index + 1) * size);

async function write({ response, signal, sent }: Delivery, piece: Buffer): Promise<void> {
  if (signal.aborted) return;
  const flushed = response.write(piece);
  sent(piece.length);
  if (flushed) return nextTurn();
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
