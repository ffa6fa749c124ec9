// Anthropic's closed list: messages, the counting of their tokens, and models.

import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Operation, OperationInput, Reading } from '../../contract.ts';
import { canonical, isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { flawError } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { readKnownQuery, readQuery } from '../reading/query.ts';
import { FREE, get, jsonBody, post } from '../reading/request.ts';
import { object } from '../reading/rules.ts';
import { SentObject } from '../reading/sent-object.ts';
import { startWalk, type Walk } from '../reading/walk.ts';
import { checkBetas } from './betas.ts';
import { CONTEXT_TOKENS } from './content.ts';
import { messageFields, promptFields } from './fields.ts';
import { messageMeter } from './usage.ts';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** The provider's own words around a prompt, and those it adds when there are tools. */
const TEMPLATE_TOKENS = 64;
const TOOL_PROMPT_TOKENS = 1_024;
const BETA = { beta: /^true$/ };

const checkMessages = object(messageFields, 'model', 'messages', 'max_tokens');
const checkPrompt = object(promptFields, 'model', 'messages');

/** A body that was checked, with the query that goes with it. */
interface Checked {
  readonly body: JsonObject;
  readonly walk: Walk;
  readonly query: string;
}

function checkInput(input: OperationInput, check: typeof checkMessages): Result<Checked, PublicError> {
  const body = jsonBody(input);
  const walk = startWalk(input.unknownFields, typeof body.model === 'string' ? body.model : '');
  const query = readQuery(input.query, BETA);
  if (!query.ok) return query;
  const betas = checkBetas(input.headers['anthropic-beta'], input.unknownFields);
  if (betas) return fail(betas);
  const found = check(body, walk);
  return found ? fail(flawError(found)) : succeed({ body, walk, query: query.value });
}

function readMessages(input: OperationInput): Result<Reading, PublicError> {
  const checked = checkInput(input, checkMessages);
  if (!checked.ok) return checked;
  const { body, walk, query } = checked.value;
  const { max_tokens: cap, ...rest } = body;
  const sent = new SentObject(rest);
  const own = sent.bytes.length - walk.mediaBytes + walk.mediaTokens + TEMPLATE_TOKENS;
  const withTools = walk.tools.size > 0 ? TOOL_PROMPT_TOKENS : 0;
  return succeed({
    model: walk.model,
    stream: body.stream === true,
    tools: [...walk.tools],
    bound: {
      // Each call of a tool that the provider runs reads the context once more, and may be followed by output once more.
      anyInputTokens: own + withTools + walk.serverCalls * CONTEXT_TOKENS,
      inputKinds: [...walk.inputKinds],
      outputs: 1 + walk.serverCalls,
      outputKinds: ['text'],
      fixed: walk.webSearches > 0 ? { web_search_calls: walk.webSearches } : {},
    },
    unbounded: walk.unbounded,
    // Priority capacity is paid for in advance: its tokens cost no more.
    serviceTiers: [],
    outputCap: cap as number,
    minOutputTokens: leastOutput(body),
    encode: (outputTokens) =>
      post(`/v1/messages${query}`, sent.withCap('max_tokens', Math.min(outputTokens, cap as number))),
    hideUsageChunk: false,
  });
}

/** A cap at or below the budget for thinking is refused by the provider. */
const leastOutput = ({ thinking }: JsonObject): number =>
  isJsonObject(thinking) && typeof thinking.budget_tokens === 'number' ? thinking.budget_tokens + 1 : 1;

function readCount(input: OperationInput): Result<Reading, PublicError> {
  const checked = checkInput(input, checkPrompt);
  if (!checked.ok) return checked;
  const { body, walk, query } = checked.value;
  const sent = canonical(body);
  const request = () => post(`/v1/messages/count_tokens${query}`, sent);
  return succeed(plainReading(walk.model, request, { tools: [...walk.tools], bound: FREE }));
}

const PAGE = { limit: /^\d{1,4}$/, after_id: /^[\w.:@-]{1,256}$/, before_id: /^[\w.:@-]{1,256}$/, ...BETA };

/** Everything that may be called at Anthropic. */
export const operations: readonly Operation[] = [
  {
    name: 'anthropic.messages',
    method: 'POST',
    path: '/v1/messages',
    capability: 'chat',
    body: 'json',
    maxBodyBytes: MAX_BODY_BYTES,
    read: readMessages,
    meter: messageMeter,
  },
  {
    name: 'anthropic.messages.count_tokens',
    method: 'POST',
    path: '/v1/messages/count_tokens',
    capability: null,
    body: 'json',
    maxBodyBytes: MAX_BODY_BYTES,
    read: readCount,
  },
  {
    name: 'anthropic.models.list',
    method: 'GET',
    path: '/v1/models',
    capability: null,
    body: 'none',
    maxBodyBytes: 0,
    read: ({ query }) => {
      const checked = readKnownQuery(query, PAGE);
      return checked.ok
        ? succeed(plainReading(null, () => get(`/v1/models${checked.value}`), { bound: FREE }))
        : checked;
    },
    filterAnswer: filterModels,
  },
  {
    name: 'anthropic.models.get',
    method: 'GET',
    path: '/v1/models/{model}',
    capability: null,
    body: 'none',
    maxBodyBytes: 0,
    read: ({ params, query }) => {
      const checked = readKnownQuery(query, BETA);
      if (!checked.ok) return checked;
      const model = params.model as string;
      const path = `/v1/models/${encodeURIComponent(model)}${checked.value}`;
      return succeed(plainReading(model, () => get(path), { bound: FREE }));
    },
  },
];

/** The page with only the permitted models; its cursors stay, so that the next page can be asked for. */
export function filterModels(answer: JsonValue, isModelPermitted: (model: string) => boolean): JsonValue {
  if (!isJsonObject(answer)) return { data: [], has_more: false, first_id: null, last_id: null };
  const data = Array.isArray(answer.data) ? answer.data : [];
  const permitted = data.filter(
    (entry) => isJsonObject(entry) && typeof entry.id === 'string' && isModelPermitted(entry.id),
  );
  return { ...answer, data: permitted };
}
