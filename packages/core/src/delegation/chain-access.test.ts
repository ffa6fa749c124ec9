// Attenuation at use: every link above decides who may hold what is below it, whatever was allowed when it was made.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accesses, recipientNames } from '../access/access.arbitrary.ts';
import { checkNarrowed } from '../access/check-within.ts';
import { type ModelAccess, unrestrictedAccess } from '../access/model-access.ts';
import { type ChildLink, chainAccess, mayReceive, type Recipient } from './chain-access.ts';

const agent: Recipient = { isOwnAgent: true, provenClientId: null };
const proven: Recipient = { isOwnAgent: false, provenClientId: 'client-a' };
const merelyNamed: Recipient = { isOwnAgent: false, provenClientId: null };

const right = (delegationMaxDepth: number, delegationTo: readonly string[] | null = null): ModelAccess => ({
  ...unrestrictedAccess('openai'),
  delegationMaxDepth,
  delegationTo,
});

describe('mayReceive', () => {
  it.each<[string, readonly string[] | null, Recipient, boolean]>([
    ['anyone: an agent', null, agent, true],
    ['anyone: a client that is only named', null, merelyNamed, true],
    ['own agents: an agent', ['own_agents'], agent, true],
    ['own agents: a client that proved itself', ['own_agents'], proven, false],
    ['own agents: a client that is only named', ['own_agents'], merelyNamed, false],
    ['a client: that client, proven', ['client-a'], proven, true],
    ['a client: that client, only named', ['client-a'], merelyNamed, false],
    ['a client: an agent', ['client-a'], agent, false],
    ['another client', ['client-b'], proven, false],
    ['nobody', [], agent, false],
  ])('%s', (_, to, recipient, allowed) => {
    expect(mayReceive(right(1, to), recipient)).toBe(allowed);
    expect(mayReceive(right(0, to), recipient)).toBe(false);
  });

  it('takes a right that an older release stored for one that goes to anyone', () => {
    const { delegationTo: _, ...stored } = right(1);
    expect(mayReceive(stored as ModelAccess, merelyNamed)).toBe(true);
    expect(chainAccess(stored as ModelAccess, [{ access: stored as ModelAccess, recipient: agent }])).toEqual(
      {
        access: right(0),
        isPermitted: true,
      },
    );
  });
});

const recipients: fc.Arbitrary<Recipient> = fc.record({
  isOwnAgent: fc.boolean(),
  provenClientId: fc.option(fc.constantFrom(...recipientNames.slice(1))),
});
const chains = fc.array(fc.record<ChildLink>({ access: accesses, recipient: recipients }), { maxLength: 4 });

describe('chainAccess', () => {
  it('ends a chain at the first link that may not be delegated to the next, also where those below would allow it', () => {
    const links = [
      { access: right(2, ['own_agents']), recipient: agent },
      { access: right(1), recipient: proven },
    ];
    expect(chainAccess(right(3), links).isPermitted).toBe(false);
    expect(chainAccess(right(3, ['own_agents']), [{ access: right(2), recipient: agent }])).toMatchObject({
      access: { delegationMaxDepth: 2, delegationTo: ['own_agents'] },
      isPermitted: true,
    });
  });

  it('counts levels from the top: a depth that shrank ends what hangs too deep', () => {
    const links = [right(1), right(0)].map((access) => ({ access, recipient: agent }));
    expect([2, 1, 0].map((depth) => chainAccess(right(depth), links).isPermitted)).toEqual([
      true,
      false,
      false,
    ]);
    expect([2, 1, 0].map((depth) => chainAccess(right(depth), links.slice(0, 1)).isPermitted)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('never widens: the end lies within every link above it', () => {
    fc.assert(
      fc.property(accesses, chains, (top, below) => {
        const { access } = chainAccess(top, below);
        for (const link of [{ access: top }, ...below])
          expect(checkNarrowed(access, link.access).ok).toBe(true);
        expect(access.delegationMaxDepth).toBeLessThanOrEqual(
          Math.max(0, top.delegationMaxDepth - below.length),
        );
      }),
    );
  });

  it('narrowing any link never permits a chain that was not permitted', () => {
    const one = fc.record({
      at: fc.nat(4),
      depth: fc.nat(4),
      to: fc.option(fc.subarray(recipientNames, { minLength: 1 })),
    });
    fc.assert(
      fc.property(accesses, chains, one, (top, below, { at, depth, to }) => {
        const narrowed = (access: ModelAccess): ModelAccess => {
          const less = Math.min(depth, access.delegationMaxDepth);
          const both =
            access.delegationTo && to ? access.delegationTo.filter((each) => to.includes(each)) : null;
          return { ...access, delegationMaxDepth: less, delegationTo: both ?? access.delegationTo ?? to };
        };
        const before = chainAccess(top, below).isPermitted;
        const after = chainAccess(
          at === 0 ? narrowed(top) : top,
          below.map((link, index) => (index + 1 === at ? { ...link, access: narrowed(link.access) } : link)),
        ).isPermitted;
        if (!before) expect(after).toBe(false);
      }),
    );
  });

  it('permits only recipients that every link above them allows', () => {
    fc.assert(
      fc.property(accesses, chains, (top, below) => {
        fc.pre(chainAccess(top, below).isPermitted);
        const links = [top, ...below.map(({ access }) => access)];
        for (const [index, { recipient }] of below.entries()) {
          for (const above of links.slice(0, index + 1)) expect(mayReceive(above, recipient)).toBe(true);
        }
      }),
    );
  });
});
