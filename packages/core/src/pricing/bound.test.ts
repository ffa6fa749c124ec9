// I1: a hold is never less than what the request can cost, at any tier, whatever the split of its tokens.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundNanos, boundTokens } from './bound.ts';
import { costNanos } from './cost.ts';
import type { RateCard } from './rate-card.ts';
import { METERS, type Meter, type Usage, type UsageBound } from './usage.ts';

const rates = fc.dictionary(fc.constantFrom(...METERS), fc.nat(2_000_000_000), { maxKeys: METERS.length });
const fullRates = fc.record(Object.fromEntries(METERS.map((meter) => [meter, fc.nat(2_000_000_000)])));

const cards: fc.Arbitrary<RateCard> = fc.record({
  provider: fc.constant('p'),
  model: fc.constant('m'),
  version: fc.constant('v'),
  rates: fc.oneof(rates, fullRates),
  contextTiers: fc.array(fc.record({ aboveInputTokens: fc.nat(3000), rates: fullRates }), { maxLength: 3 }),
  serviceTiers: fc.dictionary(fc.constantFrom('priority', 'flex', 'fast', 'default'), fc.nat(3000)),
  maxOutputTokens: fc.constant(null),
});

const TIERS = ['priority', 'flex', 'fast', 'default', 'standard', 'never-heard-of'] as const;

const bounds: fc.Arbitrary<UsageBound> = fc.record(
  {
    anyInputTokens: fc.nat(4000),
    inputKinds: fc.subarray(['text', 'audio', 'image', 'cache_write_5m', 'cache_write_1h'] as const),
    outputs: fc.nat(4),
    outputKinds: fc.subarray(['text', 'audio', 'image'] as const),
    fixed: fc.dictionary(
      fc.constantFrom<Meter>('images', 'characters', 'web_search_calls', 'requests'),
      fc.nat(9),
    ),
    serviceTiers: fc.subarray([...TIERS], { minLength: 1 }),
  },
  { requiredKeys: ['anyInputTokens', 'inputKinds', 'outputs', 'outputKinds', 'fixed'] },
);

const KIND_METERS: Record<string, readonly Meter[]> = {
  text: ['input_tokens', 'cache_read_tokens'],
  audio: ['input_audio_tokens', 'cache_read_audio_tokens'],
  image: ['input_image_tokens', 'cache_read_image_tokens'],
  cache_write_5m: ['cache_write_5m_tokens'],
  cache_write_1h: ['cache_write_1h_tokens'],
};

/** Spreads at most `total` over the meters, by the given fractions. */
function spread(total: number, meters: readonly Meter[], fractions: readonly number[]): Usage {
  let left = total;
  return Object.fromEntries(
    meters.map((meter, index) => {
      const count = Math.floor(left * (fractions[index % fractions.length] ?? 1));
      left -= count;
      return [meter, count];
    }),
  );
}

describe('boundNanos', () => {
  it('is never less than the cost of a usage within it', () => {
    const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        cards,
        bounds,
        fc.nat(3000),
        fractions,
        fc.constantFrom(null, ...TIERS),
        (card, bound, cap, parts, tier) => {
          const serviceTier =
            bound.serviceTiers === undefined || (tier !== null && bound.serviceTiers.includes(tier))
              ? tier
              : (bound.serviceTiers[0] ?? null);
          const usage: Usage = {
            ...spread(
              bound.anyInputTokens,
              bound.inputKinds.flatMap((kind) => KIND_METERS[kind] ?? []),
              parts,
            ),
            ...spread(
              cap * bound.outputs,
              bound.outputKinds.map(
                (kind): Meter => (kind === 'text' ? 'output_tokens' : `output_${kind}_tokens`),
              ),
              parts,
            ),
            ...bound.fixed,
          };
          const hold = boundNanos(card, bound);
          const cost = costNanos(card, usage, { serviceTier });
          if (!hold.ok || !cost.ok) return;
          const held =
            BigInt(hold.value.fixedNanos) +
            (BigInt(cap) * BigInt(hold.value.outputNanosPerMillion) + 999_999n) / 1_000_000n;
          expect(BigInt(cost.value) <= held).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  const card: RateCard = {
    provider: 'anthropic',
    model: 'm',
    version: 'v',
    rates: {
      input_tokens: 3_000,
      cache_read_tokens: 300,
      cache_write_1h_tokens: 6_000,
      output_tokens: 15_000,
    },
    contextTiers: [{ aboveInputTokens: 100, rates: { input_tokens: 6_000, output_tokens: 22_500 } }],
    serviceTiers: { priority: 2000, flex: 500 },
    maxOutputTokens: null,
  };
  const text: UsageBound = {
    anyInputTokens: 100,
    inputKinds: ['text'],
    outputs: 1,
    outputKinds: ['text'],
    fixed: {},
  };

  it.each<[string, UsageBound, number, number]>([
    ['the dearest tier the prompt can reach', { ...text, anyInputTokens: 101 }, 2, 45_000],
    ['no tier the prompt cannot reach', text, 1, 30_000],
    [
      'the dearest kind of input',
      { ...text, inputKinds: ['text', 'cache_write_1h'], anyInputTokens: 1_000_000 },
      12_000,
      45_000,
    ],
    [
      'only the service tiers that can apply',
      { ...text, serviceTiers: ['flex'], anyInputTokens: 1_000_000 },
      3_000,
      11_250,
    ],
    ['every output', { ...text, outputs: 3 }, 1, 90_000],
    ['no output at all', { ...text, outputs: 0, outputKinds: [] }, 1, 0],
    ['no kind of input without input', { ...text, anyInputTokens: 0, inputKinds: ['audio'] }, 0, 30_000],
    ['no kind of output without output', { ...text, outputs: 0, outputKinds: ['audio'] }, 1, 0],
    ['no work that is known not to be', { ...text, fixed: { images: 0 } }, 1, 30_000],
    ['the tier that tokens known beforehand reach', { ...text, fixed: { cache_read_tokens: 1 } }, 2, 45_000],
    [
      'tokens known beforehand at the dearest service',
      { ...text, anyInputTokens: 0, fixed: { output_tokens: 1_000_000 } },
      30_000,
      30_000,
    ],
    ['every tier that the prices list, where none is named', { ...text, serviceTiers: [] }, 1, 30_000],
  ])('holds for %s', (_name, bound, fixedNanos, outputNanosPerMillion) => {
    expect(boundNanos(card, bound)).toEqual({ ok: true, value: { fixedNanos, outputNanosPerMillion } });
  });

  it('holds calls at their one price, whatever the service', () => {
    const called = { ...card, rates: { ...card.rates, web_search_calls: 7_000 } };
    const bound = { ...text, anyInputTokens: 0, fixed: { web_search_calls: 1_000_000 } };
    expect(boundNanos(called, bound)).toMatchObject({ ok: true, value: { fixedNanos: 7_000 } });
  });

  it('holds the ordinary price where the prices list only a cheaper tier', () => {
    expect(
      boundNanos({ ...card, serviceTiers: { flex: 500 } }, { ...text, anyInputTokens: 1_000_000 }),
    ).toEqual({ ok: true, value: { fixedNanos: 6_000, outputNanosPerMillion: 22_500 } });
  });

  it.each(
    Object.entries(KIND_METERS).flatMap(([kind, meters]) => meters.map((meter) => [kind, meter] as const)),
  )('holds for %s as if all of it were %s, if that is dearest', (kind, dearest) => {
    const rates_ = Object.fromEntries(METERS.map((meter) => [meter, meter === dearest ? 7_000 : 1]));
    const bound = { ...text, anyInputTokens: 1_000_000, inputKinds: [kind as never] };
    const hold = boundNanos({ ...card, rates: rates_, contextTiers: [], serviceTiers: {} }, bound);
    expect(hold).toMatchObject({ ok: true, value: { fixedNanos: 7_000 } });
  });

  it('fails when a kind of work that may happen has no rate', () => {
    expect(boundNanos(card, { ...text, inputKinds: ['audio'] })).toEqual({
      ok: false,
      error: { reason: 'unpriced_meter', meter: 'input_audio_tokens' },
    });
    expect(boundNanos(card, { ...text, fixed: { images: 1 } })).toMatchObject({ ok: false });
    expect(boundNanos(card, { ...text, outputKinds: ['audio'] })).toMatchObject({ ok: false });
  });

  it('counts tokens without prices', () => {
    expect(boundTokens({ ...text, fixed: { output_image_tokens: 40, images: 2 } })).toBe(140);
  });
});
