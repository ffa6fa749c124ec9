import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, CANARY, DETAILS, ISSUER, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('grants', () => {
  it('are made with a token that is shown once, a base URL and the limits in words', async () => {
    const grant = await house.createGrant();
    expect(grant).toMatchObject({
      name: 'Notes',
      client: null,
      status: 'active',
      expires_at: '2027-01-01T00:00:00.000Z',
      unknown_fields: 'pass',
      token: expect.stringMatching(/^vk_/),
      base_url: `${ISSUER}/openai/v1`,
      base_urls: { openai: `${ISSUER}/openai/v1` },
      has_key_token: true,
      spent: { today_usd: '0', month_usd: '0', total_usd: '0', calls: 0 },
    });
    expect(grant.authorization_details).toEqual([DETAILS]);
    expect(grant.parts[0].provider_key).toMatchObject({ label: 'main', last_four: '4826' });
    expect(grant.parts[0].limits[0]).toEqual({
      unit: 'usd',
      per: 'month',
      amount: '5',
      settled: '0',
      held: '0',
      remaining: '5',
      window_ends_at: '2026-12-01T00:00:00.000Z',
      reset: null,
    });
    expect(grant.parts[0].lines[0]).toContain('GPT-5 mini');
    const read = await house.ask('GET', `/grants/${grant.id}`);
    expect(JSON.stringify(read.body)).not.toContain(grant.token);
    expect((await house.ask('GET', '/grants')).body.data).toEqual([read.body]);
  });

  it('come in pages, newest first, each of them once, also where some were made in the same moment', async () => {
    const ids: string[] = [(await house.createGrant()).id];
    for (let made = 1; made < 5; made += 1) {
      if (made % 2 === 0) house.clock.nowMs += 1000;
      ids.push((await house.ask('POST', '/grants', { authorization_details: [DETAILS] })).body.id);
    }
    await house.ask('POST', `/grants/${ids[1]}/revoke`);
    const read = async (status: string, limit: number) => {
      const pages: string[][] = [];
      for (let before: string | null = ''; before !== null; ) {
        const more: string = before && `&before=${before}`;
        const { body } = await house.ask('GET', `/grants?status=${status}&limit=${limit}${more}`);
        pages.push(body.data.map(({ id }: { id: string }) => id));
        before = body.next;
      }
      return pages;
    };
    expect((await read('all', 2)).map(({ length }) => length)).toEqual([2, 2, 1]);
    expect((await read('all', 2)).flat().toSorted()).toEqual(ids.toSorted());
    expect((await read('all', 5)).flat()).toEqual((await read('all', 1)).flat());
    expect((await read('all', 5)).flat()[0]).toBe(ids[4]);
    expect((await read('active', 3)).map(({ length }) => length)).toEqual([3, 1]);
    expect((await read('active', 500)).flat()).not.toContain(ids[1]);
    expect((await house.ask('GET', '/grants?before=x')).body.error.code).toBe('invalid_request');
    expect((await house.ask('GET', '/grants?limit=501')).body.error.code).toBe('invalid_request');
  });

  it('show what is spent and held against each limit', async () => {
    const grant = await house.createGrant();
    await house.admit(grant.id, 'one');
    await house.settle('one');
    await house.admit(grant.id, 'two');
    const { body } = await house.ask('GET', `/grants/${grant.id}`);
    expect(body.parts[0].limits).toMatchObject([
      { unit: 'usd', settled: '0.0015', held: '0.002', remaining: '4.9965' },
      {
        unit: 'requests',
        per: 'total',
        amount: 100,
        settled: 1,
        held: 1,
        remaining: 98,
        window_ends_at: null,
      },
    ]);
    expect(body.spent).toEqual({ today_usd: '0.0015', month_usd: '0.0015', total_usd: '0.0015', calls: 2 });
    expect(body.last_used_at).toBe('2026-11-22T12:00:00.000Z');
    await house.settle('two');
  });

  it('say below which grant they stand, who acts on them, and which way each call came', async () => {
    const planner = await house.createGrant();
    const [access] = (await house.grants.get('ada', planner.id))!.parts.map((part) => part.access);
    await house.grants.edit('ada', planner.id, { ...access!, delegationMaxDepth: 2 });
    const worker = await house.delegate(planner.id, 'worker', { delegationMaxDepth: 1 });
    const helper = await house.delegate(worker.id, 'helper');
    await house.admit(helper.id, 'one');
    await house.settle('one');
    const wire = (await house.ask('GET', '/grants')).body.data;
    const placeOf = (id: string) => {
      const { parent_grant_id, depth, actor } = wire.find((each: { id: string }) => each.id === id);
      return [parent_grant_id, depth, actor];
    };
    expect([planner.id, worker.id, helper.id].map(placeOf)).toEqual([
      [null, 0, null],
      [planner.id, 1, `agent:${planner.id}/worker`],
      [worker.id, 2, `agent:${worker.id}/helper`],
    ]);
    expect((await house.ask('GET', `/grants/${helper.id}`)).body).toMatchObject({ depth: 2 });
    expect((await house.ask('GET', '/calls')).body.data[0]).toMatchObject({
      grant_id: helper.id,
      grant_name: 'helper',
      grant_path: [planner.id, worker.id, helper.id],
    });
  });

  it('for a provider that needs no key need none', async () => {
    const made = await house.ask('POST', '/grants', {
      authorization_details: [{ type: 'ai_model_access', provider: 'sandbox' }],
    });
    expect(made).toMatchObject({ status: 201, body: { name: 'Sandbox', base_url: `${ISSUER}/sandbox/v1` } });
    await house.ask('POST', '/grants', {
      authorization_details: [{ type: 'ai_model_access', provider: 'sandbox' }],
    });
    expect(await house.vault.list('ada')).toHaveLength(1);
  });

  it('for several providers name a base URL for each dialect', async () => {
    await house.addKey();
    await house.ask('POST', '/provider-keys', { provider: 'anthropic', key: CANARY });
    const details = ['openai', 'anthropic', 'sandbox'].map((name) => ({
      type: 'ai_model_access',
      provider: name,
    }));
    const { body } = await house.ask('POST', '/grants', { authorization_details: details });
    expect(body.base_urls).toEqual({ openai: `${ISSUER}/v1`, anthropic: `${ISSUER}/anthropic` });
    expect(body.base_url).toBe(`${ISSUER}/v1`);
    expect(body.parts).toHaveLength(3);
  });

  it.each([
    [
      'an unknown provider',
      [{ ...DETAILS, provider: 'evil' }],
      'authorization_details[0].provider must be a provider of this broker',
    ],
    ['an unknown limit', [{ ...DETAILS, limits: { yearly_spend: 1 } }], 'authorization_details[0].limits'],
    ['a past expiry', [{ ...DETAILS, expires: '2020-01-01T00:00:00Z' }], 'must lie in the future'],
    ['a provider twice', [DETAILS, { ...DETAILS, models: ['*'] }], 'repeats a provider'],
    ['another type', [{ ...DETAILS, type: 'payment' }], 'authorization_details[0].type'],
    ['nothing', [], 'authorization_details'],
  ])('are refused for %s', async (_name, authorizationDetails, message) => {
    await house.addKey();
    const answer = await house.ask('POST', '/grants', { authorization_details: authorizationDetails });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request']);
    expect(answer.body.error.message).toContain(message);
    expect(await house.grants.list('ada')).toEqual([]);
  });

  it('ask for a key first, and which one where there are several', async () => {
    const none = await house.ask('POST', '/grants', { authorization_details: [DETAILS] });
    expect(none).toMatchObject({
      status: 409,
      body: {
        error: {
          message: expect.stringContaining('Add a key of OpenAI first'),
          fields: { provider: 'openai' },
        },
      },
    });
    await house.addKey();
    const second = await house.addKey('second');
    const unclear = await house.ask('POST', '/grants', { authorization_details: [DETAILS] });
    expect(unclear.body.error.message).toContain('must name one of your 2 keys of OpenAI');
    const made = await house.ask('POST', '/grants', {
      authorization_details: [DETAILS],
      provider_key_ids: { openai: second.id },
    });
    expect(made.body.parts[0].provider_key.label).toBe('second');
  });

  it('are raised and lowered by their owner, paused and resumed', async () => {
    const { id } = await house.createGrant();
    const wider = { ...DETAILS, limits: { monthly_spend: 9 }, models: ['*'] };
    expect(
      (await house.ask('PATCH', `/grants/${id}`, { authorization_details: [wider] })).body.parts[0].limits,
    ).toMatchObject([{ amount: '9' }]);
    expect((await house.ask('PATCH', `/grants/${id}`, { status: 'suspended' })).body.status).toBe(
      'suspended',
    );
    expect((await house.ask('GET', '/grants')).body.data).toHaveLength(1);
    expect((await house.ask('PATCH', `/grants/${id}`, { status: 'active' })).body.status).toBe('active');
    const neither = await house.ask('PATCH', `/grants/${id}`, {});
    const both = await house.ask('PATCH', `/grants/${id}`, {
      status: 'active',
      authorization_details: [wider],
    });
    for (const refused of [neither, both])
      expect(refused.body.error.message).toContain('Send one of authorization_details');
    const foreign = await house.ask('PATCH', `/grants/${id}`, {
      authorization_details: [{ ...DETAILS, provider: 'anthropic' }],
    });
    expect(foreign.body.error.message).toContain('no part for anthropic');
  });

  it('say to whom they may be delegated in words: a name where somebody stands for it, always the id', async () => {
    await house.createGrant();
    const app = { name: 'Acme Scout', type: 'public', redirect_uris: ['https://scout.test/callback'] };
    const { id } = (await house.ask('POST', '/clients', app)).body;
    const to = ['own_agents', id, 'https://who.test/client.json'];
    const details = [{ ...DETAILS, delegation: { max_depth: 1, to } }];
    const [part] = (await house.ask('POST', '/grants', { authorization_details: details })).body.parts;
    const words = { [to[1]!]: `Acme Scout (${to[1]})`, [to[2]!]: `unknown app (${to[2]})` };
    expect(part.recipients).toEqual(words);
    const who = `its own agents, ${words[to[1]!]} and ${words[to[2]!]}`;
    expect(part.lines).toContain(`It may let ${who} spend from this limit, 1 level deep`);
  });

  it('are changed only as they were seen: who comes second is told to read again, and nothing of it is done', async () => {
    const { id, version } = await house.createGrant();
    const change = (amount: number, seen?: string) =>
      house.ask('PATCH', `/grants/${id}`, {
        authorization_details: [{ ...DETAILS, limits: { monthly_spend: amount } }],
        ...(seen !== undefined && { version: seen }),
      });
    const first = await change(9, version);
    const second = await change(3, version);
    expect([first.status, second.status]).toEqual([200, 409]);
    expect(second.body.error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Read it again'),
    });
    const pinned = await house.ask('PATCH', `/grants/${id}`, { device_ids: [], version });
    expect(pinned.status).toBe(409);
    const now = (await house.ask('GET', `/grants/${id}`)).body;
    expect(now).toMatchObject({
      version: first.body.version,
      authorization_details: [{ limits: { monthly_spend: 9 } }],
    });
    // Paused and with another token it is the same to who changes its limits.
    await house.ask('PATCH', `/grants/${id}`, { status: 'suspended' });
    await house.ask('POST', `/grants/${id}/token`);
    expect((await change(3, now.version)).status).toBe(200);
    expect((await change(2)).status).toBe(200);
  });

  it('have a limit reset: what was spent stops counting against it, and stays spent', async () => {
    const { id } = await house.createGrant();
    await house.admit(id, 'one');
    await house.settle('one');
    await house.admit(id, 'two');
    const limit = { provider: 'openai', unit: 'usd', per: 'month' };
    const { status, body } = await house.ask('POST', `/grants/${id}/reset-limit`, limit);
    expect(status).toBe(200);
    expect(body.parts[0].limits).toMatchObject([
      {
        settled: '0',
        held: '0.002',
        remaining: '4.998',
        reset: { at: '2026-11-22T12:00:00.000Z', amount: '0.0015' },
      },
      { unit: 'requests', settled: 1, held: 1, remaining: 98, reset: null },
    ]);
    expect(body.spent).toEqual({ today_usd: '0.0015', month_usd: '0.0015', total_usd: '0.0015', calls: 2 });
    await house.settle('two');
    expect((await house.ask('GET', '/usage')).body).toMatchObject({ month_usd: '0.003' });
    const again = await house.ask('POST', `/grants/${id}/reset-limit`, {
      ...limit,
      unit: 'requests',
      per: 'total',
    });
    expect(again.body.parts[0].limits).toMatchObject([
      { settled: '0.0015', reset: { amount: '0.0015' } },
      { settled: 0, held: 0, remaining: 100, reset: { amount: 2 } },
    ]);
  });

  it.each([
    ['a limit it does not have', { per: 'day' }, 'invalid_request', 'no limit of usd per day'],
    ['a provider it has no part for', { provider: 'anthropic' }, 'invalid_request', 'no part for anthropic'],
    ['a unit there is not', { unit: 'euros' }, 'invalid_request', 'unit'],
    ['more than is asked for', { amount: 5 }, 'unknown_field', 'amount'],
  ])('have nothing reset that names %s', async (_name, change, code, message) => {
    const { id } = await house.createGrant();
    const limit = { provider: 'openai', unit: 'usd', per: 'month', ...change };
    const answer = await house.ask('POST', `/grants/${id}/reset-limit`, limit);
    expect([answer.status, answer.body.error.code]).toEqual([400, code]);
    expect(answer.body.error.message).toContain(message);
  });

  it('have nothing reset once they are revoked', async () => {
    const { id } = await house.createGrant();
    await house.ask('POST', `/grants/${id}/revoke`);
    const limit = { provider: 'openai', unit: 'usd', per: 'month' };
    expect((await house.ask('POST', `/grants/${id}/reset-limit`, limit)).status).toBe(409);
    expect((await house.ask('POST', '/grants/gr_none/reset-limit', limit)).status).toBe(404);
  });

  it('stop for ever when revoked, and again when revoked again', async () => {
    const { id } = await house.createGrant();
    const first = await house.ask('POST', `/grants/${id}/revoke`);
    expect(first.body).toEqual({
      grant_id: id,
      revoked_at: '2026-11-22T12:00:00.000Z',
      grants_stopped: 1,
      streams_cut: 1,
    });
    expect(house.cut).toEqual([id]);
    expect((await house.ask('POST', `/grants/${id}/revoke`, {})).body).toMatchObject({
      grant_id: id,
      grants_stopped: 0,
    });
    expect((await house.ask('PATCH', `/grants/${id}`, { status: 'active' })).status).toBe(409);
    expect((await house.ask('POST', `/grants/${id}/token`)).status).toBe(409);
    expect((await house.ask('GET', '/grants')).body.data).toEqual([]);
    expect((await house.ask('GET', '/grants?status=all')).body.data).toHaveLength(1);
  });

  it('get a new token; the old one stops', async () => {
    const { id, token } = await house.createGrant();
    const { body } = await house.ask('POST', `/grants/${id}/token`);
    expect(body.token).toMatch(/^vk_/);
    expect(await house.grants.liveByKeyToken(token)).toBeNull();
    expect((await house.grants.liveByKeyToken(body.token))?.grant.id).toBe(id);
  });
});
