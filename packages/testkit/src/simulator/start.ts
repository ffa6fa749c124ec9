// Starts a simulated provider on a loopback port: reads requests, runs the simulated model, bills, and answers.
// It MUST NOT know anything of the broker: it stands in for the world outside.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '../free-port.ts';
import { type BillEntry, type BillTotal, billNanos, type PriceList } from './bill.ts';
import { decide, type Provider } from './decide.ts';
import { deliver } from './delivery.ts';
import type { Dialect } from './dialect.ts';
import { createGate, type Gate } from './gate.ts';
import { type ConnectionRecord, createRecorder, type Recorder, type RequestRecord } from './record.ts';
import { createScript, type Rule } from './script.ts';

/** How a simulator is set up. */
export interface SimulatorOptions {
  /** The models it has; another is a 404. Absent: it lists a few and accepts any. */
  readonly models?: readonly string[];
  /** For `billNanos()` without an argument. */
  readonly prices?: PriceList;
  /** The only key it accepts; another is a 401. Absent: any key, or none. */
  readonly expectedKey?: string;
}

/** A running simulated provider. */
export interface Simulator {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** What an SDK of this provider wants as its base URL. */
  readonly url: string;
  /** Adds rules for the next calls; the first rule that matches a call answers it. */
  script(...rules: readonly Rule[]): void;
  readonly hold: Gate['hold'];
  readonly release: Gate['release'];
  readonly held: Gate['held'];
  /** What the provider would charge for, in order of arrival. */
  readonly bill: readonly BillEntry[];
  /** The bill in nanos; throws where the price list has no rate for what was used. */
  billNanos(prices?: PriceList): BillTotal;
  readonly requests: readonly RequestRecord[];
  readonly connections: readonly ConnectionRecord[];
  /** How much of everything happened since the start or the last `reset()`; `open` is connections. */
  counters(): { connections: number; open: number; requests: number; answered: number; billed: number };
  /** Forgets records, bill, script and holds. Connections stay open, and on record without their past bytes. */
  reset(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Everything one simulator works with. */
interface Parts extends Provider {
  readonly gate: Gate;
  readonly recorder: Recorder;
  readonly bill: BillEntry[];
}

/** Starts a simulator of `dialect` on a free port of 127.0.0.1, whose SDKs use `origin + basePath`. */
export async function startDialect(
  dialect: Dialect,
  basePath: string,
  options: SimulatorOptions,
): Promise<Simulator> {
  const { models, expectedKey, prices } = options;
  const recorder = createRecorder(dialect.requestIdPrefix);
  const [script, gate, bill] = [createScript(), createGate(), [] as BillEntry[]];
  const parts: Parts = { dialect, script, models, expectedKey, gate, recorder, bill };
  const server = createServer((message, response) => {
    answer(parts, message, response).catch((error: unknown) => {
      response.destroy();
      throw error;
    });
  });
  server.on('connection', recorder.connect);
  // Its connections are counted: nobody may still be calling for another server at this port.
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${port}`;

  return {
    origin,
    url: origin + basePath,
    script: (...rules) => rules.forEach(script.add),
    hold: gate.hold,
    release: gate.release,
    held: gate.held,
    bill,
    billNanos(list = prices) {
      if (!list) throw new Error('billNanos needs a price list, here or in startSimulator');
      return billNanos(bill, list);
    },
    requests: recorder.requests,
    connections: recorder.connections,
    counters: () => countersOf(parts),
    reset() {
      script.clear();
      gate.release();
      recorder.clear();
      bill.length = 0;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Serves one request from its first byte to its outcome. */
async function answer(parts: Parts, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const record = parts.recorder.open(message);
  const leaving = new AbortController();
  response.on('error', () => leaving.abort());
  response.on('close', () => {
    if (!response.writableFinished) leaving.abort();
  });
  await readBody(message, record);
  if (!record.complete) return;

  const { reply, rule, refused, entry } = await decide(parts, record);
  if (entry) parts.bill.push(entry);
  const headers = { ...parts.dialect.headers(record.id), ...reply.headers };
  const sent = (bytes: number) => {
    record.bytesSent += bytes;
  };
  const outcome = await deliver({
    response,
    reply: { ...reply, headers },
    rule,
    gate: parts.gate,
    signal: leaving.signal,
    sent,
  });
  const failed = rule.fault?.kind === 'error-event' ? 'cut' : 'answered';
  record.outcome = outcome !== 'answered' ? outcome : refused ? 'refused' : failed;
  if (entry) entry.completed = record.outcome === 'answered';
}

/** Keeps the body in the record; it is not complete if the caller left before its end. */
async function readBody(message: IncomingMessage, record: RequestRecord): Promise<void> {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const event of ['end', 'close', 'error']) message.once(event, () => resolve());
  await promise;
  record.body = Buffer.concat(chunks);
  record.complete = message.complete;
  if (!record.complete) record.outcome = 'caller-gone';
}

const countersOf = ({ recorder: { connections, requests }, bill }: Parts) => ({
  connections: connections.length,
  open: connections.filter(({ closed }) => !closed).length,
  requests: requests.length,
  answered: requests.filter(({ outcome }) => outcome === 'answered').length,
  billed: bill.length,
});
