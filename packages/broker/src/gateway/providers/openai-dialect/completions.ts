// POST /completions, the older text completion: many prompts, each completed many times.
// Source: OpenAI API reference, create completion, as typed by openai-node 7.57.

import type { Operation } from '../../contract.ts';
import type { JsonValue } from '../../json/parse-json.ts';
import { flaw } from '../reading/flaw.ts';
import {
  flag,
  harmless,
  listOf,
  object,
  orNull,
  type Rule,
  text,
  textOr,
  wholeNumber,
} from '../reading/rules.ts';
import { STEERING } from '../reading/steering.ts';
import { streamOptions } from './chat-fields.ts';
import type { OpenAiFlavour } from './flavour.ts';
import { generation } from './generation.ts';

const tokens = listOf(wholeNumber(0, 2 ** 32));

/** A string, tokens, or a list of either. */
export const prompts: Rule = (value, walk) => {
  if (typeof value === 'string') return null;
  if (!Array.isArray(value)) return flaw('must be a string or a list');
  return typeof value[0] === 'number' ? tokens(value, walk) : listOf(textOr(tokens), 2048)(value, walk);
};

/** How many prompts such a value holds. */
export const promptCount = (value: JsonValue | undefined): number =>
  Array.isArray(value) && typeof value[0] !== 'number' ? value.length : 1;

const check = object(
  {
    ...STEERING,
    // Money, model, work: always checked.
    model: text,
    prompt: prompts,
    max_tokens: orNull(wholeNumber(1)),
    n: orNull(wholeNumber(1, 128)),
    best_of: orNull(wholeNumber(1, 20)),
    stream: orNull(flag),
    stream_options: streamOptions,
    // Known and harmless.
    ...harmless(`
      temperature top_p frequency_penalty presence_penalty logit_bias logprobs seed stop suffix echo user`),
  },
  'model',
  'prompt',
);

/** Completions of one provider. They know no service tiers. */
export const completions = (flavour: OpenAiFlavour): Operation =>
  generation({
    flavour: { ...flavour, serviceTiers: null, standardTier: null },
    name: 'completions',
    path: '/completions',
    capability: 'completions',
    check,
    capFields: ['max_tokens'],
    capField: 'max_tokens',
    outputs: ({ n, best_of, prompt }) => promptCount(prompt) * Math.max(Number(n ?? 1), Number(best_of ?? 1)),
    noteModel: () => {},
  });
