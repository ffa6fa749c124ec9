// `npm run sim -- --seed N --steps M [--seeds K]`: runs simulated lives of the ledger and prints what came of them. A seed that fails is cut
// down to its shortest failing beginning. With `--engine embedded` or `--engine postgres [--replicas N]` they are lives of trees of grants, on
// that engine. Exits with 1 if anything was violated.

import { parseArgs } from 'node:util';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { type SimulationReport, simulate } from './simulation.ts';
import { openEmbeddedHouse, openPostgresHouse } from './trees/tree-house.ts';
import { simulateTrees } from './trees/tree-simulation.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '1' },
    engine: { type: 'string' },
    replicas: { type: 'string', default: '1' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Report = Omit<SimulationReport, 'seed'>;

/** How one life is run; `finely` where it is to be cut down. */
type Life = (seed: number, steps: number, finely: boolean) => Promise<Report>;

const ledgerLife: Life = (seed, steps, finely) =>
  simulate({ seed, steps, ...(finely && { wavesBetweenSql: 1 }) });

const treesEmbedded: Life = (seed, steps) => simulateTrees({ seed, steps, open: openEmbeddedHouse });

const treesOn =
  (server: PostgresServer, replicas: number): Life =>
  async (seed, steps) => {
    const url = await server.createDatabase();
    return simulateTrees({ seed, steps, open: (options) => openPostgresHouse(url, replicas, options) });
  };

const server = values.engine === 'postgres' ? await startPostgres() : null;
const lives = {
  ledger: ledgerLife,
  embedded: treesEmbedded,
  postgres: server && treesOn(server, Number(values.replicas)),
};
const live = lives[(values.engine ?? 'ledger') as keyof typeof lives];
if (!live) throw new Error(`--engine is embedded or postgres, not ${values.engine}`);
const flags = values.engine ? ` --engine ${values.engine} --replicas ${values.replicas}` : '';

/** The fewest steps with which this seed fails: the tables are looked at after every wave, then the last wave is cut step by step. */
const shorten = async (seed: number, steps: number): Promise<Report> => {
  let shortest = await live(seed, steps, true);
  while (shortest.steps > 1 && shortest.violations.length > 0) {
    const shorter = await live(seed, shortest.steps - 1, true);
    if (shorter.violations.length === 0) break;
    shortest = shorter;
  }
  return shortest;
};

const countsOf = (counts: Report['counts']): string =>
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
  const report = await live(seed, steps, false);
  allSteps += report.steps;
  allChecks += report.checks;
  for (const [what, times] of Object.entries(report.counts)) totals[what] = (totals[what] ?? 0) + times;
  if (report.violations.length === 0) continue;
  failed += 1;
  // What several connections make of a seed is not the same twice: there is nothing to cut down.
  const shortest = server ? report : await shorten(seed, report.steps);
  say(`seed ${seed} fails: npm run sim --${flags} --seed ${seed} --steps ${shortest.steps}`);
  for (const violation of shortest.violations.slice(0, 5)) say(`  ${violation}`);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
say(
  `${seeds} seeds from ${first}, ${steps} steps each: ${allSteps} steps, ${allChecks} checks, ${failed} failing seeds, ${seconds} s`,
);
say(countsOf(totals));
await server?.stop();
if (failed > 0) process.exitCode = 1;
