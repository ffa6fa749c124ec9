// Puts load on what is measured: a lean Node client that sees first bytes and chunks, and wrk, which costs a fraction of it, for
// saturation. Both send the same bytes, as processes of their own on the load core, and end by themselves.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Job, requestAround, type Seen } from './load.ts';
import { CORES, run } from './processes.ts';

const WRK = 'wrk';

const hasWrk = (): boolean => {
  try {
    execFileSync(WRK, ['-v'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as { status?: number }).status === 1;
  }
};

/** What `saturate` uses here. */
export const SATURATES_WITH = hasWrk() ? WRK : 'node';

let files = 0;
const fileIn = (dir: string, ending: string): string => join(dir, `load-${++files}.${ending}`);

/** The load of the Node client. `dir` takes its job. */
export const ask = async (job: Job, dir: string): Promise<Seen> => {
  const file = fileIn(dir, 'json');
  writeFileSync(file, JSON.stringify(job));
  const words = [process.execPath, join(import.meta.dirname, 'load.ts'), file];
  return JSON.parse(await run({ core: CORES.load, words })) as Seen;
};

/** Text of ASCII letters and line ends reads the same in JSON and in Lua. */
const quoted = (text: string): string => JSON.stringify(text);

/** One thread for each port, which sends nothing but this. Values that vary are cut from one long text: a million of them weigh little. */
const scriptOf = (job: Job): string => {
  const [before, after] = requestAround(job);
  const values = job.vary
    ? `local file = io.open(${quoted(job.vary.file)}, 'rb')
local values, width = file:read('*a'), ${readFileSync(job.vary.file).indexOf('\n') + 1}
file:close()
local at = 0
function request()
  if at >= #values then at = 0 end
  at = at + width
  return before .. values:sub(at - width + 1, at - 1) .. after
end`
    : `local whole = before .. after
function request() return whole end`;
  return `local before, after = ${quoted(before)}, ${quoted(after)}
local ports, started = { ${job.ports.join(', ')} }, 0
function setup(thread)
  started = started + 1
  thread.addr = wrk.lookup('127.0.0.1', ports[started])[1]
end
${values}
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('SEEN {"answers":%d,"failed":%d,"seconds":%f,"wholeP50":%f,"wholeP99":%f}\\n', summary.requests, failed,
    summary.duration / 1e6, latency:percentile(50), latency:percentile(99)))
end
`;
};

const NOT_SEEN = { firstByteP50: 0, firstByteP99: 0, lagP50: 0, lagP99: 0, lagMost: 0 };

/** The load of wrk where it is installed, else that of the Node client. `dir` takes its script. */
export const saturate = async (job: Job, dir: string): Promise<Seen> => {
  if (SATURATES_WITH === 'node') return ask(job, dir);
  const script = fileIn(dir, 'lua');
  writeFileSync(script, scriptOf(job));
  const size = [`-t${job.ports.length}`, `-c${job.connections}`, `-d${job.seconds}s`, '--timeout', '10s'];
  const words = [WRK, ...size, '-s', script, `http://127.0.0.1:${job.ports[0]}${job.path}`];
  const printed = await run({ core: CORES.load, words });
  const seen = /SEEN (.*)/.exec(printed)?.[1];
  if (!seen) throw new Error(`wrk said nothing of what it saw:\n${printed}`);
  return { ...NOT_SEEN, ...(JSON.parse(seen) as Omit<Seen, keyof typeof NOT_SEEN>) };
};
