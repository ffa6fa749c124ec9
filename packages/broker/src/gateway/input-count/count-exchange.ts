// One question to the provider how many tokens an input has: sent at most once, for a few seconds, and ended at once when its grant is
// stopped. Nothing of the answer goes further than the number in it.

import type { Dispatcher } from 'undici';
import { connectionError } from '../exchange-faults.ts';
import type { Cuttable } from '../running-calls.ts';

/** How long the provider may take; looked at once a second. */
const MOST_DURATION_MS = 5_000;
const MOST_ANSWER_BYTES = 65_536;

/** What came of the question. */
export interface CountSeen {
  readonly status: number | null;
  /** The whole answer; null if none came. */
  readonly answer: Buffer | null;
  /** Why there is none. */
  readonly fault: string | null;
}

/** What the question depends on. */
export interface CountExchangeInput {
  readonly now: () => number;
  /** Asked right before the first byte. */
  readonly mayForward: () => boolean;
  /** Called once. */
  readonly onEnd: (seen: CountSeen) => void;
}

/** Hand it to undici's `dispatch`. */
export class CountExchange implements Dispatcher.DispatchHandler, Cuttable {
  readonly #in: CountExchangeInput;
  readonly #startedAtMs: number;
  #controller: Dispatcher.DispatchController | null = null;
  #status: number | null = null;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;
  #ended = false;

  constructor(input: CountExchangeInput) {
    this.#in = input;
    this.#startedAtMs = input.now();
  }

  cut(): void {
    this.#end('revoked');
  }

  checkTime(nowMs: number): void {
    if (nowMs - this.#startedAtMs > MOST_DURATION_MS) this.#end('timeout');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (!this.#in.mayForward()) this.#end('too_late');
    // Aborted here, nothing is written.
    if (this.#ended) controller.abort(new Error('ended'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_ANSWER_BYTES) this.#end('too_large');
    else this.#pieces.push(chunk);
  }

  onResponseEnd(): void {
    this.#end(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(connectionError(error, this.#controller !== null));
  }

  #end(fault: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    const answer = fault === null ? Buffer.concat(this.#pieces) : null;
    this.#in.onEnd({ status: this.#status, answer, fault });
    if (fault !== null) this.#controller?.abort(new Error(fault));
  }
}
