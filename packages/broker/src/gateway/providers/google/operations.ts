// Google's closed list: generation, embeddings, token counts and models, under both versions of the API. The version that the caller used is
// the version that is called.

import { fail, type PublicError, type Result, succeed, type UsageBound } from '@valetkey/core';
import type { Operation, OperationInput, Reading, UpstreamRequest } from '../../contract.ts';
import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { flawError } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { type QueryTable, readKnownQuery, readQuery } from '../reading/query.ts';
import { FREE, get, jsonBody, post } from '../reading/request.ts';
import { listOf, type Rule } from '../reading/rules.ts';
import { SentObject } from '../reading/sent-object.ts';
import { startWalk, type Walk } from '../reading/walk.ts';
import { countFields, embedFields, generateFields } from './fields.ts';
import { message } from './rules.ts';
import { embedMeter, generationMeter } from './usage.ts';

const VERSIONS = ['/v1beta', '/v1'] as const;
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const TEMPLATE_TOKENS = 64;
const JSON_QUERY: QueryTable = { alt: /^json$/ };
const STREAM_QUERY: QueryTable = { alt: /^(?:sse|json)$/ };
/** What comes before `:method` in the address; anything else could be read as another method. */
const MODEL_NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** A request that was checked, and the address it goes to. */
interface Checked {
  readonly body: JsonObject;
  readonly model: string;
  readonly walk: Walk;
  readonly path: string;
}

function checkInput(
  input: OperationInput,
  version: string,
  method: string,
  check: Rule,
  known: QueryTable,
): Result<Checked, PublicError> {
  const model = input.params.model as string;
  if (!MODEL_NAME.test(model))
    return fail({ code: 'model_not_permitted', message: 'The address does not name a model.' });
  const query = readQuery(input.query, known);
  if (!query.ok) return query;
  const walk = startWalk(input.unknownFields, model);
  const body = jsonBody(input);
  const found = check(body, walk);
  if (found) return fail(flawError(found));
  return succeed({ body, model, walk, path: `${version}/models/${model}:${method}${query.value}` });
}

const checkGenerate = message(generateFields, 'contents');
const checkEmbed = message(embedFields, 'content');
const checkBatch = message({ requests: listOf(checkEmbed, 2_048) }, 'requests');
const checkCount = message(countFields);

const generate = (version: string, method: 'generateContent' | 'streamGenerateContent'): Operation => {
  const known = method === 'streamGenerateContent' ? STREAM_QUERY : JSON_QUERY;
  return {
    name: `google.${method}`,
    method: 'POST',
    path: `${version}/models/{model}:${method}`,
    capability: 'chat',
    body: 'json',
    maxBodyBytes: MAX_BODY_BYTES,
    read: (input) => {
      const checked = checkInput(input, version, method, checkGenerate, known);
      return checked.ok ? succeed(generationReading(checked.value)) : checked;
    },
    meter: ({ stream }) => generationMeter(stream),
  };
};

function generationReading({ body, model, walk, path }: Checked): Reading {
  const { generationConfig = {}, ...rest } = body;
  const { maxOutputTokens: cap, ...config } = generationConfig as JsonObject;
  const [sent, sentConfig] = [new SentObject(rest), new SentObject(config)];
  const bytes = sent.bytes.length + sentConfig.bytes.length;
  return {
    model,
    // Without `alt=sse` a stream is a JSON list, which grows until it is whole.
    stream: path.endsWith('?alt=sse'),
    tools: [...walk.tools],
    bound: {
      anyInputTokens: bytes - walk.mediaBytes + walk.mediaTokens + TEMPLATE_TOKENS,
      inputKinds: [...walk.inputKinds],
      outputs: typeof config.candidateCount === 'number' ? config.candidateCount : 1,
      outputKinds: outputKinds(model, config.responseModalities),
      fixed: {},
    },
    unbounded: walk.unbounded,
    serviceTiers: [],
    outputCap: typeof cap === 'number' ? cap : null,
    minOutputTokens: 1,
    encode: (outputTokens) =>
      post(path, sent.with('generationConfig', String(sentConfig.withCap('maxOutputTokens', outputTokens)))),
    hideUsageChunk: false,
  };
}

/** What may come out: what was asked for, and pictures from models that make them unasked. */
function outputKinds(model: string, modalities: JsonValue | undefined): UsageBound['outputKinds'] {
  const asked = Array.isArray(modalities) ? modalities : [];
  return [
    'text',
    ...(asked.includes('AUDIO') ? (['audio'] as const) : []),
    ...(asked.includes('IMAGE') || model.includes('image') ? (['image'] as const) : []),
  ];
}

const embed = (version: string, method: 'embedContent' | 'batchEmbedContents', check: Rule): Operation => ({
  name: `google.${method}`,
  method: 'POST',
  path: `${version}/models/{model}:${method}`,
  capability: 'embeddings',
  body: 'json',
  maxBodyBytes: MAX_BODY_BYTES,
  read: (input) => {
    const checked = checkInput(input, version, method, check, JSON_QUERY);
    if (!checked.ok) return checked;
    const { body, model, walk, path } = checked.value;
    const sent = canonical(body);
    const inputs = Array.isArray(body.requests) ? body.requests.length : 1;
    const anyInputTokens =
      Buffer.byteLength(sent) - walk.mediaBytes + walk.mediaTokens + TEMPLATE_TOKENS * inputs;
    const bound = {
      anyInputTokens,
      inputKinds: [...walk.inputKinds],
      outputs: 0,
      outputKinds: [],
      fixed: {},
    };
    return succeed(plainReading(model, () => post(path, sent), { bound, unbounded: walk.unbounded }));
  },
  meter: embedMeter,
});

const countTokens = (version: string): Operation => ({
  name: 'google.countTokens',
  method: 'POST',
  path: `${version}/models/{model}:countTokens`,
  capability: null,
  body: 'json',
  maxBodyBytes: MAX_BODY_BYTES,
  read: (input) => {
    const checked = checkInput(input, version, 'countTokens', checkCount, JSON_QUERY);
    if (!checked.ok) return checked;
    const { body, model, walk, path } = checked.value;
    const sent = canonical(body);
    return succeed(plainReading(model, () => post(path, sent), { tools: [...walk.tools], bound: FREE }));
  },
});

const free = (name: string, path: string, read: Operation['read']): Operation => ({
  name,
  method: 'GET',
  path,
  capability: null,
  body: 'none',
  maxBodyBytes: 0,
  read,
});

const listModels = (version: string): Operation => ({
  ...free('google.models.list', `${version}/models`, ({ query }) => {
    const checked = readKnownQuery(query, {
      pageSize: /^\d{1,4}$/,
      pageToken: /^[\w=.~+/-]{1,2048}$/,
      ...JSON_QUERY,
    });
    const request = (): UpstreamRequest => get(`${version}/models${checked.ok ? checked.value : ''}`);
    return checked.ok ? succeed(plainReading(null, request, { bound: FREE })) : checked;
  }),
  filterAnswer: filterModels,
});

const getModel = (version: string): Operation =>
  free('google.models.get', `${version}/models/{model}`, ({ params, query }) => {
    const checked = readKnownQuery(query, JSON_QUERY);
    if (!checked.ok) return checked;
    const model = params.model as string;
    const path = `${version}/models/${encodeURIComponent(model)}${checked.value}`;
    return succeed(plainReading(model, () => get(path), { bound: FREE }));
  });

/** Everything that may be called at Google. */
export const operations: readonly Operation[] = VERSIONS.flatMap((version) => [
  generate(version, 'generateContent'),
  generate(version, 'streamGenerateContent'),
  embed(version, 'embedContent', checkEmbed),
  embed(version, 'batchEmbedContents', checkBatch),
  countTokens(version),
  listModels(version),
  getModel(version),
]);

/** The page with only the permitted models, which are named `models/...` here. */
export function filterModels(answer: JsonValue, isModelPermitted: (model: string) => boolean): JsonValue {
  if (!isJsonObject(answer)) return { models: [] };
  const models = Array.isArray(answer.models) ? answer.models : [];
  const permitted = models.filter(
    (entry) =>
      isJsonObject(entry) &&
      typeof entry.name === 'string' &&
      isModelPermitted(entry.name.replace(/^models\//, '')),
  );
  return { ...answer, models: permitted };
}
