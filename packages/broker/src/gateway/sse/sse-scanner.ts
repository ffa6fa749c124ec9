// Watches an SSE stream go by and shows only the `data:` lines that matter to its user. MUST pass all other bytes on unchanged and keep
// bounded memory whatever arrives.

import { ByteQueue } from './byte-queue.ts';

/** What a scanner looks for. */
export interface SseScannerOptions {
  /** ASCII texts; a `data:` line is shown when it contains one of them, e.g. `"usage"`. */
  readonly needles: readonly string[];
  /** Gets the payload of a matching line, `data:` and one space taken off. `'hide'` removes its whole event; honoured only if `canHide`. */
  readonly onData: (payload: string) => 'pass' | 'hide';
  /** Whether events may be hidden. If false `push` returns its argument always; if true an incomplete event is kept back. Default false. */
  readonly canHide?: boolean;
  /** Longer lines are not shown and longer events are not hidden: they pass. Default 1 MiB. */
  readonly maxLineBytes?: number;
}

/** Scans the bytes of one stream; any division into chunks gives the same output and the same calls. */
export interface SseScanner {
  /** Takes the next bytes, returns what may be passed on: the same buffer unless something was hidden or is kept back. */
  push(chunk: Uint8Array): Uint8Array;
  /** Ends the stream: a last line without an end is shown too. Returns what was kept back. */
  end(): Uint8Array;
  /** Whether a line was too long to be looked at, so that something may have been missed. */
  readonly skippedLine: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const NOTHING: Uint8Array = new Uint8Array(0);

/** A scanner for one stream, by the line and event rules of the HTML standard, section 9.2 (server-sent events). */
export const createSseScanner = (options: SseScannerOptions): SseScanner =>
  options.canHide === true ? new HidingScanner(options) : new LineScanner(options);

/** Finds lines and shows the matching ones; passes every byte on at once. */
class LineScanner implements SseScanner {
  skippedLine = false;
  protected hideRequested = false;
  protected readonly maxLineBytes: number;
  readonly #needles: readonly Buffer[];
  /** What is searched for first: the needles without a quote at their beginning, at which a search would stop all over a JSON text. */
  readonly #rareParts: readonly Buffer[];
  readonly #onData: SseScannerOptions['onData'];
  /** The beginning of a line whose end has not arrived. */
  readonly #line = new ByteQueue();
  #isLineTooLong = false;
  /** The last chunk ended with CR: a LF that comes first now belongs to the same line end. */
  #isLfOwed = false;

  constructor({ needles, onData, maxLineBytes = 1024 * 1024 }: SseScannerOptions) {
    this.#needles = needles.map((needle) => Buffer.from(needle, 'latin1'));
    this.#rareParts = needles.map((needle) => Buffer.from(needle.replace(/^"/, ''), 'latin1'));
    this.#onData = onData;
    this.maxLineBytes = maxLineBytes;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (!this.#isOfWholeDullLines(chunk)) this.scan(chunk, () => {});
    return chunk;
  }

  end(): Uint8Array {
    this.#endLine(NOTHING, false);
    return NOTHING;
  }

  /** Most chunks are whole lines that nobody looks for: then it does not matter where they end. */
  #isOfWholeDullLines(chunk: Uint8Array): boolean {
    if (this.#line.length > 0 || this.#isLineTooLong || this.#isLfOwed) return false;
    if (chunk.length > this.maxLineBytes || chunk[chunk.length - 1] !== LF) return false;
    return !this.#mayHaveNeedle(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  #mayHaveNeedle(buffer: Buffer): boolean {
    return this.#rareParts.some((part) => buffer.includes(part));
  }

  /** Shows the matching lines of a chunk. `onBlankLine` gets the index behind the CR or LF that ends each blank line. */
  protected scan(chunk: Uint8Array, onBlankLine: (end: number) => void): void {
    if (chunk.length === 0) return;
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const nextLf = forwardFinder(buffer, LF);
    const nextCr = forwardFinder(buffer, CR);
    const mayHaveNeedle = this.#mayHaveNeedle(buffer);
    let start = this.owedLfBytes(chunk);
    this.#isLfOwed = false;
    for (;;) {
      const end = Math.min(nextLf(start), nextCr(start));
      if (end === Number.POSITIVE_INFINITY) break;
      const isBlank = end === start && this.#line.length === 0 && !this.#isLineTooLong;
      this.#endLine(buffer.subarray(start, end), mayHaveNeedle);
      if (isBlank) onBlankLine(end + 1);
      start = end + 1;
      if (buffer[end] !== CR) continue;
      if (start === buffer.length) this.#isLfOwed = true;
      else if (buffer[start] === LF) start++;
    }
    if (start < buffer.length) this.#keepLine(buffer.subarray(start));
  }

  /** 1 if the chunk begins with the LF of a line end whose CR ended the chunk before, else 0. */
  protected owedLfBytes(chunk: Uint8Array): 0 | 1 {
    return this.#isLfOwed && chunk[0] === LF ? 1 : 0;
  }

  #keepLine(piece: Uint8Array): void {
    if (this.#line.length + piece.length > this.maxLineBytes) this.#isLineTooLong = true;
    if (this.#isLineTooLong) this.#line.clear();
    else this.#line.append(piece);
  }

  /** Ends the current line with its last piece; one that is in this piece alone is looked at only if it may have a needle. */
  #endLine(piece: Uint8Array, mayHaveNeedle: boolean): void {
    const isWhole = this.#line.length === 0 && !this.#isLineTooLong;
    if (isWhole && piece.length <= this.maxLineBytes) {
      if (mayHaveNeedle) this.#show(piece);
      return;
    }
    this.#keepLine(piece);
    if (this.#isLineTooLong) this.skippedLine = true;
    else this.#show(this.#line.take());
    this.#isLineTooLong = false;
  }

  #show(bytes: Uint8Array): void {
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (line.toString('latin1', 0, 5) !== 'data:') return;
    if (!this.#needles.some((needle) => line.includes(needle, 5))) return;
    const payload = line.toString('utf8', line[5] === 0x20 ? 6 : 5);
    if (this.#onData(payload) === 'hide') this.hideRequested = true;
  }
}

/** Keeps back the event that is not complete yet, so that it can be hidden as a whole. */
class HidingScanner extends LineScanner {
  /** The beginning of an event whose end has not arrived. */
  readonly #event = new ByteQueue();
  /** The current event is too long to be hidden, and is passed on as it comes. */
  #isReleased = false;
  #wasLastHidden = false;

  override push(chunk: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = [];
    let passFrom = 0;
    let eventStart = 0;
    if (this.#event.length === 0 && !this.#isReleased) {
      eventStart = this.owedLfBytes(chunk);
      if (this.#wasLastHidden) passFrom = eventStart;
    }
    this.scan(chunk, (end) => {
      const isHidden = this.hideRequested && this.#isHideable(end - eventStart);
      const next = chunk[end - 1] === CR && chunk[end] === LF ? end + 1 : end;
      if (isHidden) {
        pieces.push(chunk.subarray(passFrom, eventStart));
        passFrom = next;
        this.#event.clear();
      } else if (this.#event.length > 0) pieces.push(this.#event.take());
      eventStart = next;
      this.#startEvent(isHidden);
    });
    if (!this.#isHideable(chunk.length - eventStart)) {
      if (this.#event.length > 0) pieces.push(this.#event.take());
      this.#isReleased = true;
      eventStart = chunk.length;
    }
    this.#event.append(chunk.subarray(eventStart));
    if (pieces.length === 0 && passFrom === 0 && eventStart === chunk.length) return chunk;
    pieces.push(chunk.subarray(passFrom, eventStart));
    return pieces.length === 1 ? (pieces[0] ?? NOTHING) : Buffer.concat(pieces);
  }

  override end(): Uint8Array {
    super.end();
    const kept = this.#event.take();
    return this.hideRequested ? NOTHING : kept;
  }

  /** Whether the current event, with `more` bytes of this chunk, is still short enough to be hidden. */
  #isHideable(more: number): boolean {
    return !this.#isReleased && this.#event.length + more <= this.maxLineBytes;
  }

  #startEvent(wasLastHidden: boolean): void {
    this.#wasLastHidden = wasLastHidden;
    this.#isReleased = false;
    this.hideRequested = false;
  }
}

/**
 * Finds the first occurrence at or after an index that only grows; infinity if there is none. Each byte is searched once, natively,
 * however often it is asked.
 */
function forwardFinder(buffer: Buffer, byte: number): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found >= from) return found;
    const index = buffer.indexOf(byte, from);
    found = index === -1 ? Number.POSITIVE_INFINITY : index;
    return found;
  };
}
