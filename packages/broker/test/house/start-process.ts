// The product as a process of its own, started as `npm start` starts it, so that a test can read all it prints and end it in any way.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compiledCode } from '@valetkey/testkit/compiled-code';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A running process. */
export interface BrokerProcess {
  readonly pid: number;
  /** Everything it has written to stdout and stderr. */
  output(): string;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal and resolves with the exit code once it has ended; null if the signal ended it. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the exit code when it ends by itself. */
  readonly ended: Promise<number | null>;
}

/** Starts the broker with nothing but this environment; resolves when it listens, rejects with its output if it ends before. */
export const startProcess = (
  env: Readonly<Record<string, string>>,
  program = MAIN,
): Promise<BrokerProcess> => {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH ?? '', ...compiledCode(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  // Not at `exit`: what it wrote last may still be on its way then.
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const running: BrokerProcess = {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    signal: (signal) => void child.kill(signal),
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
  return new Promise((resolve, reject) => {
    let isListening = false;
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (isListening || !output.includes('is listening on')) return;
      isListening = true;
      resolve(running);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    void ended.then(() => reject(new Error(`the broker ended before it listened:\n${output}`)));
  });
};
