// `npm run sim -- --seed N --steps M [--seeds K]`: runs simulated lives and prints what came of them. A seed that fails is cut down to its
// shortest failing beginning. Exits with 1 if anything was violated.

import { parseArgs } from 'node:util';
import { type SimulationReport, simulate } from './simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '1' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The fewest steps with which this seed fails: the tables are looked at after every wave, then the last wave is cut step by step. */
const shorten = async (seed: number, steps: number): Promise<SimulationReport> => {
  let shortest = await simulate({ seed, steps, wavesBetweenSql: 1 });
  while (shortest.steps > 1 && shortest.violations.length > 0) {
    const shorter = await simulate({ seed, steps: shortest.steps - 1, wavesBetweenSql: 1 });
    if (shorter.violations.length === 0) break;
    shortest = shorter;
  }
  return shortest;
};

const countsOf = (counts: SimulationReport['counts']): string =>
  Object.entries(counts)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([what, times]) => `  ${String(times).padStart(9)}  ${what}`)
    .join('\n');

const [first, steps, seeds] = [values.seed, values.steps, values.seeds].map(Number) as [
  number,
  number,
  number,
];
const startedAt = performance.now();
const totals: Record<string, number> = {};
let [allSteps, allChecks, failed] = [0, 0, 0];
for (let seed = first; seed < first + seeds; seed += 1) {
  const report = await simulate({ seed, steps });
  allSteps += report.steps;
  allChecks += report.checks;
  for (const [what, times] of Object.entries(report.counts)) totals[what] = (totals[what] ?? 0) + times;
  if (report.violations.length === 0) continue;
  failed += 1;
  const shortest = await shorten(seed, report.steps);
  say(`seed ${seed} fails: npm run sim -- --seed ${seed} --steps ${shortest.steps}`);
  for (const violation of shortest.violations.slice(0, 5)) say(`  ${violation}`);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
say(
  `${seeds} seeds from ${first}, ${steps} steps each: ${allSteps} steps, ${allChecks} checks, ${failed} failing seeds, ${seconds} s`,
);
say(countsOf(totals));
if (failed > 0) process.exitCode = 1;
