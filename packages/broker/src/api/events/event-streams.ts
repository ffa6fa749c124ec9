// Tells open pages that their owner's journal has grown, and nothing of what was written. Looks once a second, with one statement for all
// of them, beside the gate and never in it: what it reads decides nothing.

import { Readable } from 'node:stream';
import { fail, type Result, succeed } from '@valetkey/core';

const LOOK_MS = 1000;
const BEAT_LOOKS = 15;
const LIFE_LOOKS = 300;
const MOST_OF_AN_OWNER = 10;
const MOST = 1000;

/** The number of each owner's newest entry. Rejects while the database can not be read. */
export type ReadHeads = (ownerIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Who listens. */
export interface Listener {
  readonly ownerId: string;
  /** The last number that it was told, as it says itself; undefined for none. */
  readonly lastEventId: string | undefined;
  /** Whether it may still listen; asked every 15 seconds. A rejection changes nothing. */
  readonly isGood: () => Promise<boolean>;
}

interface Stream extends Listener {
  readonly body: Readable;
  seq: number;
  looks: number;
  isChecking: boolean;
}

const changed = (seq: number): string => `id: ${seq}\nevent: changed\ndata: {"seq":${seq}}\n\n`;

/** False if what was sent before still waits for its reader: nothing is kept for the slow. */
const send = ({ body }: Stream, text: string): boolean => {
  if (body.readableLength > 0) return false;
  body.push(text);
  return true;
};

/** The event streams of this process (WHATWG HTML, section 9.2). */
export class EventStreams {
  readonly #readHeads: ReadHeads;
  readonly #streams = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(readHeads: ReadHeads) {
    this.#readHeads = readHeads;
  }

  /**
   * What to send to a listener: it ends after five minutes, and when the listener is no longer good. `too_many` with 10 open for its owner
   * or 1,000 in all. Rejects while the database can not be read.
   */
  async open(listener: Listener): Promise<Result<Readable, 'too_many' | 'closed'>> {
    const { ownerId, lastEventId } = listener;
    const seq = (await this.#readHeads([ownerId])).get(ownerId) ?? 0;
    if (this.#isClosed) return fail('closed');
    const ofOwner = [...this.#streams].filter((stream) => stream.ownerId === ownerId);
    if (ofOwner.length >= MOST_OF_AN_OWNER || this.#streams.size >= MOST) return fail('too_many');
    const body = new Readable({ read: () => {} });
    // A number without an event: whoever comes back says how far it got, even if it was told nothing.
    body.push(`retry: 2000\nid: ${seq}\n\n`);
    if (lastEventId !== undefined && lastEventId !== String(seq)) body.push(changed(seq));
    this.#add({ ...listener, body, seq, looks: 0, isChecking: false });
    return succeed(body);
  }

  /** Ends all of them, and resolves when they are sent to their end or cut; none is opened afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const ends = [...this.#streams].map(({ body }) => new Promise((resolve) => body.once('close', resolve)));
    for (const stream of this.#streams) this.#end(stream);
    await Promise.all(ends);
  }

  #add(stream: Stream): void {
    this.#streams.add(stream);
    this.#timer ??= setInterval(() => this.#tick(), LOOK_MS).unref();
    stream.body.once('close', () => this.#forget(stream));
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #end(stream: Stream): void {
    this.#forget(stream);
    // Whoever does not read what was sent would not come to its end.
    if (stream.body.readableLength > 0 || stream.body.isPaused()) stream.body.destroy();
    else stream.body.push(null);
  }

  #tick(): void {
    for (const stream of this.#streams) {
      stream.looks += 1;
      if (stream.looks >= LIFE_LOOKS) this.#end(stream);
      else if (stream.looks % BEAT_LOOKS === 0) {
        send(stream, ':\n\n');
        void this.#check(stream);
      }
    }
    if (this.#streams.size > 0) void this.#look();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const heads = await this.#readHeads([...new Set([...this.#streams].map(({ ownerId }) => ownerId))]);
      for (const stream of this.#streams) {
        const seq = heads.get(stream.ownerId) ?? 0;
        if (seq > stream.seq && send(stream, changed(seq))) stream.seq = seq;
      }
    } catch {
      // Nothing is known, so nothing is told; it is asked again in a second.
    } finally {
      this.#isLooking = false;
    }
  }

  async #check(stream: Stream): Promise<void> {
    if (stream.isChecking) return;
    stream.isChecking = true;
    const isGood = await stream.isGood().catch(() => true);
    if (!isGood && this.#streams.has(stream)) this.#end(stream);
    stream.isChecking = false;
  }
}
