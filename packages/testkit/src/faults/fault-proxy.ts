// A TCP proxy that fails on command: put between two parties, it cuts, stalls, slows, splits, repeats or spoils what passes.
// It knows nothing of what it carries, so it serves for HTTP, TLS and databases alike.

import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Which way the bytes go that a fault concerns. */
export type Direction = 'to-client' | 'to-target' | 'both';

/** What goes wrong. Faults apply to connections that are open, too, from their next byte on. */
export type WireFault =
  /**
   * After so many bytes of a connection in this direction (none and `to-client` unless told):
   * `reset` both ends, `truncate` with a clean FIN to the client, or `stall` (no byte and no FIN passes) until the
   * fault is changed.
   */
  | {
      readonly kind: 'reset' | 'stall' | 'truncate';
      readonly afterBytes?: number;
      readonly direction?: Direction;
    }
  /**
   * The `bytes` after so many since the fault began pass twice, or each with its highest bit turned: text becomes what is no text. `garbage` is never a plausible
   * answer, because nothing but TLS could tell one.
   */
  | {
      readonly kind: 'duplicate' | 'garbage';
      readonly afterBytes: number;
      readonly bytes: number;
      readonly direction?: Direction;
    }
  /** Passes `bytes` at a time, with `gapMs` before each (0 unless told): splits and slows. */
  | {
      readonly kind: 'split';
      readonly bytes: number;
      readonly gapMs?: number;
      readonly direction?: Direction;
    };

/** A running proxy. */
export interface FaultProxy {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** Makes things fail from now on, or (undefined) lets everything pass; stalled connections go on. */
  setFault(fault: WireFault | undefined): void;
  /** Resets every open connection now. */
  resetAll(): void;
  /** Where connections from now on lead. */
  setTarget(port: number): void;
  /** Connections accepted so far, and of them open now. */
  counters(): { accepted: number; open: number };
  close(): Promise<void>;
}

/** Where the current fault stands, and how to hear of a change. */
interface Weather {
  fault: WireFault | undefined;
  changed: PromiseWithResolvers<void>;
}

/** One connection: the client's side and the target's. */
interface Pair {
  readonly client: Socket;
  readonly target: Socket;
}

/** Starts a proxy on a free loopback port that forwards to `targetPort` of 127.0.0.1. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  let target = targetPort;
  const weather: Weather = { fault: undefined, changed: Promise.withResolvers<void>() };
  const open = new Set<Pair>();
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1;
    const pair = {
      client,
      target: createConnection({ host: '127.0.0.1', port: target, allowHalfOpen: true }),
    };
    open.add(pair);
    connect(pair, weather, () => open.delete(pair));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const setFault = (fault: WireFault | undefined) => {
    weather.fault = fault;
    weather.changed.resolve();
    weather.changed = Promise.withResolvers<void>();
  };
  const resetAll = () => open.forEach(reset);
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    setFault,
    resetAll,
    setTarget: (port) => {
      target = port;
    },
    counters: () => ({ accepted, open: [...open].filter(({ client }) => !client.destroyed).length }),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      setFault(undefined);
      resetAll();
      await closed;
    },
  };
}

function connect(pair: Pair, weather: Weather, ended: () => void): void {
  const { client, target } = pair;
  for (const socket of [client, target]) {
    socket.setNoDelay(true);
    socket.on('error', () => reset(pair));
  }
  client.on('close', () => {
    target.destroy();
    ended();
  });
  client.pipe(passage(pair, weather, 'to-target')).pipe(target);
  target.pipe(passage(pair, weather, 'to-client')).pipe(client);
}

function reset({ client, target }: Pair): void {
  client.resetAndDestroy();
  target.destroy();
}

/** Passes bytes in one direction as the weather allows. */
function passage(pair: Pair, weather: Weather, direction: Direction): Transform {
  let [passed, since] = [0, 0];
  let known: WireFault | undefined;
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      let rest = chunk;
      while (rest.length > 0 && !pair.client.destroyed) {
        const fault = faultOf(weather, direction);
        if (fault !== known) [known, since] = [fault, passed];
        const piece = rest.subarray(0, allowance(fault, rest.length, passed, since));
        if (fault?.kind === 'split' && fault.gapMs) await sleep(fault.gapMs);
        if (piece.length > 0) for (const each of altered(fault, piece, passed - since)) this.push(each);
        passed += piece.length;
        rest = rest.subarray(piece.length);
        if (rest.length === 0 || fault === undefined || !isEnd(fault)) continue;
        if (fault.kind === 'stall') await weather.changed.promise;
        else return cut(pair, fault.kind);
      }
      done();
    },
  });
}

type Ending = Extract<WireFault, { readonly kind: 'reset' | 'stall' | 'truncate' }>;
type Alteration = Extract<WireFault, { readonly kind: 'duplicate' | 'garbage' }>;

const isEnd = (fault: WireFault): fault is Ending => ['reset', 'stall', 'truncate'].includes(fault.kind);

const faultOf = ({ fault }: Weather, direction: Direction): WireFault | undefined =>
  ['both', direction].includes(fault?.direction ?? 'to-client') ? fault : undefined;

/** How many of the next `length` bytes may pass at once, after `passed`; `since` of them had when the fault began. */
function allowance(fault: WireFault | undefined, length: number, passed: number, since: number): number {
  if (fault === undefined) return length;
  if (fault.kind === 'split') return Math.min(length, fault.bytes);
  if (isEnd(fault)) return Math.max(0, Math.min(length, (fault.afterBytes ?? 0) - passed));
  const edges = [fault.afterBytes, fault.afterBytes + fault.bytes].map((edge) => edge - (passed - since));
  return Math.min(length, ...edges.filter((edge) => edge > 0));
}

/** What passes instead of a piece, all of which is altered or none. */
function altered(fault: WireFault | undefined, piece: Buffer, at: number): readonly Uint8Array[] {
  if (fault?.kind !== 'duplicate' && fault?.kind !== 'garbage') return [piece];
  if (!concerns(fault, at)) return [piece];
  return fault.kind === 'duplicate' ? [piece, piece] : [piece.map((byte) => byte ^ 0x80)];
}

const concerns = ({ afterBytes, bytes }: Alteration, at: number): boolean =>
  at >= afterBytes && at < afterBytes + bytes;

function cut(pair: Pair, kind: 'reset' | 'truncate'): void {
  setImmediate(() => {
    if (kind === 'reset') return reset(pair);
    pair.client.end();
    pair.target.destroy();
  });
}
