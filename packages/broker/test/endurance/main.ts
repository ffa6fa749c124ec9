// `npm run endurance -- --seed N --minutes M --engine embedded|postgres [--replicas 2]`: loads the product for as long (`--rate` requests a
// second) while a random fault happens every few seconds (`--every`; of those named with `--fault`, if any are), and prints what came of it.
// Exits with 1 if anything was violated.

import { parseArgs } from 'node:util';
import { endure } from './run.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '5' },
    engine: { type: 'string', default: 'embedded' },
    replicas: { type: 'string' },
    rate: { type: 'string', default: '40' },
    every: { type: 'string', default: '5' },
    fault: { type: 'string', multiple: true },
  },
});

const { engine } = values;
if (engine !== 'embedded' && engine !== 'postgres')
  throw new Error(`--engine is embedded or postgres, not ${engine}`);
const say = (line: string): void => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);

say(`seed ${values.seed}, ${engine}, Node ${process.version}, SQLite ${process.versions.sqlite}`);
const report = await endure({
  seed: Number(values.seed),
  minutes: Number(values.minutes),
  engine,
  replicas: Number(values.replicas ?? (engine === 'postgres' ? 2 : 1)),
  requestsPerSecond: Number(values.rate),
  faultEverySeconds: Number(values.every),
  ...(values.fault && { faults: values.fault }),
  say,
});
say(JSON.stringify(report, null, 2));
process.exit(report.violations.length > 0 ? 1 : 0);
