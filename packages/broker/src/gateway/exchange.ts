// Steps 5 and 6: one request on a connection to the provider, its answer streamed to the caller while it is metered. Ends exactly once,
// whoever goes away first: the provider, the caller, the grant or the time.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { PublicError } from '@valetkey/core';
import type { Dispatcher } from 'undici';
import { commonHeaders, sendError } from './answer.ts';
import type { Dialect, Meter, Metered } from './contract.ts';
import { connectionError, type ExchangeFault, faultError } from './exchange-faults.ts';
import type { ClaimedKey } from './idempotency/claimed-key.ts';
import type { KeyScrubber } from './key-scrubber.ts';
import type { Cuttable, Stop } from './running-calls.ts';
import { StreamHash } from './stream-hash.ts';
import type { Turn } from './turn.ts';

/** Everything an exchange needs, decided by the steps before it. */
export interface ExchangeInput {
  readonly requestId: string;
  readonly callId: string;
  /** Whether the answer is to carry a receipt. */
  readonly wantsReceipt: boolean;
  readonly issuer: string;
  readonly response: ServerResponse;
  readonly dialect: Dialect;
  readonly meter: Meter | null;
  readonly scrubber: KeyScrubber;
  /** Keeps the answer for repeated requests; null without an Idempotency-Key. */
  readonly claim: ClaimedKey | null;
  /** Provider's headers that may pass, lower case. */
  readonly responseHeaders: readonly string[];
  /** Rewrites a whole answer: model lists. The answer is then collected first. */
  readonly rewrite: ((answer: Buffer) => Buffer) | null;
  readonly now: () => number;
  /** Asked right before the first byte. */
  readonly mayForward: () => boolean;
  readonly budgetHeader: (costNanos?: number) => string;
  /** Posts the outcome; called once. */
  readonly settle: (seen: ExchangeSeen) => Settled;
  /** Where answers are ended, together with others of the same turn. */
  readonly endings: Turn<Exchange>;
}

/** What an outcome came to. */
export interface Settled {
  readonly costNanos: number;
  /** Makes the receipt, if there is to be one. */
  readonly prove: () => string | null;
}

/** What was seen of the exchange, for the settlement and the audit outcome. */
export interface ExchangeSeen {
  readonly forwarded: boolean;
  readonly status: number | null;
  readonly metered: Metered | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers up to this size that are no streams are sent in one piece, so that their cost can stand in the header. */
const WHOLE_ANSWER_BYTES = 65_536;
const MOST_COLLECTED_BYTES = 8_388_608;
const MOST_ANSWER_BYTES = 268_435_456;
const MOST_DURATION_MS = 60 * 60_000;
/** How long a provider's answer is read on for its usage after the caller has gone. */
const DRAIN_MS = 60_000;

/** Answers that are never passed on: redirects, encodings that were not asked for, and the provider's refusal of the owner's key. */
const answerFault = (status: number, encoding: string | string[] | undefined): ExchangeFault | null => {
  if (status >= 300 && status < 400) return 'redirect';
  if (encoding !== undefined && encoding !== 'identity') return 'encoded_answer';
  return status === 401 ? 'key_refused' : null;
};

/** The pieces in one; copied only if there are several. */
const joined = (pieces: readonly Buffer[]): Buffer => {
  const [only, ...others] = pieces.filter((piece) => piece.length > 0);
  return only && others.length === 0 ? only : Buffer.concat(pieces);
};

const RECEIPT = 'valetkey-receipt';

/** An answer that the provider has ended: the bytes that are still to be sent, and what comes with them. */
interface Ending {
  readonly bytes: Buffer;
  readonly settled: Settled;
  receipt: Readonly<Record<string, string>>;
}

/** One request and its answer. Hand it to undici's `dispatch`. */
export class Exchange implements Dispatcher.DispatchHandler, Cuttable {
  readonly #in: ExchangeInput;
  readonly #startedAtMs: number;
  #hash: StreamHash | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #fault: ExchangeFault | null = null;
  #forwarded = false;
  #status: number | null = null;
  #firstByteAtMs: number | null = null;
  #bytes = 0;
  #isStream = false;
  /** The head of an answer that is sent in one piece, and what came of it. */
  #head: OutgoingHttpHeaders = {};
  #collected: Buffer[] | null = null;
  #callerGoneAtMs: number | null = null;
  #ending: Ending | null = null;
  #ended = false;

  constructor(input: ExchangeInput) {
    this.#in = input;
    this.#startedAtMs = input.now();
    input.response.on('close', () => this.#onCallerClosed());
  }

  /** The owner stopped it: the caller is told, the provider's connection is closed. */
  cut(why: Stop): void {
    this.#giveUp(why);
  }

  /** Called about once a second: ends what takes too long. */
  checkTime(nowMs: number): void {
    if (nowMs - this.#startedAtMs > MOST_DURATION_MS) this.#giveUp('too_long');
    if (this.#callerGoneAtMs !== null && nowMs - this.#callerGoneAtMs > DRAIN_MS) this.#giveUp('caller_gone');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#callerGoneAtMs !== null) this.#fault ??= 'caller_gone';
    if (!this.#in.mayForward()) this.#fault ??= 'too_late';
    // Aborted here, nothing is written: the call was never forwarded.
    if (this.#fault) controller.abort(new Error(this.#fault));
    else this.#forwarded = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    const fault = answerFault(status, headers['content-encoding']);
    if (fault) this.#giveUp(fault);
    else this.#begin(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Bytes that were under way when the exchange was given up: the caller has been told already.
    if (this.#fault) return;
    this.#firstByteAtMs ??= this.#in.now();
    this.#bytes += chunk.length;
    const metered = this.#isOk && this.#in.meter ? this.#in.meter.push(chunk) : chunk;
    if (this.#bytes > MOST_ANSWER_BYTES) this.#giveUp('too_large');
    else this.#pass(this.#in.scrubber.push(metered as Buffer), controller);
  }

  onResponseEnd(): void {
    if (this.#fault) this.#fail(this.#fault);
    if (!this.#ended) this.#in.endings.add(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fault ??= connectionError(error, this.#forwarded);
    this.#fail(this.#fault);
  }

  /** The steps after an answer's end, each taken for all answers that ended in the same turn. Nothing to do for what was given up meanwhile. */
  settle(): void {
    if (this.#ended) return;
    const { metered, rest } = this.#endMeter();
    const last = joined([this.#in.scrubber.push(rest), this.#in.scrubber.end()]);
    const bytes = this.#collected ? this.#whole([...this.#collected, last]) : last;
    this.#note(bytes);
    this.#ending = { bytes, settled: this.#settle(metered), receipt: {} };
  }

  prove(): void {
    if (this.#ending) this.#ending.receipt = this.#receiptOf(this.#ending.settled);
  }

  send(): void {
    if (!this.#ending) return;
    const { bytes, settled, receipt } = this.#ending;
    if (this.#collected) this.#sendHeadOf(bytes, settled, receipt);
    else this.#trail({ 'valetkey-budget': this.#in.budgetHeader(settled.costNanos), ...receipt });
    this.#end(bytes);
  }

  /** One of these steps threw: the caller is not left waiting, and what is not settled is posted at its ceiling. */
  breakOff(error: Error): void {
    this.#ending = null;
    this.#fault ??= connectionError(error, this.#forwarded);
    // It may have been the meter that threw.
    this.#fail(this.#fault, () => null);
    this.#in.response.destroy();
  }

  get #isOk(): boolean {
    return this.#status !== null && this.#status < 300;
  }

  #begin(status: number, headers: Record<string, string | string[] | undefined>): void {
    const { response, callId, scrubber } = this.#in;
    const passed: Record<string, string | string[]> = { 'valetkey-call-id': callId };
    for (const name of [...this.#in.responseHeaders, 'content-type']) {
      const value = headers[name];
      if (typeof value === 'string') passed[name] = scrubber.mask(value);
      else if (value !== undefined) passed[name] = value.map((each) => scrubber.mask(each));
    }
    this.#in.claim?.begin(status, passed);
    const out = { ...commonHeaders(this.#in.requestId), ...passed };
    this.#isStream = String(passed['content-type']).startsWith('text/event-stream');
    const length = Number(headers['content-length'] ?? Number.NaN);
    if ((this.#in.rewrite && this.#isOk) || length <= WHOLE_ANSWER_BYTES) {
      this.#collected = [];
      this.#head = out;
      return;
    }
    // Only an answer in chunks can say at its end what it came to, and HTTP/1.0 has none.
    const { wantsReceipt, meter } = this.#in;
    const isSized = !Number.isNaN(length) && !meter?.changesLength;
    if (response.req.httpVersion !== '1.0' && (wantsReceipt || !isSized))
      out.trailer = wantsReceipt ? `valetkey-budget, ${RECEIPT}` : 'valetkey-budget';
    else if (isSized) out['content-length'] = String(length);
    const budget = this.#in.budgetHeader();
    if (budget) out['valetkey-budget'] = budget;
    if (this.#callerGoneAtMs === null && !response.headersSent) response.writeHead(status, out);
    if (this.#isStream) process.nextTick(() => this.#sendHead());
  }

  /** The head of a stream waits for no event, but goes with one that came together with it. */
  #sendHead(): void {
    const { response } = this.#in;
    if (this.#bytes === 0 && !response.destroyed && !response.writableEnded) response.flushHeaders();
  }

  #pass(bytes: Buffer, controller: Dispatcher.DispatchController): void {
    if (bytes.length === 0) return;
    if (this.#collected) {
      this.#collected.push(bytes);
      if (this.#bytes > MOST_COLLECTED_BYTES) this.#giveUp('too_large');
      return;
    }
    this.#note(bytes);
    const { response } = this.#in;
    if (this.#callerGoneAtMs !== null || response.write(bytes)) return;
    controller.pause();
    response.once('drain', () => controller.resume());
  }

  /** Bytes on their way to the caller. */
  #note(bytes: Buffer): void {
    this.#hash ??= new StreamHash();
    this.#hash.note(bytes);
    this.#in.claim?.push(bytes);
  }

  /** Ends the answer; one that is kept ends when it is, so that whoever has it whole can ask for it again. */
  #end(last: Buffer): void {
    const { response, claim } = this.#in;
    const end = () => {
      if (!response.destroyed) response.end(last);
    };
    if (claim) void claim.keep().then(end);
    else end();
  }

  #whole(pieces: readonly Buffer[]): Buffer {
    const whole = joined(pieces);
    return this.#isOk && this.#in.rewrite ? this.#in.rewrite(whole) : whole;
  }

  #sendHeadOf(answer: Buffer, { costNanos }: Settled, receipt: Readonly<Record<string, string>>): void {
    const { response } = this.#in;
    const budget = this.#in.budgetHeader(this.#isOk ? costNanos : 0);
    if (budget) this.#head['valetkey-budget'] = budget;
    Object.assign(this.#head, receipt);
    this.#head['content-length'] = answer.length;
    if (!response.headersSent && !response.destroyed) response.writeHead(this.#status!, this.#head);
  }

  #onCallerClosed(): void {
    if (this.#ended || this.#in.response.writableFinished) return;
    this.#callerGoneAtMs ??= this.#in.now();
    // The provider goes on anyway and bills it: its usage is read to the end, within limits, and only then the call is settled.
    if (this.#controller?.paused) this.#controller.resume();
  }

  #giveUp(fault: ExchangeFault): void {
    if (this.#ended || this.#fault) return;
    this.#fault = fault;
    this.#fail(fault);
    this.#controller?.abort(new Error(fault));
  }

  /** An error instead of an answer, or an error event at the end of a stream; anything else begun is cut off, never ended as if whole. */
  #tellCaller(fault: ExchangeFault, receipt: Readonly<Record<string, string>>): void {
    const { response, dialect, requestId, callId, issuer } = this.#in;
    const error: PublicError = faultError(fault);
    if (response.destroyed || response.writableEnded) return;
    if (!response.headersSent) {
      sendError(response, dialect, error, requestId, issuer, { 'valetkey-call-id': callId, ...receipt });
    } else if (this.#isStream) {
      this.#trail(receipt);
      response.end(dialect.streamError(error, requestId));
    } else response.destroy();
  }

  /** Settles what was seen, and tells the caller. */
  #fail(fault: ExchangeFault, readMeter: () => Metered | null = () => this.#endMeter().metered): void {
    if (this.#ended) return;
    const settled = this.#settle(readMeter(), fault);
    this.#tellCaller(fault, this.#receiptOf(settled));
  }

  /** Headers after the body, where the caller can get any. */
  #trail(headers: Readonly<Record<string, string>>): void {
    const { response } = this.#in;
    if (response.chunkedEncoding && !response.destroyed) response.addTrailers(headers);
  }

  #endMeter(): { metered: Metered | null; rest: Buffer } {
    if (!this.#isOk || !this.#in.meter) return { metered: null, rest: Buffer.alloc(0) };
    const { metered, rest } = this.#in.meter.end();
    return { metered, rest: rest as Buffer };
  }

  #settle(metered: Metered | null, fault: ExchangeFault | null = null): Settled {
    this.#ended = true;
    return this.#in.settle({
      forwarded: this.#forwarded,
      status: this.#status,
      metered,
      body: {
        status: this.#status,
        duration_ms: this.#in.now() - this.#startedAtMs,
        first_byte_ms: this.#firstByteAtMs === null ? null : this.#firstByteAtMs - this.#startedAtMs,
        response_bytes: this.#bytes,
        response_sha256: (this.#hash ?? new StreamHash()).digest(),
        caller_gone: this.#callerGoneAtMs !== null,
        ...(fault ? { reason: fault } : {}),
      },
    });
  }

  /** The header with the receipt, if there is to be one. */
  #receiptOf({ prove }: Settled): Readonly<Record<string, string>> {
    const receipt = prove();
    if (receipt === null) return {};
    this.#in.claim?.keepHeader(RECEIPT, receipt);
    return { [RECEIPT]: receipt };
  }
}
