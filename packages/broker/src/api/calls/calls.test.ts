import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, openApiHouse } from '../../../test/api-house.ts';
import { pageQuery, type Search } from './find-entries.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('calls', () => {
  it('of a grant are its own; with descendants also those of all below it, in the same order and pages', async () => {
    const planner = await house.createGrant();
    const mayDelegate = { authorization_details: [{ ...DETAILS, delegation: { max_depth: 2 } }] };
    await house.ask('PATCH', `/grants/${planner.id}`, mayDelegate);
    const worker = await house.delegate(planner.id, 'worker', { delegationMaxDepth: 1 });
    const below = await house.delegate(worker.id, 'below');
    const beside = await house.delegate(planner.id, 'beside');
    const callers = [planner, below, beside, worker, below, planner];
    for (const [at, { id }] of callers.entries()) await house.admit(id, `c${at}`);
    const read = async (query: string): Promise<string> => {
      const { body } = await house.ask('GET', `/calls?${query}`);
      return body.data.map((each: { id: string }) => each.id).join(' ');
    };
    expect(await read(`grant_id=${planner.id}`)).toBe('c5 c0');
    expect(await read(`grant_id=${planner.id}&include=descendants`)).toBe('c5 c4 c3 c2 c1 c0');
    expect(await read(`grant_id=${worker.id}&include=descendants&status=admitted`)).toBe('c4 c3 c1');
    const path = `/grants/${worker.id}/calls?include=descendants&limit=2`;
    const { body } = await house.ask('GET', path);
    expect(body.data.map((each: { id: string }) => each.id)).toEqual(['c4', 'c3']);
    const { body: rest } = await house.ask('GET', `${path}&before=${body.next}`);
    expect([rest.data.map((each: { id: string }) => each.id), rest.next]).toEqual([['c1'], null]);
    const stranger = `/calls?grant_id=${planner.id}&include=descendants`;
    expect((await house.ask('GET', stranger, undefined, 'eve')).body.data).toEqual([]);
  });

  it('begin where old ones were removed, and every list of them says so', async () => {
    const { id } = await house.createGrant();
    for (const callId of ['c1', 'c2', 'c3']) await house.admit(id, callId);
    for (const callId of ['c1', 'c2', 'c3']) await house.settle(callId, 'ceiling');
    const lists = ['/calls', `/grants/${id}/calls`, '/usage', '/audit/changes'].concat(
      '/usage/models?provider=openai&from=2026-11-01&to=2027-01-31',
    );
    for (const path of lists) expect((await house.ask('GET', path)).body.removed).toBeNull();
    house.clock.nowMs += 34.5 * 86_400_000;
    const late = await house.ask('POST', '/calls/c1/correct', { cost_usd: '0.001' });
    expect([late.status, late.body.error.message]).toEqual([409, expect.stringContaining('too old')]);
    house.clock.nowMs += 2 * 86_400_000;
    await house.ledger.record([{ ownerId: 'ada', kind: 'owner.signed_in', body: {} }]);
    expect(await house.removeOldCalls()).toBe(2);
    const removal = (await house.ask('GET', '/audit/changes?topic=broker')).body.data[0];
    expect(removal).toMatchObject({ kind: 'calls.removed' });
    const removed = { before: '2026-11-24T00:00:00.000Z', seq: removal.seq };
    for (const path of lists) {
      expect((await house.ask('GET', path)).body.removed).toEqual(removed);
      expect((await house.ask('GET', path, undefined, 'eve')).body.removed ?? null).toBeNull();
    }
    expect((await house.ask('GET', '/calls')).body.data.map((call: { id: string }) => call.id)).toEqual([
      'c3',
    ]);
    expect((await house.ask('GET', '/usage')).body.total_usd).toBe('0.006');
    for (const path of ['/calls/c1/graph', '/calls/c1/receipt'])
      expect((await house.ask('GET', path)).status).toBe(404);
    expect((await house.ask('POST', '/ledger/compare')).body).toMatchObject({ removed_calls: 2, faults: [] });
    expect((await house.ask('GET', '/calls/c3/graph')).body.trees[0]).toMatchObject({ settled_usd: null });
  });

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
      grant_path: [id],
      device: null,
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
      trace_id: null,
      unconfirmed: false,
      corrected: false,
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

  it('posted at their ceiling are corrected once, by their owner, and never upwards', async () => {
    const { id } = await house.createGrant();
    for (const callId of ['c1', 'c2', 'c3']) await house.admit(id, callId);
    await house.settle('c1', 'ceiling');
    await house.settle('c2');
    const correct = async (callId: string, cost: unknown, owner?: string) => {
      const answer = await house.ask('POST', `/calls/${callId}/correct`, { cost_usd: cost }, owner);
      return [answer.status, answer.body.error?.code ?? answer.body];
    };
    for (const cost of ['-1', '', '1e3', '0.0000000001', null, 'abc'])
      expect(await correct('c1', cost)).toEqual([400, 'invalid_request']);
    expect(await correct('c1', '0.002000001')).toEqual([400, 'invalid_request']);
    expect(await correct('c1', '0.0005', 'eve')).toEqual([404, 'not_found']);
    expect(await correct('c9', '0.0005')).toEqual([404, 'not_found']);
    for (const callId of ['c2', 'c3']) expect(await correct(callId, '0.0005')).toEqual([409, 'conflict']);
    const [first, second] = await Promise.all([correct('c1', 0.0005), correct('c1', '0.0001')]);
    expect([first, second]).toEqual([
      [200, { id: 'c1', cost_usd: '0.0005', was_usd: '0.002' }],
      [409, 'conflict'],
    ]);
    expect(await correct('c1', '0.0005')).toEqual([409, 'conflict']);
    const { data } = (await house.ask('GET', '/calls?status=ceiling')).body;
    expect(data).toMatchObject([{ id: 'c1', cost_usd: '0.0005', unconfirmed: false, corrected: true }]);
    const usage = (await house.ask('GET', '/usage?days=1')).body;
    expect([usage.today_usd, usage.by_day[0]]).toEqual([
      '0.002',
      { day: '2026-11-22', usd: '0.002', calls: 2 },
    ]);
    expect((await house.ask('POST', '/ledger/compare')).body.faults).toEqual([]);
  });

  it('are exported as the list has them, in both forms, with nothing for a spreadsheet to work out', async () => {
    const { id } = await house.createGrant();
    const evil = '=HYPERLINK("https://evil.example")';
    await house.store.db.updateTable('grants').set({ name: evil }).execute();
    const details = { ...DETAILS, limits: { monthly_spend: 5 } };
    await house.ask('PATCH', `/grants/${id}`, { authorization_details: [details] });
    // More than one page.
    for (let made = 0; made < 205; made += 1) await house.admit(id, `c${made}`);
    await house.settle('c0');
    const read = async (query: string, owner = 'ada') => {
      const headers = { authorization: `Bearer ${owner}` };
      return house.app.inject({ url: `/api/v1/calls/export?${query}`, headers });
    };
    const csv = await read('');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="valetkey-calls.csv"');
    const lines = csv.body.split('\r\n');
    expect([lines.length, lines[0]?.slice(0, 13), lines.at(-1)]).toEqual([207, 'at,id,status,', '']);
    expect(lines[1]).toContain(`,c204,admitted,${id},"'=HYPERLINK(""https://evil.example"")",`);
    expect(lines[205]).toContain(',c0,settled,');
    const json = (await read('format=json')).json() as { id: string; grant_name: string }[];
    expect([json.length, json[0]?.id, json[204]?.id, json[0]?.grant_name]).toEqual([205, 'c204', 'c0', evil]);
    expect((await read('format=json&status=settled')).json()).toMatchObject([{ id: 'c0' }]);
    expect((await read('format=json', 'eve')).json()).toEqual([]);
    expect((await read('', 'eve')).body.split('\r\n')).toHaveLength(2);
    expect((await read('limit=5')).statusCode).toBe(400);
  });

  it('are filtered by day, model, provider and key, in lists and files alike', async () => {
    const { id } = await house.createGrant();
    const key = (await house.ask('GET', '/provider-keys')).body.data[0].id;
    await house.admit(id, 'c1');
    house.clock.nowMs += 86_400_000;
    await house.admit(id, 'c2');
    const read = async (query: string, owner?: string) =>
      (await house.ask('GET', query, undefined, owner)).body.data.map((each: { id: string }) => each.id);
    const lists: readonly (readonly [string, readonly string[]])[] = [
      ['from=2026-11-23', ['c2']],
      ['to=2026-11-22', ['c1']],
      ['from=2026-11-22&to=2026-11-23', ['c2', 'c1']],
      ['from=2026-11-24', []],
      ['model=gpt-5-mini&provider=openai', ['c2', 'c1']],
      ['model=gpt-5', []],
      ['provider=anthropic', []],
      [`provider_key_id=${key}&from=2026-11-23`, ['c2']],
      ['provider_key_id=pk_other', []],
      ['status=counted', ['c2', 'c1']],
    ];
    for (const [query, ids] of lists) {
      expect([query, await read(`/calls?${query}`)]).toEqual([query, ids]);
      expect([query, await read(`/grants/${id}/calls?${query}`)]).toEqual([query, ids]);
      expect(await read(`/calls?${query}`, 'eve')).toEqual([]);
      const file = await house.ask('GET', `/calls/export?format=json&${query}`);
      expect(file.body.map((each: { id: string }) => each.id)).toEqual(ids);
    }
  });

  it.each([
    ['from=2026-11-31', 'from: must be a UTC day such as 2026-11-23'],
    ['to=yesterday', 'to: must be a UTC day such as 2026-11-23'],
    ['from=2026-11-23T00:00:00Z', 'from: must be a UTC day such as 2026-11-23'],
    ['from=2026-11-23&to=2026-11-22', 'to: must not be before `from`'],
    ['model=%00', 'model: must not hold a NUL'],
  ])('are not listed by %s, which is told', async (query, message) => {
    for (const path of ['/calls', '/calls/export', '/grants/gr_1/calls']) {
      const { status, body } = await house.ask('GET', `${path}?${query}`);
      expect([status, body.error.code, body.error.message]).toEqual([400, 'invalid_request', message]);
    }
  });

  it('are found by an index, not by reading the journal', async () => {
    const all = { ownerId: 'ada', grantIds: null, rare: null, texts: [], from: null, until: null };
    const place = { seq: 7, id: 9 };
    const searches: readonly Search[] = [
      all,
      { ...all, from: place, until: place, texts: ['"model":"gpt-5"'] },
      ...(['refused', 'ceiling', 'released'] as const).map((rare) => ({ ...all, rare })),
    ];
    const planOf = async (search: Search): Promise<string> => {
      const { sql, parameters } = pageQuery(house.store.db, search, 51).compile();
      const explain = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]);
      const { rows } = await house.store.db.executeQuery<{ detail: string }>(explain);
      return rows.map((row) => row.detail).join('\n');
    };
    for (const search of searches) {
      const plan = await planOf(search);
      expect(plan).toMatch(/^SEARCH journal USING INDEX journal_(chain|refused|ceilings|released) /);
      expect(plan).not.toContain('TEMP B-TREE');
    }
    const plan = await planOf({ ...all, grantIds: ['g', 'h'], from: place, until: place });
    expect(
      plan.match(/INDEX journal_grant_(calls|events) \(grant_id=\? AND id>\? AND id<\?\)/g),
    ).toHaveLength(4);
    expect(plan).not.toContain('journal_chain');
  });
});
