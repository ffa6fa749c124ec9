// How the operations that generate text are read, bounded and written again: chat completions and completions differ only in data.
// Usage is always asked for in streams, and hidden from callers who did not ask.

import { fail, type PublicError, type Result, succeed } from '@valetkey/core';
import type { Operation, OperationInput, Reading } from '../../contract.ts';
import { isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { flaw, flawError, under } from '../reading/flaw.ts';
import { jsonBody, post } from '../reading/request.ts';
import type { Rule } from '../reading/rules.ts';
import { SentObject } from '../reading/sent-object.ts';
import { startWalk, type Walk } from '../reading/walk.ts';
import { chatMeter } from './chat-usage.ts';
import type { OpenAiFlavour } from './flavour.ts';

/** Tokens that templates add around a prompt beyond the bytes of its JSON, which has more around each message than they do. */
const TEMPLATE_TOKENS = 64;

/** What one operation of this kind is made of. */
interface Generation {
  readonly flavour: OpenAiFlavour;
  readonly name: string;
  readonly path: string;
  readonly capability: 'chat' | 'completions';
  readonly check: Rule;
  /** Fields for the output cap; the caller may use one of them. */
  readonly capFields: readonly string[];
  /** The field used when the caller set none. */
  readonly capField: string;
  /** How many times the cap can be produced, by a body that was checked. */
  readonly outputs: (body: JsonObject) => number;
  /** What the model alone makes of a request. */
  readonly noteModel: (walk: Walk) => void;
}

/** The operation. */
export const generation = (kind: Generation): Operation => ({
  name: `${kind.flavour.provider}.${kind.name}`,
  method: 'POST',
  path: kind.path,
  capability: kind.capability,
  body: 'json',
  maxBodyBytes: 32 * 1024 * 1024,
  read: (input) => readGeneration(input, kind),
  meter: chatMeter,
});

function readGeneration(input: OperationInput, kind: Generation): Result<Reading, PublicError> {
  const body = jsonBody(input);
  const walk = startWalk(input.unknownFields, typeof body.model === 'string' ? body.model : '');
  const found = kind.check(body, walk) ?? onlyOneCap(body, kind.capFields);
  if (found) return fail(flawError(found));
  kind.noteModel(walk);
  const capField = kind.capFields.find((name) => typeof body[name] === 'number') ?? kind.capField;
  const { [capField]: cap, ...rest } = body;
  const tier = tierOf(body, kind.flavour);
  const usage = askForUsage(body, kind.flavour);
  const tiers = tier === null ? {} : { service_tier: tier };
  const sent = new SentObject({ ...rest, ...usage.fields, ...tiers });
  return succeed({
    model: walk.model,
    stream: body.stream === true,
    tools: [...walk.tools],
    bound: {
      anyInputTokens: sent.bytes.length - walk.mediaBytes + walk.mediaTokens + TEMPLATE_TOKENS,
      inputKinds: [...walk.inputKinds],
      outputs: kind.outputs(body),
      outputKinds: hasAudio(body) ? ['text', 'audio'] : ['text'],
      fixed: {},
    },
    unbounded: walk.unbounded,
    serviceTiers: servedTiers(tier, kind.flavour),
    outputCap: typeof cap === 'number' ? cap : null,
    minOutputTokens: 1,
    encode: (outputTokens) => post(`/v1${kind.path}`, sent.withCap(capField, outputTokens)),
    hideUsageChunk: usage.hide,
  });
}

/** Two caps at once would leave it to the provider which one counts. */
const onlyOneCap = (body: JsonObject, names: readonly string[]) => {
  const [first, second] = names.filter((name) => typeof body[name] === 'number');
  return second === undefined ? null : under(`.${second}`, flaw(`and \`${first}\` say the same; send one`));
};

/** The stream option that asks for usage, and whether the chunk it brings is the gate's alone. */
function askForUsage(body: JsonObject, flavour: OpenAiFlavour): { fields: JsonObject; hide: boolean } {
  if (body.stream !== true || !flavour.usageOnRequest) return { fields: {}, hide: false };
  const options = isJsonObject(body.stream_options) ? body.stream_options : {};
  const fields = { stream_options: { ...options, include_usage: true } };
  return { fields, hide: options.include_usage !== true };
}

/** The tier that is sent: the caller's, or the standard one. */
export const tierOf = (body: JsonObject, flavour: OpenAiFlavour): string | null =>
  typeof body.service_tier === 'string' ? body.service_tier : flavour.standardTier;

/** The tiers that a request with this tier may be served in. */
export const servedTiers = (tier: string | null, flavour: OpenAiFlavour): readonly string[] =>
  (tier === null ? undefined : flavour.serviceTiers?.[tier]) ?? [];

const hasAudio = (body: JsonObject): boolean =>
  Array.isArray(body.modalities) && body.modalities.includes('audio');
