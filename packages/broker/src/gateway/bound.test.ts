import { type ModelAccess, type RateCard, unrestrictedAccess } from '@valetkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundCall, UNKNOWN_MODEL_OUTPUT_TOKENS } from './bound.ts';
import type { Reading } from './contract.ts';

const card: RateCard = {
  provider: 'openai',
  model: 'm',
  version: 'test',
  rates: { input_tokens: 1_000_000, output_tokens: 2_000_000 },
  contextTiers: [],
  serviceTiers: {},
  maxOutputTokens: 1000,
};
const reading = (set: Partial<Reading> = {}): Reading => ({
  model: 'm',
  stream: false,
  tools: [],
  bound: { anyInputTokens: 100, inputKinds: ['text'], outputs: 1, outputKinds: ['text'], fixed: {} },
  unbounded: null,
  serviceTiers: [],
  outputCap: null,
  minOutputTokens: 1,
  encode: () => ({ method: 'POST', path: '/', contentType: null, body: null }),
  hideUsageChunk: false,
  ...set,
});
const access = (set: Partial<ModelAccess> = {}): ModelAccess => ({ ...unrestrictedAccess('openai'), ...set });
const budget = { limits: [{ unit: 'usd', amount: 1, per: 'day' }] } as const;

describe('the bound of a call', () => {
  it.each([
    ['no cap anywhere: the model’s own maximum', reading(), access(), card, [1, 1000]],
    ['the grant’s cap below the model’s', reading(), access({ maxOutputTokens: 300 }), card, [1, 300]],
    [
      'the caller’s own cap stays',
      reading({ outputCap: 50 }),
      access({ maxOutputTokens: 300 }),
      card,
      [50, 50],
    ],
    [
      'a whole-request cap leaves what the input does not take',
      reading(),
      access({ maxTokensPerRequest: 150 }),
      card,
      [1, 50],
    ],
    [
      'a whole-request cap that several outputs share in whole tokens',
      reading({ bound: { ...reading().bound, outputs: 3 } }),
      access({ maxTokensPerRequest: 200 }),
      card,
      [1, 33],
    ],
    [
      'a whole-request cap with room for the least there is',
      reading({ minOutputTokens: 2 }),
      access({ maxTokensPerRequest: 102 }),
      card,
      [2, 2],
    ],
    ['input exactly at the grant’s', reading(), access({ maxInputTokens: 100 }), card, [1, 1000]],
    ['a model whose maximum is not known', reading(), access(), null, [1, UNKNOWN_MODEL_OUTPUT_TOKENS]],
  ] as const)('%s', (_, read, granted, prices, range) => {
    const hold = boundCall(read, granted, prices, false);
    expect(hold.ok && [hold.value.minOutputTokens, hold.value.maxOutputTokens]).toEqual(range);
  });

  it.each([
    [
      'a caller’s cap above the grant’s',
      reading({ outputCap: 400 }),
      access({ maxOutputTokens: 300 }),
      'token_limit_exceeded',
    ],
    ['input above the grant’s', reading(), access({ maxInputTokens: 99 }), 'token_limit_exceeded'],
    [
      'input that leaves no room for output',
      reading(),
      access({ maxTokensPerRequest: 100 }),
      'token_limit_exceeded',
    ],
    [
      'several outputs that together exceed the request',
      reading({ outputCap: 30, bound: { ...reading().bound, outputs: 4 } }),
      access({ maxTokensPerRequest: 200 }),
      'token_limit_exceeded',
    ],
    ...[budget, { maxInputTokens: 1000 }, { maxTokensPerRequest: 1000 }].map(
      (limited) =>
        [
          `work without a bound under ${Object.keys(limited)}`,
          reading({ unbounded: 'web search has no end' }),
          access(limited),
          'unbounded_request',
        ] as const,
    ),
  ] as const)('%s is refused', (_, read, granted, code) => {
    const hold = boundCall(read, granted, card, false);
    expect(!hold.ok && hold.error.code).toBe(code);
  });

  it.each([
    [
      'more output than the grant’s',
      reading({ outputCap: 400 }),
      { maxOutputTokens: 300 },
      400,
      300,
      'output tokens',
    ],
    [
      'more of everything than the grant’s',
      reading({ outputCap: 30, bound: { ...reading().bound, outputs: 4 } }),
      { maxTokensPerRequest: 200, maxOutputTokens: 30 },
      220,
      200,
      'tokens (input at its worst case',
    ],
    ['more input than the grant’s', reading(), { maxInputTokens: 99 }, 100, 99, 'input tokens'],
  ] as const)('says of %s what it needs and what is allowed', (_, read, granted, required, limit, what) => {
    const hold = boundCall(read, access(granted), card, false);
    expect(hold).toMatchObject({ ok: false, error: { fields: { required, limit } } });
    expect(!hold.ok && hold.error.message).toContain(`may use ${required} ${what}`);
  });

  it('holds nothing for what is free, not even where there is no price', () => {
    expect(boundCall(reading({ unbounded: 'x' }), access(budget), null, true)).toEqual({
      ok: true,
      value: {
        ...{ fixedNanos: 0, fixedTokens: 0, outputNanosPerMillion: 0 },
        ...{ outputs: 0, minOutputTokens: 0, maxOutputTokens: 0, priced: true },
      },
    });
  });

  it('says when it was the provider that counted the input', () => {
    const hold = boundCall(reading(), access({ maxInputTokens: 9 }), card, false, 10);
    expect(!hold.ok && hold.error.message).toContain('10 input tokens (input as the provider counts it)');
  });

  it('lets work without a bound through where only requests are counted', () => {
    const counted = { limits: [{ unit: 'requests', amount: 1, per: 'day' }] } as const;
    const hold = boundCall(reading({ unbounded: 'web search has no end' }), access(counted), card, false);
    expect(hold).toMatchObject({ ok: true, value: { priced: false } });
  });

  it('holds input at one token a byte and output linear in the cap, at frozen prices', () => {
    const hold = boundCall(reading(), access(budget), card, false);
    expect(hold.ok && hold.value).toMatchObject({
      fixedNanos: 100,
      fixedTokens: 100,
      outputNanosPerMillion: 2_000_000,
      outputs: 1,
      priced: true,
    });
  });

  it('is no looser with a count of the input than without, whatever the count says', () => {
    const cases = fc.record({
      bytes: fc.integer({ min: 0, max: 1e6 }),
      counted: fc.integer({ min: 0, max: 2e6 }),
      cap: fc.option(fc.integer({ min: 1, max: 1e5 })),
      maxInputTokens: fc.option(fc.integer({ min: 1, max: 1e6 })),
      maxTokensPerRequest: fc.option(fc.integer({ min: 1, max: 1e6 })),
    });
    fc.assert(
      fc.property(cases, ({ bytes, counted, cap, maxInputTokens, maxTokensPerRequest }) => {
        const read = reading({ outputCap: cap, bound: { ...reading().bound, anyInputTokens: bytes } });
        const granted = access({ maxInputTokens, maxTokensPerRequest });
        const byBytes = boundCall(read, granted, card, false);
        const byCount = boundCall(read, granted, card, false, counted);
        const tokens = Math.min(bytes, counted);
        if (byCount.ok) expect(byCount.value).toMatchObject({ fixedTokens: tokens, fixedNanos: tokens });
        if (byBytes.ok) {
          expect(byCount).toMatchObject({
            ok: true,
            value: { outputNanosPerMillion: 2_000_000, outputs: 1 },
          });
        }
      }),
    );
  });

  it('has no price for a tier that the prices do not name', () => {
    const hold = (tier: string) =>
      boundCall(
        reading({ serviceTiers: ['default', tier] }),
        access(),
        { ...card, serviceTiers: { flex: 500 } },
        false,
      );
    expect([hold('flex'), hold('priority')].map((each) => each.ok && each.value.priced)).toEqual([
      true,
      false,
    ]);
  });

  it('says that there is no price, and leaves it to the ledger whether that matters', () => {
    const hold = boundCall(reading(), access(), null, false);
    expect(hold.ok && hold.value).toMatchObject({ priced: false, fixedNanos: 0, fixedTokens: 100 });
  });
});
