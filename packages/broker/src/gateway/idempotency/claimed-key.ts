// A key that this request holds: records the answer as it goes to the caller and keeps it, or gives the key back when nothing was
// forwarded. What goes wrong here never harms the answer itself.

import type { CallLog } from '../record.ts';
import type { KeptAnswer, KeyRows, WantedKey } from './key-rows.ts';

/** The longest answer that is kept; a longer one reaches its caller as ever, but a repeated request gets `idempotency_answer_lost`. */
const MOST_KEPT_BYTES = 1_048_576;

/** The hold of one request on its key. */
export class ClaimedKey {
  readonly #rows: KeyRows;
  readonly #wanted: WantedKey;
  readonly #log: CallLog;
  readonly #chunks: Uint8Array[] = [];
  #head: Pick<KeptAnswer, 'status' | 'headers'> | null = null;
  #bytes = 0;

  constructor(rows: KeyRows, wanted: WantedKey, log: CallLog) {
    this.#rows = rows;
    this.#wanted = wanted;
    this.#log = log;
  }

  /** The answer begins; `headers` are those that a repeated request gets as well. */
  begin(status: number, headers: KeptAnswer['headers']): void {
    this.#head = { status, headers };
  }

  /** One more of its headers, which was not known when it began. */
  keepHeader(name: string, value: string): void {
    if (this.#head) this.#head = { ...this.#head, headers: { ...this.#head.headers, [name]: value } };
  }

  /** Bytes that go to the caller. */
  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes <= MOST_KEPT_BYTES) this.#chunks.push(bytes);
    else this.#chunks.length = 0;
  }

  /** The answer is whole. Resolves when it is kept, or will not be. */
  async keep(): Promise<void> {
    if (!this.#head || this.#bytes > MOST_KEPT_BYTES) return;
    const { id, callId } = this.#wanted;
    const body = Buffer.concat(this.#chunks).toString('base64');
    await this.#attempt(this.#rows.keep(id, callId, { ...this.#head, body }), 'an answer was not kept');
  }

  /** Nothing was forwarded, so the key is free again. */
  async release(): Promise<void> {
    const { id, callId } = this.#wanted;
    await this.#attempt(this.#rows.release(id, callId), 'an idempotency key was not given back');
  }

  async #attempt(write: Promise<void>, failure: string): Promise<void> {
    await write.catch((err: unknown) => this.#log.warn({ call_id: this.#wanted.callId, err }, failure));
  }
}
