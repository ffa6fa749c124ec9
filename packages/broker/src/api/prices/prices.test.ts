// Which models have no price, and what the operator's file says of the others.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const refuse = (ownerId: string, model: string, code: string) =>
  house.ledger.record([
    { ownerId, kind: 'call.refused', callId: 'c', grantId: 'g', body: { provider: 'openai', model, code } },
  ]);

describe('GET /prices/check', () => {
  it("names the models without a price that the owner's calls asked for, and nobody else's", async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'c1');
    await refuse('ada', 'gpt-unheard-of', 'unpriced_model');
    await refuse('ada', 'gpt-unheard-of', 'unpriced_model');
    await refuse('ada', 'acme-1', 'unpriced_model');
    await refuse('ada', 'made-up-by-an-app', 'model_not_permitted');
    await refuse('eve', 'gpt-of-eve', 'unpriced_model');
    const { body } = await house.ask('GET', '/prices/check');
    expect(body.unpriced).toEqual([
      { provider: 'openai', model: 'gpt-unheard-of', calls: 2, last_at: '2026-11-22T12:00:00.000Z' },
    ]);
    expect(body.calls_looked_at).toBe(5);
  });

  it('says what of the file holds now', async () => {
    const states = async () =>
      (await house.ask('GET', '/prices/check')).body.file.map((each: Record<string, string>) => [
        each.effective_from,
        each.state,
      ]);
    expect(await states()).toEqual([
      ['2026-11-22T11:59:59.999Z', 'current'],
      ['2026-12-01T00:00:00.000Z', 'future'],
      ['1970-01-01T00:00:00.000Z', 'replaced'],
    ]);
    house.clock.nowMs = Date.UTC(2026, 11, 1);
    expect((await states()).map(([, state]: string[]) => state)).toEqual(['replaced', 'current', 'replaced']);
  });
});

describe('GET /prices/model', () => {
  it('gives the prices that hold now, in dollars per million', async () => {
    const { body } = await house.ask('GET', '/prices/model?provider=openai&model=acme-1');
    expect(body).toMatchObject({ version: 'operator 0123456789ab', rates: { input_tokens: '1' } });
    const known = await house.ask('GET', '/prices/model?provider=openai&model=gpt-4o-mini');
    expect(known.body).toMatchObject({
      rates: { input_tokens: '0.15', output_tokens: '0.6' },
      service_tiers: { priority: 1.667 },
      max_output_tokens: 16_384,
    });
  });

  it('is a 404 for a model without a price', async () => {
    const { status, body } = await house.ask('GET', '/prices/model?provider=openai&model=nope');
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });
});
