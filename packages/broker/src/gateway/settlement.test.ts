import type { RateCard, Usage } from '@valetkey/core';
import { describe, expect, it } from 'vitest';
import type { Metered } from './contract.ts';
import { chargingBy, outcomeOf } from './settlement.ts';

const card: RateCard = {
  provider: 'openai',
  model: 'm',
  version: 'test',
  rates: { input_tokens: 1_000_000, output_tokens: 2_000_000 },
  contextTiers: [],
  serviceTiers: {},
  maxOutputTokens: null,
};
const usage: Usage = { input_tokens: 10, output_tokens: 5 };
const metered = (set: Partial<Metered> = {}): Metered => ({
  usage,
  modelReported: 'm',
  serviceTier: null,
  complete: true,
  anomalies: [],
  ...set,
});

describe('the outcome of a call', () => {
  it.each([
    ['never forwarded', { forwarded: false, status: null, metered: null }, 'released', 0],
    ['answered with usage', { status: 200, metered: metered() }, 'settled', 20],
    [
      'answered, but cut before its end',
      { status: 200, metered: metered({ complete: false }) },
      'ceiling',
      0,
    ],
    ['answered without usage', { status: 200, metered: metered({ usage: null }) }, 'ceiling', 0],
    [
      'answered with usage that has no price',
      { status: 200, metered: metered({ usage: { images: 1 } }) },
      'ceiling',
      0,
    ],
    ['refused by the provider', { status: 400, metered: null }, 'released', 0],
    ['rate limited by the provider', { status: 429, metered: null }, 'released', 0],
    ['refused as overloaded', { status: 529, metered: null }, 'released', 0],
    ['broken inside the provider, perhaps after work', { status: 500, metered: null }, 'ceiling', 0],
    ['lost behind the provider’s own gateway', { status: 502, metered: null }, 'ceiling', 0],
    ['refused as unavailable', { status: 503, metered: null }, 'released', 0],
    ['not answered in time by what the provider asked', { status: 504, metered: null }, 'ceiling', 0],
    ['broken, whatever it says of usage', { status: 500, metered: metered() }, 'ceiling', 0],
    ['answered with a choice, whatever it says of usage', { status: 300, metered: metered() }, 'ceiling', 0],
    ['redirected', { status: 302, metered: null }, 'ceiling', 0],
    ['never answered', { status: null, metered: null }, 'ceiling', 0],
  ] as const)('%s', (_, seen, kind, nanos) => {
    const outcome = outcomeOf({ callId: 'call_1', forwarded: true, isFree: false, card, body: {}, ...seen });
    expect([outcome.kind, outcome.nanos]).toEqual([kind, nanos]);
  });

  it('costs nothing for operations that are free, when they were answered', () => {
    const end = {
      callId: 'c',
      forwarded: true,
      status: 200,
      metered: null,
      isFree: true,
      card: null,
      body: {},
    };
    expect(outcomeOf(end)).toMatchObject({ kind: 'settled', nanos: 0, tokens: 0 });
  });

  it.each([
    ['not metered', null, { usage: null, complete: false, anomalies: [] }],
    [
      'cut',
      metered({ complete: false, anomalies: ['truncated'] }),
      { usage, complete: false, anomalies: ['truncated'] },
    ],
    [
      'with usage that has no price',
      metered({ usage: { images: 1 } }),
      { usage: { images: 1 }, complete: true, anomalies: ['unpriced_usage'] },
    ],
    [
      'with usage that cannot be believed',
      metered({ usage: null, anomalies: ['usage_absurd'] }),
      { usage: null, complete: true, anomalies: ['usage_absurd'] },
    ],
  ] as const)('keeps what was seen of an answer that is posted at the ceiling: %s', (_, seen, body) => {
    const end = { callId: 'c', forwarded: true, status: 200, isFree: false, card, body: {}, metered: seen };
    expect(outcomeOf(end)).toMatchObject({ kind: 'ceiling', body: { ...body, unconfirmed: true } });
  });

  it('keeps the anomalies of what is settled, with or without a price', () => {
    const end = { callId: 'c', forwarded: true, status: 200, isFree: false, body: {} };
    const seen = metered({ anomalies: ['other_model'] });
    expect(outcomeOf({ ...end, card, metered: seen }).body.anomalies).toEqual(['other_model']);
    expect(outcomeOf({ ...end, card: null, metered: seen }).body.anomalies).toEqual([
      'other_model',
      'unpriced',
    ]);
  });

  it('is told to a meter beforehand as it will be settled, and as nothing where it will be the ceiling', () => {
    expect(chargingBy(card)(metered())).toBe(20);
    expect(chargingBy(null)(metered())).toBe(0);
    for (const seen of [{ complete: false }, { usage: null }, { usage: { images: 1 } }])
      expect(chargingBy(card)(metered(seen))).toBeNull();
  });

  it('marks what was posted at the ceiling as unconfirmed and counts tokens of what was settled', () => {
    const end = { callId: 'c', forwarded: true, status: 200, isFree: false, card, body: { duration_ms: 7 } };
    expect(outcomeOf({ ...end, metered: null }).body).toMatchObject({ unconfirmed: true, duration_ms: 7 });
    expect(outcomeOf({ ...end, metered: metered() })).toMatchObject({
      tokens: 15,
      body: { usage, complete: true },
    });
  });

  it('counts what has no price as zero only where nothing limits money', () => {
    const end = {
      callId: 'c',
      forwarded: true,
      status: 200,
      isFree: false,
      card: null,
      body: {},
      metered: metered(),
    };
    expect(outcomeOf(end)).toMatchObject({ kind: 'settled', nanos: 0, body: { anomalies: ['unpriced'] } });
  });
});
