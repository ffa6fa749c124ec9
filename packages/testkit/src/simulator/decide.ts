// What a simulated provider answers to a request, before any byte is written: refusal, or the model's answer and its cost.

import type { BillEntry } from './bill.ts';
import {
  type Dialect,
  type JsonObject,
  jsonReply,
  type Operation,
  planOf,
  type Reading,
  type Reply,
  type SimRequest,
} from './dialect.ts';
import type { RequestRecord } from './record.ts';
import type { Fault, Rule, Script } from './script.ts';

/** A finished decision. */
export interface Verdict {
  readonly reply: Reply;
  readonly rule: Rule;
  /** True when the model did not run. */
  readonly refused: boolean;
  /** What it costs, if anything. */
  readonly entry?: BillEntry;
}

/** What a decision depends on besides the request. */
export interface Provider {
  readonly dialect: Dialect;
  readonly script: Script;
  readonly models: readonly string[] | undefined;
  readonly expectedKey: string | undefined;
}

/** Decides the answer, noting in the record what the request was read as. Spends one call of the rule that matches. */
export async function decide(provider: Provider, record: RequestRecord): Promise<Verdict> {
  const { dialect, script, models, expectedKey } = provider;
  const refuse = (status: number, message: string): Verdict => ({
    reply: jsonReply(dialect.errorBody(status, message, record.id), status),
    rule: {},
    refused: true,
  });
  if (expectedKey !== undefined && record.key?.value !== expectedKey)
    return refuse(dialect.badKeyStatus, 'Incorrect API key provided.');
  const { operation, request } = route(provider, record);
  if (!operation) return refuse(404, `Invalid URL (${record.method} ${request.url.pathname})`);
  const reading = await operation.read(request);
  if (typeof reading === 'string') return refuse(400, reading);
  record.operation = operation.name;
  record.model = reading.model;
  if (models && reading.model !== '' && !models.includes(reading.model)) {
    return refuse(404, `The model '${reading.model}' does not exist or you do not have access to it.`);
  }
  const rule = script.take({ operation: operation.name, model: reading.model, stream: reading.stream });
  return answer(dialect, operation, request, reading, rule);
}

function answer(
  dialect: Dialect,
  operation: Operation,
  request: SimRequest,
  reading: Reading,
  rule: Rule,
): Verdict {
  const { record } = request;
  const plan = planOf(request, reading, rule);
  const refusal = rule.fault && refusalOf(rule.fault, record, dialect);
  const reply = refusal ?? withErrorEvent(operation.write(plan), rule, dialect, record);
  const verdict = { reply, rule, refused: refusal !== undefined };
  if (!operation.billed || !(rule.billed ?? !refusal)) return verdict;
  const { model, usage, stream } = plan;
  return {
    ...verdict,
    entry: { requestId: record.id, operation: operation.name, model, usage, stream, completed: false },
  };
}

/** The operation that was called, if the provider has it, and the request as that operation sees it. */
function route({ dialect, models }: Provider, record: RequestRecord) {
  const url = new URL(record.target, 'http://simulator');
  const request = {
    record,
    url,
    path: {},
    json: parseJson(record.body),
    models: models ?? dialect.defaultModels,
  };
  for (const operation of dialect.operations) {
    const match = operation.method === record.method ? operation.path.exec(url.pathname) : null;
    if (!match) continue;
    const groups = Object.entries(match.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]);
    return { operation, request: { ...request, path: Object.fromEntries(groups) as SimRequest['path'] } };
  }
  return { operation: undefined, request };
}

function parseJson(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

/** The answer of a fault that refuses the call, if it is one. */
function refusalOf(fault: Fault, record: RequestRecord, dialect: Dialect): Reply | undefined {
  if (fault.kind === 'redirect') {
    return {
      status: fault.status ?? 307,
      contentType: 'text/plain',
      body: [],
      headers: { location: fault.location },
    };
  }
  if (fault.kind !== 'status') return undefined;
  const key = fault.echoKey ? record.key?.value : undefined;
  const message = fault.message ?? `The simulator was told to answer ${fault.status}.`;
  const body =
    fault.body ?? dialect.errorBody(fault.status, key ? `${message} Key: ${key}` : message, record.id);
  return { ...jsonReply(body, fault.status), headers: key ? { 'x-echoed-key': key } : {} };
}

function withErrorEvent(reply: Reply, { fault }: Rule, dialect: Dialect, record: RequestRecord): Reply {
  if (fault?.kind !== 'error-event') return reply;
  const message = fault.message ?? 'The server had an error while processing your request.';
  return {
    ...reply,
    body: [...reply.body.slice(0, fault.afterEvents), dialect.errorEvent(message, record.id)],
  };
}
