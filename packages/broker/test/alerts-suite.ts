// What alerts promise, on whichever engine: what is in the journal is told once, whoever reads it and whenever a process ends, and sent until
// it is taken. Test code. `rooms` are two replicas where the engine has them, else the same one twice.

import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { noticeIdleGrants } from '../src/alerts/idle-grants.ts';
import { MOST_ATTEMPTS } from '../src/alerts/outbox.ts';
import { systemAmbient } from '../src/clock.ts';
import { type AlertHouse, DAY_MS, HOUR_MS, type OpenAlertEngines, useAlertHouse } from './alerts-house.ts';

const limitTests = ({ clock, rooms, owner, give, spend, look, thresholds }: AlertHouse): void => {
  it('tell each threshold of each limit once, the highest that was reached', async () => {
    const grantId = await give(10);
    await spend(grantId, 4);
    await look();
    expect(await thresholds()).toEqual([]);
    await spend(grantId, 1);
    await look();
    await look();
    expect(await thresholds()).toEqual([['grant', 50]]);
    clock.nowMs += 1;
    await spend(grantId, 5);
    await look();
    expect(await thresholds()).toEqual([
      ['grant', 100],
      ['grant', 50],
    ]);
  });

  it('tell again in the next window, after a reset and after another amount', async () => {
    const grantId = await give(10);
    await spend(grantId, 9);
    await look();
    clock.nowMs += DAY_MS;
    await spend(grantId, 8);
    await look();
    expect(await thresholds()).toHaveLength(2);
    await rooms()[0].grants.resetLimit(owner(), grantId, { provider: 'openai', unit: 'usd', per: 'day' });
    clock.nowMs += 1;
    await spend(grantId, 8);
    await look();
    expect((await thresholds()).filter(([, share]) => share === 80)).toHaveLength(3);
  });

  it('tell of a provider key’s limit, whatever spent it, and of no pace', async () => {
    const [one, two] = [await give(40, 'minute'), await give(40, 'minute')];
    await spend(one, 30);
    await spend(two, 30);
    await look();
    expect(await thresholds()).toEqual([['key', 50]]);
  });

  it('are those that the owner wants', async () => {
    const grantId = await give(10);
    expect(await rooms()[0].alerts.thresholds(owner())).toEqual([50, 80, 100]);
    await rooms()[0].alerts.setThresholds(owner(), [100, 80]);
    expect(await rooms()[1].alerts.thresholds(owner())).toEqual([80, 100]);
    await spend(grantId, 6);
    await look();
    expect(await thresholds()).toEqual([]);
    await spend(grantId, 4);
    await look();
    expect(await thresholds()).toEqual([['grant', 100]]);
  });
};

const eventTests = ({ clock, rooms, owner, give, spend, record, look, list }: AlertHouse): void => {
  it('count refusals of a grant by code and hour', async () => {
    const grantId = await give(10);
    await record('call.refused', grantId, { code: 'budget_exhausted' }, 3);
    await look();
    await record('call.refusals', grantId, { code: 'budget_exhausted', more: 40 });
    await record('call.refused', grantId, { code: 'model_not_permitted' });
    await look();
    const told = (await list()).map(({ kind, times, details }) => [kind, times, details]);
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(['refusals', 43, { code: 'budget_exhausted' }]);
    expect(told).toContainEqual(['refusals', 1, { code: 'model_not_permitted' }]);
    clock.nowMs += HOUR_MS;
    await record('call.refused', grantId, { code: 'model_not_permitted' });
    await look();
    expect(await list()).toHaveLength(3);
  });

  it('tell of each sign-in in a browser that was not known, but of the first into an account', async () => {
    const signIn = (session_id: string, known_browser?: boolean) =>
      record('owner.signed_in', null, { session_id, ...(known_browser !== undefined && { known_browser }) });
    await signIn('first', false);
    await look();
    expect(await list()).toEqual([]);
    await signIn('known', true);
    await signIn('terminal');
    await signIn('new', false);
    await look();
    await signIn('newer', false);
    await look();
    const told = (await list()).map(({ kind, details }) => ({ kind, ...details }));
    expect(told).toEqual(
      expect.arrayContaining([
        { kind: 'sign_in', session_id: 'new' },
        { kind: 'sign_in', session_id: 'newer' },
      ]),
    );
    expect(told).toHaveLength(2);
  });

  it('tell of a device, a request for more, an unknown cost and odd usage, with the names of now', async () => {
    const grantId = await give(10);
    await record('device.enrolled', null, { device_id: 'dev_1' });
    await record('request.made', grantId, { request_id: 'req_1' });
    const odd = await spend(grantId, 1, { anomalies: ['unknown_unit'] });
    const unknown = await spend(grantId, 1, { unconfirmed: true, anomalies: [] });
    const over = await spend(grantId, 1, { anomalies: [] }, 2);
    await spend(await give(10), 1, { anomalies: [] });
    await look();
    const told = (await list()).map(({ kind, details, grant }) => ({ kind, ...details, name: grant?.name }));
    expect(told).toHaveLength(5);
    expect(told).toEqual(
      expect.arrayContaining([
        { kind: 'device', device_id: 'dev_1', name: undefined },
        { kind: 'request', request_id: 'req_1', name: 'planner' },
        { kind: 'anomaly', call_id: odd, what: 'odd_usage', name: 'planner' },
        { kind: 'anomaly', call_id: over, what: 'overrun', name: 'planner' },
        { kind: 'anomaly', call_id: unknown, what: 'unconfirmed', name: 'planner' },
      ]),
    );
    await rooms()[0].alerts.acknowledge(owner(), (await list())[0]!.id);
    expect(await list()).toHaveLength(4);
    await rooms()[0].alerts.acknowledge(owner(), 'all');
    expect([(await list()).length, (await list('all')).length]).toEqual([0, 5]);
    expect(await rooms()[0].alerts.acknowledge('eve', (await list('all'))[0]!.id)).toMatchObject({
      ok: false,
    });
  });
};

const readingTests = (house: AlertHouse): void => {
  const { clock, receiver, rooms, owner, give, spend, record, look, list, addHook, deliver, reopen } = house;
  it('lose nothing that was written before a process read it, and tell nothing twice in the next', async () => {
    const grantId = await give(10);
    await record('call.refused', grantId, { code: 'budget_exhausted' });
    await look();
    await record('call.refused', grantId, { code: 'model_not_permitted' });
    const next = reopen();
    await look([next]);
    const after = reopen();
    await look([after]);
    expect((await list()).map(({ times }) => times)).toEqual([1, 1]);
  });

  it('raise all of it or nothing where the database fails half-way, and go on later', async () => {
    const { destination } = await addHook();
    await record('call.refused', await give(10), { code: 'rate_limited' }, 3);
    const { db } = rooms()[0];
    await sql`alter table alert_deliveries rename to alert_deliveries_away`.execute(db);
    const failing = reopen();
    await expect(look([failing])).rejects.toThrow();
    expect(await list()).toEqual([]);
    await sql`alter table alert_deliveries_away rename to alert_deliveries`.execute(db);
    await look([reopen()]);
    expect((await list()).map(({ times }) => times)).toEqual([3]);
    await deliver();
    expect(receiver.taken).toHaveLength(1);
    await rooms()[0].alerts.removeDestination(owner(), destination.id);
  });

  it('count each refusal once while four look at the same time, again and again', async () => {
    const grantId = await give(10);
    const looking = [...rooms(), reopen(), reopen()];
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([
        record('call.refused', grantId, { code: 'rate_limited' }, 20),
        look(looking),
        look(looking),
      ]);
    }
    await look(looking);
    expect((await list()).reduce((sum, { times }) => sum + times, 0)).toBe(100);
  });

  it('read a journal of any length, from where it was read to', async () => {
    const grantId = await give(10);
    await record('call.replayed', grantId, {}, 2_400);
    await look();
    await record('call.refused', grantId, { code: 'rate_limited' });
    await look();
    expect((await list()).map(({ times }) => times)).toEqual([1]);
  });

  it('tell once of a grant that nobody uses, and again when it was used and left', async () => {
    const grantId = await give(10);
    const { db } = rooms()[0];
    const ambient = { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes };
    const told = async () => (await list()).filter(({ kind }) => kind === 'idle').length;
    const idle = () => noticeIdleGrants(db, ambient).then(told);
    expect(await idle()).toBe(0);
    clock.nowMs += 31 * DAY_MS;
    expect([await idle(), await idle()]).toEqual([1, 1]);
    await spend(grantId, 1);
    expect(await idle()).toBe(1);
    clock.nowMs += 31 * DAY_MS;
    expect([await idle(), await idle()]).toEqual([2, 2]);
    const below = await give(10);
    await spend(below, 1);
    await db.updateTable('grants').set({ parent_grant_id: grantId }).where('id', '=', below).execute();
    expect(await idle()).toBe(2);
    clock.nowMs += 31 * DAY_MS;
    expect([await idle(), await idle()]).toEqual([3, 3]);
  });
};

const keepingTests = (house: AlertHouse): void => {
  const { clock, rooms, owner, give, spend, record, look, list } = house;
  it('are kept for a year or as long as calls, and what would be raised anew until its grant ends', async () => {
    const { db, alerts, grants } = rooms()[0];
    const kinds = async () =>
      (await list('all')).map((each) => (each.kind === 'limit' ? each.details.per : each.kind)).sort();
    const [daily, total] = [await give(10), await give(10, 'total')];
    await spend(daily, 10);
    await spend(total, 10);
    await record('call.refused', daily, { code: 'budget_exhausted' });
    await record('device.enrolled', null, { device_id: 'dev_1' });
    await look();
    clock.nowMs += 31 * DAY_MS;
    await noticeIdleGrants(db, { now: () => clock.nowMs, randomBytes: systemAmbient.randomBytes });
    const all = ['day', 'device', 'idle', 'idle', 'refusals', 'total'];
    expect(await kinds()).toEqual(all);
    await alerts.purge(35);
    expect(await kinds()).toEqual(all);
    clock.nowMs += 36 * DAY_MS;
    await alerts.purge(null);
    expect(await kinds()).toEqual(all);
    await alerts.purge(35);
    expect(await kinds()).toEqual(['idle', 'idle', 'total']);
    await grants.revoke(owner(), total, 'test');
    clock.nowMs += 330 * DAY_MS;
    await record('device.enrolled', null, { device_id: 'dev_2' });
    await look();
    clock.nowMs += 2 * DAY_MS;
    await alerts.purge(1_000);
    expect(await kinds()).toEqual(['device', 'idle']);
  });

  it('that were forgotten are not raised again', async () => {
    const { alerts } = rooms()[0];
    const grantId = await give(10);
    await spend(grantId, 9);
    await record('call.refused', grantId, { code: 'budget_exhausted' });
    await look();
    clock.nowMs += 36 * DAY_MS;
    await alerts.purge(35);
    await record('call.replayed', grantId, {});
    await look([house.reopen()]);
    expect(await list('all')).toEqual([]);
  });
};

const refusingOnce =
  ({ give, record, look }: AlertHouse) =>
  async () => {
    const grantId = await give(10);
    await record('call.refused', grantId, { code: 'budget_exhausted' });
    await look();
  };

const deliveryTests = (house: AlertHouse): void => {
  const { clock, receiver, rooms, owner, addHook, deliver, deliveries } = house;
  const refuseOnce = refusingOnce(house);

  it('are sent once to each destination, whoever sends, and hold names and a link', async () => {
    await addHook('https://hooks.test/a');
    await addHook('https://hooks.test/b');
    await refuseOnce();
    await deliver();
    await deliver();
    expect(receiver.taken.map(({ url }) => url).sort()).toEqual([
      'https://hooks.test/a',
      'https://hooks.test/b',
    ]);
    const [{ message } = { message: null }] = receiver.taken;
    expect(message).toMatchObject({
      type: 'alert.refusals',
      data: { kind: 'refusals', times: 1, grant: { name: 'planner' }, details: { code: 'budget_exhausted' } },
    });
    expect((await deliveries()).map(({ status, attempts }) => [status, attempts])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
    ]);
  });

  it('are written in the language of their owner, whatever programs read of them', async () => {
    await addHook();
    await refuseOnce();
    const row = { owner_id: owner(), role: 'owner', invitation_id: `inv_${owner()}`, language: 'de' };
    await rooms()[0].db.insertInto('owners').values(row).execute();
    await deliver();
    expect(receiver.taken.map(({ message }) => message)).toMatchObject([
      {
        type: 'alert.refusals',
        subject: 'Aufrufe wurden abgelehnt',
        data: { kind: 'refusals', summary: 'planner wurde abgelehnt (budget_exhausted).' },
      },
    ]);
  });

  it('are tried again with longer waits, given up in the end, and begun anew on demand', async () => {
    await addHook();
    receiver.answer = { ok: false, isGone: false, message: 'The address answered 500.' };
    await refuseOnce();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      await deliver();
      expect(receiver.taken).toHaveLength(attempt);
      const [next] = await deliveries();
      expect(next).toMatchObject({ attempts: attempt, problem: 'The address answered 500.' });
      if (attempt === MOST_ATTEMPTS) break;
      waits.push(next!.nextAtMs! - clock.nowMs);
      await deliver();
      expect(receiver.taken).toHaveLength(attempt);
      clock.nowMs = next!.nextAtMs!;
    }
    expect(waits.every((wait, at) => wait > (waits[at - 1] ?? 0) * 0.6)).toBe(true);
    expect([waits[0]! >= 24_000, waits.at(-1)! > 6 * HOUR_MS]).toEqual([true, true]);
    const [dead] = await deliveries();
    expect(dead).toMatchObject({ status: 'dead', nextAtMs: null });
    clock.nowMs += DAY_MS;
    await deliver();
    expect(receiver.taken).toHaveLength(MOST_ATTEMPTS);
    expect(await rooms()[0].alerts.retry('eve', dead!.id)).toMatchObject({ ok: false });
    receiver.answer = { ok: true, isGone: false, message: '' };
    expect(await rooms()[0].alerts.retry(owner(), dead!.id)).toMatchObject({ ok: true });
    await deliver();
    expect((await deliveries()).map(({ status }) => status)).toEqual(['delivered']);
    expect(new Set(receiver.taken.map(({ message }) => message.id)).size).toBe(1);
  });
};

const oneRefusal =
  ({ clock, give, record, look }: AlertHouse) =>
  async (code: string) => {
    await record('call.refused', await give(10), { code });
    await look();
    clock.nowMs += 1;
  };

const laneTests = (house: AlertHouse): void => {
  const { receiver, addHook, deliver, deliveries } = house;
  const refuse = oneRefusal(house);
  const takenBy = (url: string) => receiver.taken.filter((each) => each.url === url).length;

  it('do not wait for nine destinations that hang, and go on while they do', async () => {
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    for (let at = 0; at < 9; at += 1) {
      await addHook(`https://hooks.test/${at}`);
      receiver.slow.set(`https://hooks.test/${at}`, promise);
    }
    const good = 'https://hooks.test/good';
    await addHook(good);
    const runs: Promise<unknown>[] = [];
    for (const [at, code] of ['rate_limited', 'budget_exhausted', 'model_not_permitted'].entries()) {
      await refuse(code);
      runs.push(deliver());
      await expect.poll(() => takenBy(good), { timeout: 30_000 }).toBe(at + 1);
    }
    expect(receiver.taken).toHaveLength(9 + 3);
    answer();
    await Promise.all(runs);
    expect(new Set((await deliveries()).map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(receiver.taken).toHaveLength(10 * 3);
  });

  it('go to one destination one after another, oldest first, whichever replica sends', async () => {
    await addHook();
    const codes = ['rate_limited', 'budget_exhausted', 'model_not_permitted', 'capability_not_permitted'];
    for (const code of codes) await refuse(code);
    const turns = codes.map(() => Promise.withResolvers<void>());
    receiver.slow.set('https://hooks.test/a', turns[0]!.promise);
    const run = deliver();
    for (const [at, turn] of turns.entries()) {
      await expect.poll(() => receiver.taken.length, { timeout: 30_000 }).toBe(at + 1);
      await deliver();
      expect(receiver.taken).toHaveLength(at + 1);
      receiver.slow.set('https://hooks.test/a', turns[at + 1]?.promise ?? Promise.resolve());
      turn.resolve();
    }
    await run;
    expect(receiver.taken.map(({ message }) => message.data.details)).toEqual(
      codes.map((code) => ({ code })),
    );
  });
};

const restTests = (house: AlertHouse): void => {
  const { clock, receiver, rooms, owner, addHook, deliver, deliveries } = house;
  const refuse = oneRefusal(house);

  it('rest a moment where one was not taken, and then the next one goes', async () => {
    await addHook();
    for (const code of ['rate_limited', 'budget_exhausted']) await refuse(code);
    receiver.answer = { ok: false, isGone: false, message: 'The address answered 500.' };
    await deliver();
    expect(receiver.taken).toHaveLength(1);
    clock.nowMs += 10_000;
    await deliver();
    expect(receiver.taken.map(({ message }) => message.data.details)).toEqual([
      { code: 'rate_limited' },
      { code: 'budget_exhausted' },
    ]);
  });

  it('go later, under the same id, where the database fails while they are sent', async () => {
    const url = 'https://hooks.test/failing';
    await addHook(url);
    await refuse('rate_limited');
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    receiver.slow.set(url, promise);
    const taken = () => receiver.taken.filter((each) => each.url === url).map(({ message }) => message.id);
    const run = rooms()[0].outbox.run();
    await expect.poll(() => taken().length, { timeout: 30_000 }).toBe(1);
    const { db } = rooms()[0];
    await sql`alter table alert_deliveries rename to alert_deliveries_away`.execute(db);
    answer();
    await expect(run).rejects.toThrow();
    await sql`alter table alert_deliveries_away rename to alert_deliveries`.execute(db);
    clock.nowMs += 120_000;
    await deliver();
    expect(taken()).toEqual([taken()[0], taken()[0]]);
  });

  it('go on where a process that sent there has died, and end where their destination is gone', async () => {
    const url = 'https://hooks.test/died';
    const { destination } = await addHook(url);
    const taken = () => receiver.taken.filter((each) => each.url === url).length;
    await refuse('rate_limited');
    const { db } = rooms()[0];
    const leased_until = clock.nowMs + 120_000;
    await db
      .updateTable('alert_destinations')
      .set({ leased_until })
      .where('id', '=', destination.id)
      .execute();
    await deliver();
    expect(taken()).toBe(0);
    clock.nowMs += 120_000;
    await deliver();
    expect(taken()).toBe(1);
    await refuse('budget_exhausted');
    await db.deleteFrom('alert_destinations').where('owner_id', '=', owner()).execute();
    await deliver();
    expect((await deliveries())[0]).toMatchObject({ status: 'dead', problem: 'It was removed.' });
  });
};

const endingTests = (house: AlertHouse): void => {
  const { clock, receiver, rooms, owner, addHook, deliver, deliveries } = house;
  const refuseOnce = refusingOnce(house);

  it('are not tried again where the receiver is gone, nor where the destination was removed', async () => {
    const { destination } = await addHook();
    receiver.answer = { ok: false, isGone: true, message: 'The address answered 410.' };
    await refuseOnce();
    await deliver();
    expect(await deliveries()).toMatchObject([{ status: 'dead', attempts: 1 }]);
    expect(await rooms()[0].alerts.removeDestination('eve', destination.id)).toMatchObject({ ok: false });
    await rooms()[0].alerts.removeDestination(owner(), destination.id);
    expect([await deliveries(), await rooms()[0].alerts.destinations(owner())]).toEqual([[], []]);
    await deliver();
    expect(receiver.taken).toHaveLength(1);
  });

  it('go on after a process that claimed one and died', async () => {
    await addHook();
    await refuseOnce();
    const { db } = rooms()[0];
    const claimed = { attempts: 1, next_at: clock.nowMs + 60_000 };
    await db.updateTable('alert_deliveries').where('owner_id', '=', owner()).set(claimed).execute();
    await deliver();
    expect(receiver.taken).toHaveLength(0);
    clock.nowMs += 60_000;
    await deliver();
    expect(receiver.taken).toHaveLength(1);
  });
};

/** Registers the tests for one engine. */
export const describeAlerts = (name: string, open: OpenAlertEngines): void => {
  describe(`alerts on ${name}`, () => {
    const house = useAlertHouse(open);
    describe('of limits', () => limitTests(house));
    describe('of what happened', () => eventTests(house));
    describe('of what is read', () => readingTests(house));
    describe('of long ago', () => keepingTests(house));
    describe('on their way', () => {
      deliveryTests(house);
      laneTests(house);
      restTests(house);
      endingTests(house);
    });
  });
};
