// GET /usage/models: what the owner's calls cost by day and model, as providers report it, to hold their exports against.

import { PROMPT_METERS, type Usage } from '@valetkey/core';
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import { type CallEntries, readCalls } from '../calls/read-calls.ts';
import type { ApiParts } from '../contract.ts';
import { removedCalls, removedOf } from '../removed.ts';
import { errorResponses, onePage, pageOf, toUsd, usdText } from '../wire.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;
const PAGE = 200;

const modelUsage = z
  .object({
    day: z.iso.date().describe('UTC day of the admission'),
    model: z.string().describe('As the provider reported it, else as it was asked for'),
    calls: z.int(),
    usd: usdText,
    unconfirmed_usd: usdText.describe('Of that, what was posted at its ceiling and not corrected'),
    input_tokens: z.int().describe('Of every kind, cached ones too'),
    output_tokens: z.int(),
  })
  .meta({ id: 'ModelUsage' });

const querystring = z.strictObject({ provider: z.string().max(100), from: z.iso.date(), to: z.iso.date() });

interface Sum {
  calls: number;
  nanos: number;
  unconfirmedNanos: number;
  input: number;
  output: number;
}

const PROMPT: ReadonlySet<string> = new Set(PROMPT_METERS);

const addUsage = (sum: Sum, usage: Usage): void => {
  for (const [meter, count] of Object.entries(usage)) {
    if (PROMPT.has(meter)) sum.input += count ?? 0;
    else if (/^output_.*tokens$/.test(meter)) sum.output += count ?? 0;
  }
};

const add = (sum: Sum, entries: CallEntries): void => {
  sum.calls += 1;
  sum.nanos += entries.settledNanos;
  if (entries.outcomeKind === 'call.ceiling' && !entries.isCorrected)
    sum.unconfirmedNanos += entries.settledNanos;
  addUsage(sum, (entries.outcome.usage ?? {}) as Usage);
};

/** Calls that cost something, from `fromMs` up to `toMs`. */
async function* callsBetween({ db }: ApiParts, ownerId: string, fromMs: number, toMs: number) {
  let before: string | undefined;
  for (;;) {
    const filter = { limit: PAGE, ...(before === undefined ? {} : { before }) };
    const page = (await readCalls(db, ownerId, filter)).slice(0, PAGE);
    for (const entries of page) {
      if (entries.atMs < fromMs) return;
      const isCharged = entries.outcomeKind === 'call.settled' || entries.outcomeKind === 'call.ceiling';
      if (isCharged && entries.intent.capability !== null && entries.atMs < toMs) yield entries;
    }
    before = String(page.at(-1)?.cursor);
    if (page.length < PAGE) return;
  }
}

/** Registers the call. */
export const registerUsageByModel = (app: App, parts: ApiParts): void => {
  const schema = {
    summary: 'What was spent by day and model',
    tags: ['usage'],
    querystring,
    response: { 200: pageOf(modelUsage).extend({ removed: removedCalls }), ...errorResponses },
  };
  app.get('/api/v1/usage/models', { schema }, async ({ owner, query }) => {
    const [fromMs, toMs] = [Date.parse(query.from), Date.parse(query.to) + DAY_MS];
    if (toMs <= fromMs || toMs - fromMs > MOST_DAYS * DAY_MS)
      throw new ApiError('invalid_request', `to: must be from 0 to ${MOST_DAYS - 1} days after \`from\``);
    const sums = new Map<string, Sum>();
    for await (const entries of callsBetween(parts, owner.ownerId, fromMs, toMs)) {
      if (entries.intent.provider !== query.provider) continue;
      const day = new Date(entries.atMs).toISOString().slice(0, 10);
      const model = String(entries.outcome.model_reported ?? entries.intent.model ?? '');
      const key = `${day} ${model}`;
      const sum = sums.get(key) ?? { calls: 0, nanos: 0, unconfirmedNanos: 0, input: 0, output: 0 };
      sums.set(key, sum);
      add(sum, entries);
    }
    const rows = [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, sum]) => ({
        day: key.slice(0, 10),
        model: key.slice(11),
        calls: sum.calls,
        usd: toUsd(sum.nanos),
        unconfirmed_usd: toUsd(sum.unconfirmedNanos),
        input_tokens: sum.input,
        output_tokens: sum.output,
      }));
    return { ...onePage(rows), removed: await removedOf(parts, owner.ownerId) };
  });
};
