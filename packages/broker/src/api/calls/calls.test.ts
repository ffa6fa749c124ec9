import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';
import { callsQuery } from './read-calls.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('calls', () => {
  it('tell each call with its outcome, newest first, page by page', async () => {
    const { id } = await house.createGrant();
    for (const callId of ['c1', 'c2', 'c3']) await house.admit(id, callId);
    await house.settle('c1');
    await house.settle('c2', 'ceiling');
    await house.ledger.record([
      {
        ownerId: 'ada',
        kind: 'call.refused',
        callId: 'c4',
        grantId: id,
        body: {
          request_id: 'req_c4',
          provider: 'openai',
          operation: 'openai.chat.completions',
          model: 'gpt-5',
          code: 'model_not_permitted',
          status: 403,
        },
      },
    ]);
    const first = await house.ask('GET', '/calls?limit=2');
    expect(first.body.data.map((each: { id: string; status: string }) => [each.id, each.status])).toEqual([
      ['c4', 'refused'],
      ['c3', 'admitted'],
    ]);
    expect(first.body.data[0]).toMatchObject({
      refusal: 'model_not_permitted',
      http_status: 403,
      model: 'gpt-5',
      cost_usd: null,
      tokens: null,
      held_usd: '0',
    });
    const second = await house.ask('GET', `/calls?limit=2&before=${first.body.next}`);
    expect(second.body.next).toBeNull();
    expect(second.body.data[1]).toEqual({
      id: 'c1',
      at: '2026-11-22T12:00:00.000Z',
      grant_id: id,
      grant_name: 'Notes',
      client_name: null,
      provider: 'openai',
      operation: 'openai.chat.completions',
      model: 'gpt-5-mini',
      status: 'settled',
      http_status: 200,
      held_usd: '0.002',
      cost_usd: '0.0015',
      tokens: { input: 10, output: 2, cached: 3 },
      duration_ms: 420,
      stream: true,
      refusal: null,
      request_id: 'req_c1',
      unconfirmed: false,
      anomalies: [],
    });
    expect(second.body.data[0]).toMatchObject({
      id: 'c2',
      status: 'ceiling',
      cost_usd: '0.002',
      unconfirmed: true,
    });
    for (const [status, ids] of [
      ['refused', ['c4']],
      ['admitted', ['c3']],
      ['ceiling', ['c2']],
      ['settled', ['c1']],
      ['released', []],
    ] as const) {
      expect(
        (await house.ask('GET', `/calls?status=${status}&grant_id=${id}`)).body.data.map(
          (each: { id: string }) => each.id,
        ),
      ).toEqual(ids);
    }
    expect((await house.ask('GET', `/grants/${id}/calls`)).body.data).toHaveLength(4);
    await house.settle('c3', 'released');
    expect((await house.ask('GET', '/calls?status=released')).body.data[0]).toMatchObject({
      id: 'c3',
      cost_usd: '0',
    });
  });

  it('are found by an index, not by reading the journal', async () => {
    for (const filter of [{}, { grant_id: 'g' }, { status: 'settled' as const }]) {
      const { sql, parameters } = callsQuery(house.store.db, 'ada', { limit: 50, ...filter }).compile();
      const explain = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]);
      const { rows } = await house.store.db.executeQuery<{ detail: string }>(explain);
      const plan = rows.map((row) => row.detail).join('\n');
      expect(plan).toMatch(/SEARCH entry USING (COVERING )?INDEX journal_(calls|grant)/);
      expect(plan).toMatch(/SEARCH outcome USING INDEX journal_outcome/);
      expect(plan).not.toContain('TEMP B-TREE');
    }
  });
});
