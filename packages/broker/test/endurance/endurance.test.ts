// A short form of the endurance run on each engine: mixed traffic and a few faults under which no promise may break. Hours of it run by hand:
// `npm run endurance`.

import { expect, it } from 'vitest';
import { endure } from './run.ts';

it.each([
  {
    engine: 'embedded' as const,
    replicas: 1,
    faults: ['provider: garbage', 'process: killed', 'store: held by another'],
  },
  {
    engine: 'postgres' as const,
    replicas: 2,
    faults: ['store: partition', 'store: ended at once', 'provider key: replaced'],
  },
])(
  'no promise breaks on $engine while $faults',
  async ({ engine, replicas, faults }) => {
    const said: string[] = [];
    const report = await endure({
      seed: 1,
      minutes: 0.1,
      engine,
      replicas,
      requestsPerSecond: 15,
      faultEverySeconds: 2,
      faults,
      say: (line) => said.push(line),
    });
    expect(report.violations, said.join('\n')).toEqual([]);
    // On a busy machine there may be time for no more.
    expect(Object.keys(report.faults)).toContain(faults[0]);
    expect(report.told['200']).toBeGreaterThan(0);
    expect(report.findings).toMatchObject({ oldestOpenMs: 0 });
    expect(report.findings.checks).toBeGreaterThan(report.findings.forwarded);
  },
  180_000,
);
