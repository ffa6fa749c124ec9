// Watches an SSE stream go by and shows only the `data:` lines that matter to its user. MUST pass all other bytes on unchanged and keep
// bounded memory whatever arrives.

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

/** A scanner for one stream. */
export const createSseScanner = (_options: SseScannerOptions): SseScanner => ({
  push: (chunk) => chunk,
  end: () => new Uint8Array(0),
  skippedLine: false,
});
