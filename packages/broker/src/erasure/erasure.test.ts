// What people wrote is gone from every table when it was erased, nothing else is, and the chain and the money are as they were.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiHouse, DETAILS, openApiHouse } from '../../test/api-house.ts';
import { readCallGraph } from '../audit/graph/read-call-graph.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await openApiHouse();
});
afterEach(() => house.close());

const NAME = 'Ada Lovelace private notebook';
const REASON = 'Because Ada said so';

/** Everything that stands in the database, table by table. */
const everything = async (): Promise<string> => {
  const { rows: tables } = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table'`.execute(house.store.db);
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql`select * from ${sql.table(name)}`.execute(house.store.db);
    texts.push(JSON.stringify(rows));
  }
  return texts.join('\n');
};

const erase = (body: object, owner?: string) => house.ask('POST', '/audit/erase', body, owner);

/** A grant with a delegated child, a call of it, and words of people on both. */
const makeNamed = async () => {
  await house.addKey(`${NAME} key`);
  const details = [{ ...DETAILS, reason: REASON, delegation: { max_depth: 1 } }];
  const made = await house.ask('POST', '/grants', { name: NAME, authorization_details: details });
  const child = await house.delegate(made.body.id, `${NAME} agent`, { reason: REASON });
  await house.admit(child.id, 'c1');
  await house.settle('c1');
  return { id: made.body.id as string, childId: child.id };
};

const verify = async () => (await house.ask('POST', '/ledger/compare')).body.faults;

describe('the journal', () => {
  it('never held a name or a reason, so that they can be erased where they stand', async () => {
    await makeNamed();
    const { rows } = await sql<{ body: string }>`select body from journal`.execute(house.store.db);
    expect(rows.length).toBeGreaterThan(5);
    for (const { body } of rows) expect(body).not.toMatch(/Ada|notebook|Because/);
    expect(await everything()).toContain(REASON);
  });
});

describe('erasing an access', () => {
  it('removes its words and those of all below it, and leaves chain, balances and the graph of its calls whole', async () => {
    const { id, childId } = await makeNamed();
    await house.grants.revoke('ada', id, 'owner');
    const before = await readCallGraph(house.store.db, 'ada', 'c1');
    expect(await erase({ grant_id: id })).toEqual({ status: 200, body: { grants: 2 } });
    const left = await everything();
    expect(left).not.toContain(REASON);
    expect(left.replaceAll(`${NAME} key`, '')).not.toContain(NAME);
    const { data } = (await house.ask('GET', '/calls')).body;
    expect([data[0].grant_id, data[0].grant_name]).toEqual([childId, 'erased']);
    expect(await readCallGraph(house.store.db, 'ada', 'c1')).toEqual(before);
    expect(await verify()).toEqual([]);
    const { data: changes } = (await house.ask('GET', `/audit/changes?grant_id=${id}&limit=1`)).body;
    expect(changes[0]).toMatchObject({ kind: 'data.erased', grant_name: 'erased' });
    expect((await erase({ grant_id: id })).status).toBe(200);
  });

  it('is refused while it can be used, and of others', async () => {
    const { id, childId } = await makeNamed();
    expect((await erase({ grant_id: id })).status).toBe(409);
    expect((await erase({ grant_id: childId })).status).toBe(409);
    await house.grants.revoke('ada', id, 'owner');
    expect((await erase({ grant_id: id }, 'eve')).status).toBe(404);
    expect((await erase({ grant_id: 'gr_9' })).status).toBe(404);
    expect((await erase({})).status).toBe(400);
    expect(await everything()).toContain(REASON);
  });
});

describe('erasing an app', () => {
  it('is for one that was removed; it stays removed, without a name', async () => {
    const app = { name: NAME, redirect_uris: ['https://ada.example/cb'], type: 'public' };
    const { body } = await house.ask('POST', '/clients', app);
    expect((await erase({ client_id: body.id })).status).toBe(409);
    await house.ask('DELETE', `/clients/${body.id}`);
    expect((await erase({ client_id: body.id }, 'eve')).status).toBe(404);
    expect(await erase({ client_id: body.id })).toEqual({ status: 200, body: { grants: 0 } });
    expect(await everything()).not.toMatch(/Ada Lovelace|ada\.example\/cb/);
    expect((await house.ask('GET', '/clients')).body.data).toEqual([]);
  });
});

describe('erasing an owner', () => {
  it('ends and erases all that is theirs, only when their address is named, and nothing of anybody else', async () => {
    const user = sql`insert into "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt")
      values ('ada', ${NAME}, 'ada@example.com', 0, '2026', '2026'), ('eve', 'Eve', 'eve@example.com', 0, '2026', '2026')`;
    await user.execute(house.store.db);
    const { id } = await makeNamed();
    expect((await erase({ owner_email: 'eve@example.com' })).status).toBe(400);
    expect((await house.grants.get('ada', id))?.status).toBe('active');
    expect((await erase({ owner_email: 'ada@example.com' })).status).toBe(200);
    const left = await everything();
    expect(left).not.toMatch(/Ada Lovelace|Because|ada@example/);
    expect(left).toContain('eve@example.com');
    expect((await house.grants.list('ada')).map(({ status }) => status)).toEqual(['revoked', 'revoked']);
    expect(await house.vault.list('ada')).toEqual([]);
    expect(await verify()).toEqual([]);
  });
});
