// How a test steers a simulator: rules that change the answers of the calls they match.
// A rule never changes what the call is; without one, an answer follows from the request alone.

import type { Usage } from './usage.ts';

/** A place in an answer: before its first byte, after its headers, after so many events, or after so many body bytes. */
export type Point = 'start' | 'headers' | { readonly events: number } | { readonly bytes: number };

/** What goes wrong with an answer. */
export type Fault =
  /** An error of the provider; nothing is billed. `echoKey` puts the caller's key into the message and a header. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly message?: string;
      readonly echoKey?: boolean;
    }
  /** A redirect (307 unless told); nothing is billed. */
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  /** `reset`: a TCP reset. `stall`: silence until the caller leaves. `truncate`: a clean end, too early. */
  | { readonly kind: 'reset' | 'stall' | 'truncate'; readonly at: Point }
  /** An error event inside a stream after so many events, then a clean end. */
  | { readonly kind: 'error-event'; readonly afterEvents: number; readonly message?: string };

/**
 * Where a stream reports usage: as the provider does by default; only with the last choice (OpenAI, Gemini); growing
 * with every event; the last report twice; or nowhere, even if it was asked for (OpenAI: without the extra chunk).
 */
export type UsagePlace = 'default' | 'last-choice' | 'every' | 'twice' | 'nowhere';

/** What a rule may match on. */
export interface Matchable {
  readonly operation: string;
  readonly model: string;
  readonly stream: boolean;
}

/** How to answer the calls that match. Members left out keep the default. */
export interface Rule extends Partial<ReplyShape> {
  /** Which calls: all of the given members must be equal, or the function true. Absent: every call. */
  readonly when?: Partial<Matchable> | ((call: Matchable) => boolean);
  /** For how many calls; 1 unless told, `Infinity` for all. */
  readonly times?: number;
}

/** Everything that a rule can change of an answer. */
export interface ReplyShape {
  /** The text of the answer; the output cap is then not applied. */
  readonly text: string;
  /** In how many pieces a stream sends the text; one a word unless told. */
  readonly chunks: number;
  /** True usage: overrides the default counts, category by category. It is what the bill says. */
  readonly usage: Partial<Usage>;
  /** Changes the usage object on the wire, not the bill; `undefined` leaves it out. For absent and absurd reports. */
  readonly reportUsage: (wire: Record<string, unknown>) => unknown;
  readonly usageIn: UsagePlace;
  /** Milliseconds before each write of a stream. */
  readonly gapMs: number;
  /** Waits at this point until `release()`. */
  readonly hold: Point;
  /** Cuts the body into writes of exactly this many bytes, whatever the events; a huge number joins them. */
  readonly writeBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'gzip' | 'deflate' | 'br';
  readonly fault: Fault;
  /** Whether the call is billed; default: yes, unless it was refused by a `status` or `redirect` fault. */
  readonly billed: boolean;
}

/** The rules of one simulator, in the order given. */
export interface Script {
  add(rule: Rule): void;
  /** The first rule that matches and has calls left, spending one of them. */
  take(call: Matchable): Rule;
  clear(): void;
}

/** An empty script. */
export function createScript(): Script {
  let rules: { rule: Rule; left: number }[] = [];
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1 }),
    take(call) {
      const found = rules.find(({ rule, left }) => left > 0 && matches(rule, call));
      if (!found) return {};
      found.left -= 1;
      return found.rule;
    },
    clear: () => {
      rules = [];
    },
  };
}

function matches({ when }: Rule, call: Matchable): boolean {
  if (when === undefined) return true;
  if (typeof when === 'function') return when(call);
  return Object.entries(when).every(([name, value]) => call[name as keyof Matchable] === value);
}
