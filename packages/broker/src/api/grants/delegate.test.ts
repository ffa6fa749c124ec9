import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, ISSUER, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
let parentId: string;
beforeEach(async () => {
  house = await openApiHouse();
  await house.addKey();
  const made = await house.ask('POST', '/grants', {
    authorization_details: [{ ...DETAILS, delegation: { max_depth: 1 } }],
  });
  parentId = made.body.id;
});
afterEach(() => house.close());

const entry = (change: object = {}) => ({
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-5-mini'],
  capabilities: ['chat'],
  limits: { total_spend: 1 },
  ...change,
});
const make = (change: object = {}, body: object = {}, owner = 'ada') =>
  house.ask(
    'POST',
    `/grants/${parentId}/children`,
    { name: 'worker', authorization_details: [entry(change)], ...body },
    owner,
  );

describe('a grant', () => {
  it('is delegated by its owner: the child has a token of its own, shown once', async () => {
    const { status, body } = await make({}, { dpop_jkt: 'k'.repeat(43) });
    expect(status).toBe(201);
    expect(body).toEqual({
      grant_id: expect.stringMatching(/^gr_/),
      parent_grant_id: parentId,
      token: expect.stringMatching(/^vk_/),
      token_type: 'DPoP',
      expires_at: '2027-01-01T00:00:00.000Z',
      authorization_details: [
        {
          ...entry({ limits: { total_spend: 1, monthly_spend: 5, max_requests: 100 } }),
          expires: DETAILS.expires,
        },
      ],
      base_urls: { openai: `${ISSUER}/openai/v1` },
    });
    const live = await house.grants.liveByKeyToken(body.token);
    expect(live).toMatchObject({ grant: { id: body.grant_id }, keyTokenThumbprint: 'k'.repeat(43) });
    const read = await house.ask('GET', `/grants/${body.grant_id}`);
    expect(read.body).toMatchObject({
      parent_grant_id: parentId,
      depth: 1,
      name: 'worker',
      has_key_token: true,
    });
    expect(JSON.stringify(read.body)).not.toContain(body.token);
  });

  it.each([
    ['more than it has', { limits: { monthly_spend: 6 } }, 'limits.monthly_spend', 400, 'invalid_request'],
    [
      'deeper than it may',
      { delegation: { max_depth: 1 } },
      'delegation.max_depth',
      403,
      'delegation_not_permitted',
    ],
  ])('is not delegated for %s, and the member is named', async (_, change, member, refused, code) => {
    const { status, body } = await make(change);
    expect([status, body.error.code, Object.keys(body.error.fields)]).toEqual([refused, code, [member]]);
    expect((await house.ask('GET', '/grants')).body.data).toHaveLength(1);
    const told = await house.ask('GET', `/audit/changes?topic=access&grant_id=${parentId}&limit=1`);
    expect(told.body.data).toMatchObject([
      { kind: 'delegation.refused', grant_id: parentId, body: { members: [member], via: 'owner' } },
    ]);
  });

  it('is not delegated under a misleading name, with an unknown member, by a stranger, or once it has ended', async () => {
    expect((await make({}, { name: ' a' })).body.error.code).toBe('invalid_request');
    expect((await make({}, { parent: 'x' })).body.error.code).toBe('unknown_field');
    expect((await make({}, {}, 'eve')).status).toBe(404);
    await house.ask('POST', `/grants/${parentId}/revoke`);
    expect((await make()).body.error.code).toBe('conflict');
  });
});
