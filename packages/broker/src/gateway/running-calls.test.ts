// The calls that run, against a set that nobody can get wrong.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cuttable, RunningCalls, Ticket } from './running-calls.ts';

const GRANTS = ['gr_root', 'gr_child', 'gr_other'] as const;

/** A call of a grant, or of one below the first. */
const ticketOf = (grantId: (typeof GRANTS)[number]) => {
  const path = (grantId === 'gr_child' ? ['gr_root', 'gr_child'] : [grantId]).map((id) => ({ grantId: id }));
  return new Ticket({ grant: { id: grantId, ownerId: 'u_1' }, path } as never);
};

/** What is on the wire of a call that takes itself out when it is cut, as an exchange does. */
const onTheWire = (running: RunningCalls, ticket: Ticket): Cuttable => ({
  cut: () => running.remove(ticket),
  checkTime: () => {},
});

it('whatever comes, goes twice or is cut in the middle, exactly the calls that came and did not go are found', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('add', 'remove', 'cut'), fc.nat({ max: 11 }), fc.constantFrom(...GRANTS)),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (drawn) => {
      const running = new RunningCalls();
      const tickets = Array.from({ length: 12 }, (_, at) => ticketOf(GRANTS[at % 3]!));
      for (const ticket of tickets) ticket.exchange = onTheWire(running, ticket);
      const expected = new Set<Ticket>();
      for (const [step, at, grantId] of drawn) {
        const ticket = tickets[at]!;
        if (step === 'add') {
          running.add(ticket);
          expected.add(ticket);
        } else if (step === 'remove') {
          running.remove(ticket);
          expected.delete(ticket);
        } else {
          const concerned = [...expected].filter(({ path }) => path.includes(grantId));
          const isNew = concerned.filter(({ stopped }) => stopped === null);
          expect(running.cut({ grantIds: [grantId], providerKeyIds: [] }, 'revoked')).toBe(isNew.length);
          for (const cut of isNew) expected.delete(cut);
        }
        expect(new Set(running.find())).toEqual(expected);
        expect(running.count).toBe(expected.size);
      }
    }),
  );
});

it('all are cut, though each takes itself out meanwhile, and whoever waits for the last is told', async () => {
  const running = new RunningCalls();
  const tickets = Array.from({ length: 5 }, () => ticketOf('gr_root'));
  for (const ticket of tickets) {
    ticket.exchange = onTheWire(running, ticket);
    running.add(ticket);
  }
  const idle = running.whenIdle();
  running.cutAll('cut_off');
  await idle;
  expect(tickets.map(({ stopped }) => stopped)).toEqual(Array(5).fill('cut_off'));
  expect(running.count).toBe(0);
});
