// `npm run bench`: Valetkey beside other proxies, in one run on this machine, each alone on one core. Prints Markdown; `--out FILE` also
// writes every figure as JSON. Needs Linux (taskset, /proc) and two cores; stops by itself.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Measured, measure, SATURATES_WITH, type Size } from './measure.ts';
import { CORES, start, untilReady } from './processes.ts';
import { report } from './table.ts';
import { type Ground, TARGETS, type Target } from './targets.ts';

const QUICK: Size = { warmRequests: 30_000, warmSeconds: 12, seconds: 2, streams: 100 };
const FULL: Size = { warmRequests: 100_000, warmSeconds: 40, seconds: 5, streams: 1000 };
const PROVIDER_KEY = 'sk-bench-provider-key-0123456789';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    targets: { type: 'string' },
    port: { type: 'string', default: '19200' },
    out: { type: 'string' },
  },
});
const size = values.full ? FULL : QUICK;
const rounds = Number(values.rounds ?? (values.full ? 3 : 1));
const wanted = values.targets?.split(',') ?? TARGETS.map(({ name }) => name);
const say = (line: string) => process.stderr.write(`${line}\n`);

/** Those that were asked for and can run here. */
const chosen = (): readonly Target[] =>
  TARGETS.filter(({ name, missing }) => {
    if (!wanted.includes(name)) return false;
    const why = missing();
    if (why) say(`without ${name}: ${why}`);
    return why === null;
  });

const measureOne = async (target: Target, scratch: string): Promise<Measured> => {
  const port = Number(values.port);
  const dir = join(scratch, target.name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  const ground: Ground = { dir, port: port + 1, providerPort: port, providerKey: PROVIDER_KEY };
  const ready = await target.start(ground);
  try {
    return await measure(ready, dir, size);
  } finally {
    await ready.running?.stop();
  }
};

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const mock = join(import.meta.dirname, 'mock-provider.ts');
const provider = start({ core: CORES.load, words: [process.execPath, mock, values.port, PROVIDER_KEY] });
void provider.ended.then((code) => {
  say(`the mock provider ended (${code}): ${provider.output()}`);
  process.exit(1);
});

await untilReady(provider, `http://127.0.0.1:${values.port}/`);

const results: Record<string, Measured[]> = {};
for (let round = 1; round <= rounds; round += 1) {
  for (const target of chosen()) {
    const measured = await measureOne(target, scratch);
    results[target.name] = [...(results[target.name] ?? []), measured];
    say(
      `round ${round}: ${target.name} ${Math.round(measured.saturation.perSecond)} requests/s, load ${loadavg()[0]?.toFixed(1)}`,
    );
  }
}
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores; Node ${process.version}; callers: ${SATURATES_WITH}; median of ${rounds}`;
console.log(`${machine}\n\n${report(results, size.streams)}`);
if (values.out) writeFileSync(values.out, JSON.stringify({ machine, size, results }, null, 2));
process.exit(0);
