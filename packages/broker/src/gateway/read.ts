// Step 2: which operation, provider, model and parameters. The body is parsed once, strictly; what is checked here is what is sent.

import type { IncomingMessage } from 'node:http';
import {
  CALLER_RUN_TOOLS,
  fail,
  isModelCovered,
  type PublicError,
  type Result,
  succeed,
} from '@valetkey/core';
import type { LiveGrant, LivePart } from '../grants/contract.ts';
import type { OperationInput, Provider, Reading } from './contract.ts';
import { isJsonObject, parseJson } from './json/parse-json.ts';
import { parseMultipart } from './multipart/parse-multipart.ts';
import { readBody } from './read-body.ts';
import { type MatchedOperation, NOTHING_THERE, OperationTable, type Target } from './target.ts';

/** A request that was read, with the part of the grant it belongs to. */
export interface ReadCall extends MatchedOperation {
  readonly provider: Provider;
  readonly part: LivePart;
  readonly reading: Reading;
}

type Body = OperationInput['body'];

/** The providers of this house and their closed lists. */
export class ProviderDirectory {
  readonly byName: ReadonlyMap<string, Provider>;
  readonly #tables: ReadonlyMap<string, OperationTable>;

  constructor(providers: readonly Provider[]) {
    this.byName = new Map(providers.map((provider) => [provider.name, provider]));
    this.#tables = new Map(providers.map((provider) => [provider.name, new OperationTable(provider)]));
  }

  find(providerName: string, method: string, path: string): ReturnType<OperationTable['find']> {
    return this.#tables.get(providerName)?.find(method, path) ?? fail(NOTHING_THERE);
  }
}

const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i;
const MULTIPART_TYPE = /^multipart\/form-data\s*;/i;

const parseBody = (kind: Body['kind'], bytes: Buffer, contentType: string): Result<Body, PublicError> => {
  if (kind === 'none') return succeed({ kind });
  if (kind === 'multipart') {
    if (!MULTIPART_TYPE.test(contentType)) {
      return fail({ code: 'unsupported_media_type', message: 'Send the body as multipart/form-data.' });
    }
    const form = parseMultipart(bytes, contentType);
    return form.ok ? succeed({ kind, form: form.value }) : form;
  }
  if (!JSON_TYPE.test(contentType)) {
    return fail({ code: 'unsupported_media_type', message: 'Send the body as application/json in UTF-8.' });
  }
  const value = parseJson(bytes);
  if (!value.ok) return value;
  if (!isJsonObject(value.value))
    return fail({ code: 'invalid_json', message: 'The body must be a JSON object.' });
  return succeed({ kind, value: value.value });
};

interface Chosen {
  readonly part: LivePart;
  readonly body: Body;
}

const modelOf = (body: Body): string | null =>
  body.kind === 'json' && typeof body.value.model === 'string' ? body.value.model : null;

/** No model has a longer name. It is written into the journal, the log and traces, with every refusal, too. */
const LONGEST_MODEL = 256;

const BARRED: PublicError = {
  code: 'delegation_not_permitted',
  message: 'This grant was delegated to you, and a grant above it may not be delegated to you any more.',
};

/** `/v1` names no provider: a `provider/model` name does, or the only part of the grant that can be meant. */
const choosePart = (
  live: LiveGrant,
  body: Body,
  providers: ReadonlyMap<string, Provider>,
): Result<Chosen, PublicError> => {
  const parts = live.parts.filter((part) => providers.get(part.provider)?.dialect === 'openai');
  const model = modelOf(body);
  const slash = model?.indexOf('/') ?? -1;
  const named = slash > 0 ? parts.find((part) => part.provider === model?.slice(0, slash)) : undefined;
  if (named && body.kind === 'json') {
    return succeed({
      part: named,
      body: { kind: 'json', value: { ...body.value, model: model?.slice(slash + 1) ?? '' } },
    });
  }
  const covering = model === null ? parts : parts.filter((part) => isModelCovered(part.access.models, model));
  if (parts.length === 0 && live.barredProviders.length > 0) return fail(BARRED);
  const [part] = parts.length === 1 || model === null ? parts : covering;
  if (part && (parts.length === 1 || model === null || covering.length === 1)) return succeed({ part, body });
  const names = parts.map((candidate) => candidate.provider).join(', ') || 'none';
  const message = `Name the provider in the model, as provider/model. Providers of this grant in the OpenAI dialect: ${names}.`;
  return fail({ code: 'provider_not_permitted', message });
};

const partFor = (
  target: Target,
  live: LiveGrant,
  body: Body,
  providers: ReadonlyMap<string, Provider>,
): Result<Chosen, PublicError> => {
  if (target.provider === null) return choosePart(live, body, providers);
  const part = live.parts.find((candidate) => candidate.provider === target.provider?.name);
  if (part) return succeed({ part, body });
  if (live.barredProviders.includes(target.provider.name)) return fail(BARRED);
  return fail({
    code: 'provider_not_permitted',
    message: `This grant does not include ${target.provider.label}. It includes: ${live.parts.map(({ provider }) => provider).join(', ') || 'none'}.`,
  });
};

/** Why a call is not within its part of the grant in kind: capability, model or tool, on the value that is sent; null if it is. */
export const checkScope = ({ operation, provider, part, reading }: ReadCall): PublicError | null => {
  const { access } = part;
  if (operation.capability !== null && !(access.capabilities?.includes(operation.capability) ?? true)) {
    return {
      code: 'capability_not_permitted',
      message: `This grant does not include ${operation.capability} at ${provider.label}.`,
    };
  }
  if (reading.model !== null && !isModelCovered(access.models, reading.model)) {
    const allowed = access.models?.join(', ') ?? '';
    return {
      code: 'model_not_permitted',
      message: `This grant does not include the model ${JSON.stringify(reading.model.slice(0, 100))}. It includes: ${allowed}.`,
    };
  }
  const permitted = access.tools ?? CALLER_RUN_TOOLS;
  const tool = reading.tools.find((candidate) => !permitted.includes(candidate));
  if (tool === undefined) return null;
  return {
    code: 'tool_not_permitted',
    message: `This grant does not include the tool ${JSON.stringify(tool.slice(0, 60))}.`,
  };
};

/** A request whose body was taken in and parsed, before it is known to whom it belongs. */
export interface ParsedRequest {
  readonly matched: MatchedOperation;
  readonly body: Body;
}

/** Takes in the body of a request for a known operation and parses it, once. */
export const parseRequest = async (
  request: IncomingMessage,
  target: Target,
  directory: ProviderDirectory,
): Promise<Result<ParsedRequest, PublicError>> => {
  // `/v1` names no provider; what OpenAI offers tells the shape of the body there.
  const matched = directory.find(target.provider?.name ?? 'openai', request.method ?? '', target.path);
  if (!matched.ok) return matched;
  const { operation } = matched.value;
  const bytes = await readBody(request, operation.maxBodyBytes);
  if (!bytes.ok) return bytes;
  const body = parseBody(operation.body, bytes.value, request.headers['content-type'] ?? '');
  return body.ok ? succeed({ matched: matched.value, body: body.value }) : body;
};

/** Finds the part of the grant a request belongs to and reads it as the provider would. MUST be followed by `checkScope`. */
export const readCall = (
  request: IncomingMessage,
  target: Target,
  parsed: ParsedRequest,
  live: LiveGrant,
  directory: ProviderDirectory,
): Result<ReadCall, PublicError> => {
  const chosen = partFor(target, live, parsed.body, directory.byName);
  if (!chosen.ok) return chosen;
  const { part, body } = chosen.value;
  const provider = directory.byName.get(part.provider);
  const own = target.provider
    ? succeed(parsed.matched)
    : directory.find(part.provider, request.method ?? '', target.path);
  if (!provider || !own.ok) {
    return fail({ code: 'not_found', message: `${part.provider} does not offer this operation.` });
  }
  const headers = request.headers as Readonly<Record<string, string | undefined>>;
  const { unknownFields } = live.grant;
  const reading = own.value.operation.read({
    params: own.value.params,
    query: target.query,
    headers,
    body,
    unknownFields,
  });
  if (!reading.ok) return reading;
  if ((reading.value.model?.length ?? 0) > LONGEST_MODEL) {
    const message = `The name of a model has at most ${LONGEST_MODEL} characters.`;
    return fail({ code: 'invalid_request', message });
  }
  return succeed({ ...own.value, provider, part, reading: reading.value });
};
