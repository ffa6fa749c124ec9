// How much more is held than a request turns out to cost, over kinds of requests that a broker sees. No tokenizer is used: tokens are the bytes
// of the text over a published ratio for its kind, so the figures are characteristic, not exact. `node bench/tightness.ts`.

import { costNanos, unrestrictedAccess } from '@valetkey/core';
import { boundCall } from '../packages/broker/src/gateway/bound.ts';
import type { JsonObject } from '../packages/broker/src/gateway/json/parse-json.ts';
import { openai } from '../packages/broker/src/gateway/providers/openai/provider.ts';
import {
  accepted,
  operationOf,
  readJson,
} from '../packages/broker/src/gateway/providers/testing/operation-call.ts';
import { nanosAt } from '../packages/broker/src/ledger/hold.ts';
import { priceBook } from '../packages/broker/src/prices/price-book.ts';

/** Text of one kind, and how many UTF-8 bytes a token of it has. */
interface Kind {
  readonly sample: string;
  readonly bytesPerToken: number;
}

const bytes = (text: string): number => Buffer.byteLength(text);
const ofSample = (sample: string, tokens: number): Kind => ({
  sample,
  bytesPerToken: bytes(sample) / tokens,
});

// English and Hungarian: characters per o200k_base token over a million words each (aihirfolyam.hu, "GPT-4o: magyar drágább, mint angol").
const ENGLISH = {
  sample:
    'The committee met on Tuesday and agreed that the northern bridge should be repaired before winter. ',
  bytesPerToken: 4.38,
};
const HUNGARIAN_TEXT =
  'A bizottság kedden ülésezett, és úgy döntött, hogy az északi hidat tél előtt meg kell javítani. ';
const HUNGARIAN = {
  sample: HUNGARIAN_TEXT,
  bytesPerToken: (2.66 * bytes(HUNGARIAN_TEXT)) / HUNGARIAN_TEXT.length,
};
// These three: the sentence and its count with GPT-4o's tokenizer (howmanytokens.app, "Tokens in different languages").
const CHINESE = ofSample('人工智能正在改变世界', 10);
const JAPANESE = ofSample('人工知能は世界を変革しています', 14);
const HINDI = ofSample('कृत्रिम बुद्धिमत्ता दुनिया को बदल रही है', 25);
// Code and JSON: tokens of 500 characters with Claude's tokenizer, 161 and 198 (claudeguide.io, "Token counting").
const PYTHON = {
  sample:
    'def read(path):\n    with open(path) as file:\n        return [line.strip() for line in file if line]\n\n',
  bytesPerToken: 500 / 161,
};
const JSON_DATA = {
  sample: '{"id":4711,"name":"bolt","tags":["m8","zinc"],"stock":true},',
  bytesPerToken: 500 / 198,
};

interface Case {
  readonly name: string;
  readonly operation?: string;
  readonly model?: string;
  readonly body: (text: string) => JsonObject;
  readonly kind: Kind;
  /** How long the text is. */
  readonly bytes: number;
  /** What else the provider counts: images, the instructions around tools. */
  readonly otherTokens?: number;
  /** Tokens of a usual answer, and the cap of a caller that sets one. */
  readonly output: number;
  readonly cap: number;
}

const chat = (text: string): JsonObject => ({ messages: [{ role: 'user', content: text }] });
const turns = (text: string): JsonObject => {
  const piece = text.slice(0, text.length / 8);
  return {
    messages: Array.from({ length: 8 }, (_, at) => ({ role: at % 2 ? 'assistant' : 'user', content: piece })),
  };
};
const withTools = (text: string): JsonObject => ({
  messages: [{ role: 'user', content: text }],
  tools: Array.from({ length: 10 }, (_, at) => ({
    type: 'function',
    function: {
      name: `find_order_${at}`,
      description: 'Finds the orders of a customer in a period of time.',
      parameters: {
        type: 'object',
        properties: { customer: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
        required: ['customer'],
      },
    },
  })),
});
const withImage = (text: string): JsonObject => ({
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text },
        {
          type: 'image_url',
          image_url: { url: `data:image/png;base64,${'A'.repeat(200_000)}`, detail: 'high' },
        },
      ],
    },
  ],
});
const batch = (text: string): JsonObject => ({
  input: Array.from({ length: 100 }, (_, at) =>
    text.slice((at * text.length) / 100, ((at + 1) * text.length) / 100),
  ),
});

const CASES: readonly Case[] = [
  { name: 'short question, English', body: chat, kind: ENGLISH, bytes: 200, output: 150, cap: 500 },
  { name: 'chat of 8 turns, English', body: turns, kind: ENGLISH, bytes: 6_000, output: 300, cap: 1000 },
  { name: 'chat of 8 turns, Hungarian', body: turns, kind: HUNGARIAN, bytes: 6_000, output: 500, cap: 1000 },
  { name: 'chat of 8 turns, Chinese', body: turns, kind: CHINESE, bytes: 6_000, output: 300, cap: 1000 },
  { name: 'chat of 8 turns, Japanese', body: turns, kind: JAPANESE, bytes: 6_000, output: 300, cap: 1000 },
  { name: 'chat of 8 turns, Hindi', body: turns, kind: HINDI, bytes: 6_000, output: 400, cap: 1000 },
  { name: 'code to review', body: chat, kind: PYTHON, bytes: 30_000, output: 800, cap: 2000 },
  { name: 'JSON to summarise', body: chat, kind: JSON_DATA, bytes: 30_000, output: 300, cap: 1000 },
  // Definitions are counted as prose of about half their JSON.
  { name: '10 tools', body: withTools, kind: ENGLISH, bytes: 500, otherTokens: 450, output: 60, cap: 500 },
  { name: 'long document, English', body: chat, kind: ENGLISH, bytes: 400_000, output: 700, cap: 1000 },
  // 85 + 170 x 4 tiles: OpenAI's guide "Images and vision", 1024 x 1024 in high detail.
  {
    name: 'image, 1024 x 1024',
    body: withImage,
    kind: ENGLISH,
    bytes: 200,
    otherTokens: 765,
    output: 150,
    cap: 500,
  },
  {
    name: 'embeddings, 100 texts',
    operation: 'embeddings',
    model: 'text-embedding-3-small',
    body: batch,
    kind: ENGLISH,
    bytes: 50_000,
    output: 0,
    cap: 0,
  },
];

const prices = priceBook();
const access = {
  ...unrestrictedAccess('openai'),
  limits: [{ unit: 'usd', amount: 1e12, per: 'day' } as const],
};

function measure(each: Case): string {
  const { operation = 'chat.completions', model = 'gpt-4o', kind, output, cap } = each;
  const text = kind.sample.repeat(Math.ceil(each.bytes / bytes(kind.sample)));
  const inputTokens = Math.ceil(bytes(text) / kind.bytesPerToken) + (each.otherTokens ?? 0);
  const card = prices.rateCard('openai', model, Date.now());
  if (!card) throw new Error(`no price for ${model}`);
  const cost = costNanos(card, { input_tokens: inputTokens, output_tokens: output }, { serviceTier: null });
  if (!cost.ok) throw new Error(`no rate for ${cost.error.meter}`);
  const held = (body: JsonObject, countedTokens: number | null = null) => {
    const reading = accepted(
      readJson(operationOf(openai, operation), { model, ...each.body(text), ...body }),
    );
    const hold = boundCall(reading, access, card, false, countedTokens);
    if (!hold.ok) throw new Error(hold.error.message);
    return { tokens: hold.value.fixedTokens, nanos: nanosAt(hold.value, hold.value.maxOutputTokens) };
  };
  const own = cap === 0 ? {} : { max_completion_tokens: cap };
  // Only the Responses format is counted; there the same texts are the same tokens.
  const [uncapped, capped, counted] = [held({}), held(own), held(own, inputTokens)];
  const ratio = (hold: number, actual: number) => (hold / actual).toFixed(1);
  const dollars = (nanos: number) => (nanos / 1e9).toFixed(5);
  const cells = [
    `${inputTokens} + ${output}`,
    ratio(uncapped.tokens, inputTokens),
    operation === 'chat.completions' ? ratio(counted.nanos, cost.value) : '-',
    ratio(capped.nanos, cost.value),
    ratio(uncapped.nanos, cost.value),
    dollars(cost.value),
    dollars(capped.nanos),
    dollars(uncapped.nanos),
  ];
  return `| ${[cap === 0 ? each.name : `${each.name} (cap ${cap})`, ...cells].join(' | ')} |`;
}

const TITLES = [
  'request',
  'tokens in + out',
  'input',
  'with cap, counted',
  'with cap',
  'without cap',
  'cost, USD',
  'held with cap',
  'held without',
];
console.log(`| ${TITLES.join(' | ')} |\n|---${'|--:'.repeat(TITLES.length - 1)}|`);
for (const each of CASES) console.log(measure(each));
