// Short lives of trees of grants in every test run, on both engines and on replicas, and the proof that the oracle is no rubber stamp: each
// planted defect is found. Long lives run by hand: `npm run sim -- --engine postgres --replicas 3`.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Grants, LiveGrant } from '../../../src/grants/contract.ts';
import { type PostgresServer, startPostgres } from '../../postgres/start-postgres.ts';
import { altered } from '../altered.ts';
import { openEmbeddedHouse, openPostgresHouse } from './tree-house.ts';
import { simulateTrees, type TreeReport } from './tree-simulation.ts';

const sayOf = ({ seed, steps, violations }: TreeReport) =>
  violations.map((each) => `npm run sim -- --seed ${seed} --steps ${steps}: ${each}`);

const readsAs = (change: (live: LiveGrant) => Partial<LiveGrant>) => (grants: Grants) => {
  const changed = async (read: Promise<LiveGrant | null>) => {
    const live = await read;
    return live && { ...live, ...change(live) };
  };
  return {
    live: (id: string) => changed(grants.live(id)),
    reread: (id: string) => changed(grants.reread(id)),
  };
};

/** Defects of the grants, and what the oracle says of each. */
const DEFECTS: readonly [name: string, change: (grants: Grants) => Partial<Grants>, found: RegExp][] = [
  [
    'let a child use every model',
    readsAs(({ parts }) => ({
      parts: parts.map((part) => ({ ...part, access: { ...part.access, models: null } })),
    })),
    /beyond its rights|gpt/,
  ],
  [
    'leave out of the record who stands between',
    readsAs(({ path }) => ({ path: path.filter((_, at) => at !== 1) })),
    /path/,
  ],
  [
    'say that a grant is revoked, and let it be',
    () => ({
      revoke: async (_, grantId) => ({
        ok: true,
        value: { grantId, revokedAtMs: 0, grantIds: [], callsCut: 0 },
      }),
    }),
    /lost: .*revoke|was forwarded after/,
  ],
  [
    'say that everything is stopped, and let it be',
    () => ({
      stop: async (_, what) => ({
        ok: true,
        value: { stop: { id: 'st_1', what, beganAtMs: 0 }, grants: 0, callsCut: 0 },
      }),
    }),
    /lost: .*stop|was forwarded after/,
  ],
  ['forget what a grant is pinned to', readsAs(() => ({ pins: [] })), /pinned to|MUST be refused: device/],
  [
    'know nothing of devices',
    readsAs(() => ({ devices: new Map() })),
    /MUST be refused: device|expected true|not dev_/,
  ],
  ['forget that a grant is used', () => ({ renew: async () => false }), /expected true|MUST NOT expire/],
  ['cut no call of what is revoked', () => ({ onStopped: () => () => undefined }), /runs on/],
  [
    'refuse a child that is within its parent',
    (grants) => ({
      delegate: async (asked) =>
        '56789'.includes(asked.name.at(-1)!)
          ? { ok: false, error: { reason: 'not_narrower', detail: '', violations: [] } }
          : grants.delegate(asked),
    }),
    /expected true/,
  ],
  [
    'make another child than was asked for',
    (grants) => ({
      delegate: (asked) => grants.delegate({ ...asked, parentGrantId: 'gr_1' }),
    }),
    /expected|path|MUST/,
  ],
  [
    'forget a narrowing',
    (grants) => ({
      edit: async (ownerId, grantId) => {
        const grant = await grants.get(ownerId, grantId);
        const access = grant?.parts[0]?.access;
        return access
          ? grants.edit(ownerId, grantId, access)
          : { ok: false, error: { reason: 'not_found', detail: '' } };
      },
    }),
    /lost: .*edit/,
  ],
];

describe('trees of grants', () => {
  it.each([1, 2, 3, 4])('are as they must be in one process, in a life from seed %i', async (seed) => {
    const report = await simulateTrees({ seed, steps: 600, open: openEmbeddedHouse });
    expect(sayOf(report)).toEqual([]);
    expect(report.steps).toBe(600);
  });

  it('live the same life from the same seed', async () => {
    const [once, again] = [
      await simulateTrees({ seed: 11, steps: 300, open: openEmbeddedHouse }),
      await simulateTrees({ seed: 11, steps: 300, open: openEmbeddedHouse }),
    ];
    expect(again).toEqual(once);
  });

  it.each(DEFECTS)('are not believed if they %s', async (_, change, found) => {
    let violations: readonly string[] = [];
    for (let seed = 21; seed <= 40 && violations.length === 0; seed += 1) {
      const options = { seed, steps: 600, disguise: altered(change) };
      ({ violations } = await simulateTrees({ ...options, open: openEmbeddedHouse }));
    }
    expect(violations.join('\n')).toMatch(found);
  });

  describe('on PostgreSQL', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());

    it.each([1, 3])('are as they must be with %i replicas', async (replicas) => {
      const url = await server.createDatabase();
      const report = await simulateTrees({
        seed: 1,
        steps: 150,
        open: (options) => openPostgresHouse(url, replicas, options),
      });
      expect(sayOf(report)).toEqual([]);
      expect(report.steps).toBe(150);
    });
  });
});
