// Reads the operator's price file. Strict, and every problem is told at once: a price that was misread would be charged.

import { hash } from 'node:crypto';
import { fail, METERS, parseRate, type Rates, type Result, succeed } from '@valetkey/core';
import { z } from 'zod';

/** What the operator says a model costs from a moment on. */
export interface PriceOverride {
  readonly provider: string;
  /** The very name that requests use; snapshots are models of their own. */
  readonly model: string;
  readonly effectiveFromMs: number;
  readonly rates: Rates;
  /** Null where the file says nothing: then what is known otherwise holds. */
  readonly maxOutputTokens: number | null;
  /** Multipliers in thousandths; null where the file says nothing. */
  readonly serviceTiers: Readonly<Record<string, number>> | null;
  /** The file's own version, for the entries of calls that are charged by it. */
  readonly version: string;
}

const NOT_A_PRICE = 'must be US dollars per million units, such as 0.25 or "0.25"';

const rate = z.union([z.number(), z.string()], { error: NOT_A_PRICE }).transform((usd, context) => {
  const nanos = parseRate(usd);
  if (nanos !== null) return nanos;
  context.addIssue(NOT_A_PRICE);
  return z.NEVER;
});

const rates = z
  .strictObject(Object.fromEntries(METERS.map((meter) => [meter, rate.optional()])))
  .refine((given) => Object.keys(given).length > 0, { error: 'must price at least one unit' });

const multiplier = z
  .number({ error: 'must be a factor, such as 0.5 or 2' })
  .positive()
  .max(1000)
  .refine((factor) => Math.round(factor * 1000) / 1000 === factor, { error: 'has at most three decimals' })
  .transform((factor) => Math.round(factor * 1000));

const moment = z
  .union([z.iso.date(), z.iso.datetime()], {
    error: 'must be a day or a moment in UTC, such as 2026-12-01 or 2026-12-01T00:00:00Z',
  })
  .transform((text) => Date.parse(text));

const schema = z.strictObject({
  prices: z.array(
    z.strictObject({
      provider: z.string(),
      model: z.string().min(1),
      effective_from: moment,
      rates,
      max_output_tokens: z.int().positive().optional(),
      service_tiers: z.record(z.string().min(1), multiplier).optional(),
    }),
  ),
});

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

const parseJson = (text: string): Result<unknown, readonly string[]> => {
  try {
    return succeed(JSON.parse(text));
  } catch (error) {
    return fail([`is not JSON: ${(error as Error).message}`]);
  }
};

/** Rules over the whole file: providers that exist, one price for each moment. */
const checkEntries = (overrides: readonly PriceOverride[], providers: ReadonlySet<string>): string[] => {
  const seen = new Set<string>();
  return overrides.flatMap(({ provider, model, effectiveFromMs }, at) => {
    const key = JSON.stringify([provider, model, effectiveFromMs]);
    const isTwice = seen.size === seen.add(key).size;
    return [
      ...(providers.has(provider) ? [] : [`prices[${at}].provider: there is no provider named ${provider}`]),
      ...(isTwice ? [`prices[${at}]: ${model} has another price from the same moment on`] : []),
    ];
  });
};

/** The prices of a file, or all that is wrong with it, each with its place. */
export function parseOverrides(
  text: string,
  providers: ReadonlySet<string>,
): Result<readonly PriceOverride[], readonly string[]> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  if (!parsed.success)
    return fail(
      parsed.error.issues.map(({ path, message }) => `${placeOf(path)}: ${message}`.replace(/^: /, '')),
    );
  const version = `operator ${hash('sha256', text).slice(0, 12)}`;
  const overrides = parsed.data.prices.map((entry) => ({
    provider: entry.provider,
    model: entry.model,
    effectiveFromMs: entry.effective_from,
    rates: entry.rates as Rates,
    maxOutputTokens: entry.max_output_tokens ?? null,
    serviceTiers: entry.service_tiers ?? null,
    version,
  }));
  const problems = checkEntries(overrides, providers);
  return problems.length > 0 ? fail(problems) : succeed(overrides);
}
