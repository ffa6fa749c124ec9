// Starts the processes of a bench run, each pinned to its cores, and reads what they cost from /proc. Linux only. Whatever happens, what
// was started here ends with the bench, and nothing else does.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const proxy = process.env.BENCH_PROXY_CORE ?? '0';

/** The cores: what is measured has one for itself; provider, callers and PostgreSQL share another. Replicas take theirs in turn. */
export const CORES = {
  proxy,
  load: process.env.BENCH_LOAD_CORE ?? '1',
  replicas: (process.env.BENCH_REPLICA_CORES ?? proxy).split(','),
};

const PIN = 'taskset';
const JIFFIES_PER_SECOND = 100;

/** How a process is started. */
export interface Command {
  readonly core: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It has processes of its own, which it ends when it is told to: it is asked, and never killed. */
  readonly isParent?: boolean;
}

/** A running process and the last of what it printed. */
export interface Running {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** What runs, in the order in which it was started, with the signal for a bench that ends before it. */
const started = new Map<Running, { readonly child: ChildProcess; readonly signal: NodeJS.Signals }>();
process.on('exit', () => {
  for (const { child, signal } of started.values()) child.kill(signal);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Starts a process with exactly `env` and PATH. */
export const start = ({ core, words, env = {}, cwd, isParent = false }: Command): Running => {
  const child = spawn(PIN, ['-c', core, ...words], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
  const stop = async () => {
    child.kill('SIGTERM');
    const isLate = await Promise.race([ended.then(() => false), delay(5000, true, { ref: false })]);
    if (isLate && !isParent) child.kill('SIGKILL');
    await ended;
  };
  const running = { pid: child.pid ?? 0, output: () => output, ended, stop };
  started.set(running, { child, signal: isParent ? 'SIGTERM' : 'SIGKILL' });
  void ended.then(() => started.delete(running));
  return running;
};

/** Stops all that was started and still runs, the latest first, but for one. */
export const stopAllBut = async (kept: Running): Promise<void> => {
  for (const running of [...started.keys()].reverse()) if (running !== kept) await running.stop();
};

/** Runs a process to its end and returns what it printed. Throws if it fails. */
export const run = async (command: Command): Promise<string> => {
  const running = start(command);
  const code = await running.ended;
  if (code === 0) return running.output();
  throw new Error(`${command.words.join(' ')} ended with ${code}:\n${running.output().slice(-2000)}`);
};

/** Resolves with what `look` finds, once it finds something; rejects when the process ends first or 30 s are over. */
export const until = async <Found>(
  running: Running,
  look: () => Promise<Found | null> | Found | null,
): Promise<Found> => {
  let code: number | null | undefined;
  void running.ended.then((ended) => {
    code = ended;
  });
  for (const endsAtMs = performance.now() + 30_000; performance.now() < endsAtMs && code === undefined; ) {
    const found = await look();
    if (found !== null) return found;
    await delay(50);
  }
  throw new Error(`not ready (${code ?? 'still starting'}): ${running.output().slice(-2000)}`);
};

/** Resolves when `url` answers, whatever it says. */
export const untilReady = (running: Running, url: string): Promise<true> =>
  until(running, () =>
    fetch(url).then(
      () => true as const,
      () => null,
    ),
  );

/** Throws when something listens on one of these ports: figures of a stranger would look like ours. */
export const refuseTaken = async (ports: readonly number[]): Promise<void> => {
  for (const port of ports) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', () => reject(new Error(`port ${port} is taken: choose others with --port`)));
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  }
};

interface Usage {
  readonly parent: number;
  readonly seconds: number;
}

/** Every process that there is: its parent, and what it and those of its children that ended have used (proc(5), fields 4, 14 to 17). */
const usages = (): Map<number, Usage> => {
  const found = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const jiffies = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
      found.set(Number(name), { parent: Number(fields[1]), seconds: jiffies / JIFFIES_PER_SECOND });
    } catch {
      // It ended while this was read.
    }
  }
  return found;
};

/** CPU seconds that processes have used with all their threads, their children and children's children. */
export const cpuSeconds = (pids: readonly number[]): number => {
  const all = usages();
  const isOurs = (pid: number): boolean =>
    pids.includes(pid) || (pid > 1 && isOurs(all.get(pid)?.parent ?? 0));
  return [...all].reduce((total, [pid, { seconds }]) => total + (isOurs(pid) ? seconds : 0), 0);
};

/** CPU seconds that everything but this bench has used on this machine: what spoils a figure. */
export const othersSeconds = (): number => {
  const [, ...all] = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').trim().split(/\s+/);
  const [user = '0', nice = '0', system = '0', , , irq = '0', softIrq = '0'] = all;
  const jiffies = [user, nice, system, irq, softIrq].reduce((total, field) => total + Number(field), 0);
  return jiffies / JIFFIES_PER_SECOND - cpuSeconds([process.pid]);
};

const residentMibOf = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    // It ended; whoever sends it requests will say so.
    return 0;
  }
};

/** Memory that processes have resident, in MiB. */
export const residentMib = (pids: readonly number[]): number =>
  pids.reduce((total, pid) => total + residentMibOf(pid), 0);
