// W3C Trace Context, levels 1 and 2: a caller's `traceparent` goes on to the provider with a span of ours, so that traces of both sides
// join at this call. What is malformed is ignored, never an error. `tracestate` MUST NOT travel on: it is free text for others.

/** The trace that a call belongs to. */
export interface TraceContext {
  /** 32 lower-case hex digits, as the caller sent them. */
  readonly traceId: string;
  /** The call's own span in it: 16 lower-case hex digits. */
  readonly spanId: string;
  /** The caller's span, of which ours is a part: 16 lower-case hex digits. */
  readonly parentId: string;
  /** The caller's flags, those of them that are defined. */
  readonly flags: number;
  /** What the provider gets. */
  readonly traceparent: string;
}

/** Version 00 is exactly this; later versions may go on after another dash. The ids MUST NOT be all zeros. */
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-(.*))?$/;

/** The flags that are defined, `sampled` and `random-trace-id`; others are set to zero on the way (level 2, section 3.2.2.5). */
const KNOWN_FLAGS = 0b11;

/** The trace of a request by its `traceparent` header; null without a valid one. `newSpanId` names our span, and is asked only then. */
export const readTraceContext = (
  header: string | string[] | undefined,
  newSpanId: () => string,
): TraceContext | null => {
  if (typeof header !== 'string') return null;
  const [, version, traceId, parentId, flagText, more] = TRACEPARENT.exec(header) ?? [];
  if (traceId === undefined || parentId === undefined || flagText === undefined) return null;
  if (version === '00' && more !== undefined) return null;
  return spanIn(traceId, parentId, Number.parseInt(flagText, 16) & KNOWN_FLAGS, newSpanId());
};

const spanIn = (traceId: string, parentId: string, flags: number, spanId: string): TraceContext => ({
  traceId,
  spanId,
  parentId,
  flags,
  traceparent: `00-${traceId}-${spanId}-0${flags}`,
});

/** A span below that of a call, for what the broker asks a provider because of it. */
export const spanBelow = ({ traceId, spanId, flags }: TraceContext, newSpanId: string): TraceContext =>
  spanIn(traceId, spanId, flags, newSpanId);
