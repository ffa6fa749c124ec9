import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, CANARY, openApiHouse } from '../../../test/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

describe('provider keys', () => {
  it('are added, shown by their last four, replaced, tested and removed', async () => {
    const added = await house.ask('POST', '/provider-keys', {
      provider: 'openai',
      key: `${CANARY}\n`,
      label: 'main',
    });
    expect(added).toMatchObject({
      status: 201,
      body: { provider: 'openai', label: 'main', last_four: '4826', grants: 0, replaced_at: null },
    });
    const { id } = added.body;
    expect(
      (await house.ask('PUT', `/provider-keys/${id}`, { key: 'sk-another-key-9999' })).body,
    ).toMatchObject({
      id,
      last_four: '9999',
      replaced_at: '2026-11-22T12:00:00.000Z',
    });
    expect((await house.ask('POST', `/provider-keys/${id}/test`)).body).toEqual({
      ok: true,
      status: 200,
      message: 'OpenAI takes this key.',
    });
    expect(house.tested).toEqual([id]);
    const everything = JSON.stringify([
      await house.ask('GET', '/provider-keys'),
      added,
      await house.store.db.selectFrom('journal').selectAll().execute(),
    ]);
    expect(everything).not.toContain('canary');
    expect((await house.ask('DELETE', `/provider-keys/${id}`)).status).toBe(204);
    expect((await house.ask('GET', '/provider-keys')).body).toEqual({ data: [], next: null });
  });

  it('that grants draw on are removed only when that was meant, and take the grants along', async () => {
    const grant = await house.createGrant();
    const [key] = await house.vault.list('ada');
    expect((await house.ask('GET', '/provider-keys')).body.data[0].grants).toBe(1);
    const refused = await house.ask('DELETE', `/provider-keys/${key!.id}`);
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', fields: { grants: 1 } } },
    });
    expect((await house.ask('DELETE', `/provider-keys/${key!.id}?revoke_grants=true`)).status).toBe(204);
    expect((await house.ask('GET', `/grants/${grant.id}`)).body).toMatchObject({
      status: 'revoked',
      parts: [{ provider_key: null }],
    });
  });
});
