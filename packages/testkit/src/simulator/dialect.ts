// What a simulated provider is made of: operations that read a request and write an answer, and its form of errors.
// The server, the script, the faults and the bill are shared and know no provider.

import type { RequestRecord } from './record.ts';
import type { ReplyShape, UsagePlace } from './script.ts';
import { pieces, tokensOfText } from './tokens.ts';
import type { Usage } from './usage.ts';

/** A JSON object read from a request. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A request as an operation sees it. */
export interface SimRequest {
  readonly record: RequestRecord;
  readonly url: URL;
  /** Named groups of the operation's path. */
  readonly path: Readonly<Record<string, string | undefined>>;
  /** The body as JSON; an empty object when it is none. */
  readonly json: JsonObject;
  /** The models this simulator lists. */
  readonly models: readonly string[];
}

/** What an operation understood of a request, and what it answers if no rule says otherwise. */
export interface Reading {
  readonly model: string;
  readonly stream: boolean;
  readonly text: string;
  /** True when the output cap cut the text. */
  readonly cut: boolean;
  readonly usage: Usage;
}

/** A reading with the rule applied: what to write. */
export interface Plan extends Reading {
  readonly request: SimRequest;
  /** The text in the pieces that a stream sends. */
  readonly pieces: readonly string[];
  readonly usageIn: UsagePlace;
  /** The usage object to put on the wire. */
  readonly report: (wire: Record<string, unknown>) => unknown;
}

/** An answer before faults: one piece of body for each event, or a single piece. */
export interface Reply {
  readonly status?: number;
  readonly contentType: string;
  readonly body: readonly (string | Uint8Array)[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** One thing that may be called. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Matched against the whole path. */
  readonly path: RegExp;
  /** False for what a provider gives away (lists, counting); those calls appear in no bill. */
  readonly billed: boolean;
  /** Reads the request, or says in words what is wrong with it (a 400). */
  read(request: SimRequest): Reading | string | Promise<Reading | string>;
  write(plan: Plan): Reply;
}

/** One provider's API. */
export interface Dialect {
  readonly defaultModels: readonly string[];
  readonly requestIdPrefix: string;
  /** The status of an answer to an unknown key. */
  readonly badKeyStatus: 400 | 401;
  /** Headers on every answer. */
  headers(requestId: string): Record<string, string>;
  readonly operations: readonly Operation[];
  errorBody(status: number, message: string, requestId: string): unknown;
  errorEvent(message: string, requestId: string): string;
}

/** A JSON answer. */
export const jsonReply = (value: unknown, status = 200): Reply => ({
  status,
  contentType: 'application/json',
  body: [JSON.stringify(value)],
});

/** An event-stream answer. */
export const streamReply = (events: readonly string[]): Reply => ({
  contentType: 'text/event-stream; charset=utf-8',
  body: events,
});

/** What a reading becomes under a rule. A scripted text is billed by its own length unless the rule gives usage, too. */
export function planOf(request: SimRequest, reading: Reading, rule: Partial<ReplyShape>): Plan {
  const text = rule.text ?? reading.text;
  const scripted =
    rule.text === undefined ? {} : { cut: false, usage: { ...reading.usage, output: tokensOfText(text) } };
  const plan = { ...reading, ...scripted };
  return {
    ...plan,
    request,
    text,
    pieces: pieces(text, rule.chunks),
    usage: { ...plan.usage, ...rule.usage },
    usageIn: rule.usageIn ?? 'default',
    report: rule.usageIn === 'nowhere' ? () => undefined : (rule.reportUsage ?? ((wire) => wire)),
  };
}
