// generateContent and streamGenerateContent, and the counting of their tokens.
// Every chunk of a stream carries `usageMetadata`; the last one counts. Without `alt=sse` a stream is a JSON array.

import {
  type JsonObject,
  jsonReply,
  type Operation,
  type Plan,
  type Reading,
  type Reply,
  type SimRequest,
  streamReply,
} from '../simulator/dialect.ts';
import { sseEvent } from '../simulator/sse.ts';
import { draftAnswer, promptTokens } from '../simulator/tokens.ts';
import { type Usage, usageOf, usageSoFar } from '../simulator/usage.ts';
import { generationUsage } from './usage.ts';

/** POST /v1beta/models/{model}:generateContent (and /v1). */
export const generateContent: Operation = {
  name: 'generateContent',
  method: 'POST',
  path: /^\/v1(?:beta)?\/models\/(?<model>[^/:]+):generateContent$/,
  billed: true,
  read: (request) => read(request, false),
  write: (plan) => jsonReply(chunk(plan, plan.text, plan.usage, true)),
};

/** POST /v1beta/models/{model}:streamGenerateContent (and /v1). */
export const streamGenerateContent: Operation = {
  name: 'streamGenerateContent',
  method: 'POST',
  path: /^\/v1(?:beta)?\/models\/(?<model>[^/:]+):streamGenerateContent$/,
  billed: true,
  read: (request) => read(request, true),
  write: writeStream,
};

/** POST /v1beta/models/{model}:countTokens (and /v1); free. */
export const countTokens: Operation = {
  name: 'countTokens',
  method: 'POST',
  path: /^\/v1(?:beta)?\/models\/(?<model>[^/:]+):countTokens$/,
  billed: false,
  read({ json, path }) {
    const prompt = (json.generateContentRequest as JsonObject | undefined) ?? json;
    const usage = usageOf({ input: inputOf(prompt) });
    return { model: path.model ?? '', stream: false, text: '', cut: false, usage };
  },
  write: ({ usage }) =>
    jsonReply({
      totalTokens: usage.input,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
    }),
};

function read({ json, path }: SimRequest, stream: boolean): Reading | string {
  if (!Array.isArray(json.contents) || json.contents.length === 0) {
    return '* GenerateContentRequest.contents: contents is not specified\n';
  }
  const input = inputOf(json);
  const cap = configOf(json).maxOutputTokens;
  const { text, tokens, cut } = draftAnswer(input, typeof cap === 'number' ? cap : undefined);
  const usage = usageOf({ input, output: tokens * candidateCount(json) });
  return { model: path.model ?? '', stream, text, cut, usage };
}

const inputOf = ({ contents, systemInstruction, tools }: JsonObject): number =>
  promptTokens({ contents, systemInstruction }, tools);

const configOf = (json: JsonObject): JsonObject => (json.generationConfig as JsonObject | undefined) ?? {};

function candidateCount(json: JsonObject): number {
  const count = configOf(json).candidateCount;
  return typeof count === 'number' ? count : 1;
}

function writeStream(plan: Plan): Reply {
  const total = plan.pieces.length;
  const chunks = plan.pieces.map((text, index) =>
    chunk(plan, text, usageSoFar(plan.usage, index + 1, total), index === total - 1),
  );
  if (plan.usageIn === 'twice') chunks.push(chunk(plan, undefined, plan.usage, true));
  if (plan.request.url.searchParams.get('alt') === 'sse') {
    return streamReply(chunks.map((one) => sseEvent(one, undefined, '\r\n')));
  }
  const items = chunks.map((one, index) => `${index === 0 ? '[' : ',\r\n'}${JSON.stringify(one)}`);
  return { contentType: 'application/json; charset=UTF-8', body: [...items, ']'] };
}

/** One answer object: a whole response, or one event of a stream; without `text`, a report of usage alone. */
function chunk(plan: Plan, text: string | undefined, usage: Usage, last: boolean): JsonObject {
  const reported = last || plan.usageIn !== 'last-choice';
  return {
    ...(text === undefined ? {} : { candidates: candidates(plan, text, last) }),
    ...(reported ? { usageMetadata: plan.report(generationUsage(usage)) } : {}),
    modelVersion: plan.model,
    responseId: plan.request.record.id,
  };
}

function candidates(plan: Plan, text: string, last: boolean): JsonObject[] {
  const searched = last && plan.usage.webSearches > 0;
  const webSearchQueries = Array.from(
    { length: plan.usage.webSearches },
    (_, index) => `simulated query ${index}`,
  );
  return Array.from({ length: candidateCount(plan.request.json) }, (_, index) => ({
    content: { parts: [{ text }], role: 'model' },
    ...(last ? { finishReason: plan.cut ? 'MAX_TOKENS' : 'STOP' } : {}),
    index,
    ...(searched && index === 0 ? { groundingMetadata: { webSearchQueries } } : {}),
  }));
}
