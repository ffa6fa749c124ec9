// Starts the processes of a bench run, each pinned to one core, and reads what they cost from /proc. Linux only. Whatever happens, what
// was started here ends with the bench, and nothing else does.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The cores: what is measured has one for itself; the provider and the callers share the other. */
export const CORES = { proxy: process.env.BENCH_PROXY_CORE ?? '0', load: process.env.BENCH_LOAD_CORE ?? '1' };

const PIN = 'taskset';
const JIFFIES_PER_SECOND = 100;
const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** How a process is started. */
export interface Command {
  readonly core: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A running process and the last of what it printed. */
export interface Running {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts a process with exactly `env` and PATH. */
export const start = ({ core, words, env = {}, cwd }: Command): Running => {
  const child = spawn(PIN, ['-c', core, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-65_536);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  void ended.then(() => started.delete(child));
  const stop = async () => {
    child.kill('SIGTERM');
    if (await Promise.race([ended.then(() => false), delay(5000, true, { ref: false })]))
      child.kill('SIGKILL');
    await ended;
  };
  return { pid: child.pid ?? 0, output: () => output, ended, stop };
};

/** Runs a process to its end and returns what it printed. Throws if it fails. */
export const run = async (command: Command): Promise<string> => {
  const running = start(command);
  const code = await running.ended;
  if (code === 0) return running.output();
  throw new Error(`${command.words.join(' ')} ended with ${code}:\n${running.output().slice(-2000)}`);
};

/** Resolves when `url` answers, whatever it says; rejects when the process ends first or 30 s are over. */
export const untilReady = async (running: Running, url: string): Promise<void> => {
  let code: number | null | undefined;
  void running.ended.then((ended) => {
    code = ended;
  });
  for (let attempt = 0; attempt < 600 && code === undefined; attempt += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await delay(50);
  }
  throw new Error(`not ready (${code ?? 'still starting'}): ${running.output().slice(-2000)}`);
};

const sum = (values: readonly string[]): number => values.reduce((total, value) => total + Number(value), 0);

/** `utime`, `stime`, and with `ended` the two of children that have ended: proc(5), fields 14 to 17. */
const usedSeconds = (pid: number | 'self', ended: boolean): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return sum(fields.slice(11, ended ? 15 : 13)) / JIFFIES_PER_SECOND;
};

/** CPU seconds a process has used, with all its threads. */
export const cpuSeconds = (pid: number): number => usedSeconds(pid, false);

/** CPU seconds that everything but this bench has used on this machine: what spoils a figure. */
export const othersSeconds = (): number => {
  const [, ...all] = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').trim().split(/\s+/);
  const [user = '0', nice = '0', system = '0', , , irq = '0', softIrq = '0'] = all;
  const own = [...started].reduce((total, { pid }) => total + (pid ? cpuSeconds(pid) : 0), 0);
  return sum([user, nice, system, irq, softIrq]) / JIFFIES_PER_SECOND - usedSeconds('self', true) - own;
};

/** Memory a process has resident, in MiB. */
export const residentMib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
