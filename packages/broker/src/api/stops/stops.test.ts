import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const statuses = async () => {
  const { data } = (await house.ask('GET', '/grants')).body;
  return data.map((each: { status: string; stopped_by: string | null }) => [each.status, each.stopped_by]);
};

describe('stops', () => {
  it('of everything say what ended, are listed, and end', async () => {
    await house.createGrant();
    const { status, body } = await house.ask('POST', '/stops', { scope: 'everything' });
    const stop = {
      id: expect.stringMatching(/^st_/),
      scope: 'everything',
      client: null,
      provider_key: null,
      began_at: '2026-11-22T12:00:00.000Z',
    };
    expect([status, body]).toEqual([200, { stop, grants_stopped: 1, streams_cut: 0 }]);
    expect((await house.ask('GET', '/stops')).body.data).toEqual([body.stop]);
    expect((await house.ask('GET', '/stops', undefined, 'eve')).body.data).toEqual([]);
    expect(await statuses()).toEqual([['active', 'everything']]);
    const again = await house.ask('POST', '/stops', { scope: 'everything' });
    expect(again.body).toEqual({ stop: body.stop, grants_stopped: 0, streams_cut: 0 });
    expect((await house.ask('DELETE', `/stops/${body.stop.id}`)).status).toBe(204);
    expect((await house.ask('GET', '/stops')).body.data).toEqual([]);
    expect(await statuses()).toEqual([['active', null]]);
    expect((await house.ask('DELETE', `/stops/${body.stop.id}`)).status).toBe(404);
  });

  it('of a provider key name it, and nothing can be made while everything is stopped', async () => {
    const grant = await house.createGrant();
    const keyId = grant.parts[0].provider_key.id;
    const { body } = await house.ask('POST', '/stops', { scope: 'provider_key', provider_key_id: keyId });
    expect(body.stop.provider_key).toEqual({
      id: keyId,
      provider: 'openai',
      label: 'main',
      last_four: '4826',
    });
    expect(await statuses()).toEqual([['active', 'provider_key']]);
    await house.ask('POST', '/stops', { scope: 'everything' });
    const made = await house.ask('POST', '/grants', {
      authorization_details: [{ type: 'ai_model_access', provider: 'sandbox' }],
    });
    expect([made.status, made.body.error.message]).toEqual([409, 'Everything is stopped. Resume it first.']);
  });

  it('of an app reach every grant of it and what is below', async () => {
    const tool = await house.createGrant();
    const { parts } = (await house.grants.get('ada', tool.id))!;
    const made = await house.grants.create({
      ownerId: 'ada',
      clientId: 'writer',
      name: 'Writer',
      parts: [
        { providerKeyId: parts[0]!.providerKeyId, access: { ...parts[0]!.access, delegationMaxDepth: 1 } },
      ],
      unknownFields: 'refuse',
      via: 'test',
    });
    if (!made.ok) throw new Error(made.error.detail);
    await house.delegate(made.value.id, 'worker');
    const { body } = await house.ask('POST', '/stops', { scope: 'app', client_id: 'writer' });
    expect(body).toMatchObject({ stop: { client: { id: 'writer' } }, grants_stopped: 2 });
    const { data } = (await house.ask('GET', '/grants')).body;
    const stoppedBy = Object.fromEntries(
      data.map((each: { name: string; stopped_by: string | null }) => [each.name, each.stopped_by]),
    );
    expect(stoppedBy).toEqual({ Notes: null, Writer: 'app', worker: 'app' });
  });

  it.each([
    ['another scope', { scope: 'all' }, 400],
    ['no app', { scope: 'app' }, 400],
    ['more than it needs', { scope: 'everything', client_id: 'x' }, 400],
    ['an app that has nothing', { scope: 'app', client_id: 'nobody' }, 404],
    ['a key that is not there', { scope: 'provider_key', provider_key_id: 'pk_none' }, 404],
  ])('are refused for %s', async (_name, body, status) => {
    expect((await house.ask('POST', '/stops', body)).status).toBe(status);
    expect((await house.ask('GET', '/stops')).body.data).toEqual([]);
  });
});
