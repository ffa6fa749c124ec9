// The real outside world: this process's streams, clock and network.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBroker } from './start-broker.ts';
import type { TextSink, TextSource, World } from './world.ts';

/** The world of this process. */
export function processWorld(): World {
  return {
    env: process.env,
    fetch,
    stdin: textSource(process.stdin),
    stdout: textSink(process.stdout),
    stderr: textSink(process.stderr),
    now: Date.now,
    sleep: (ms) => sleep(ms),
    openBrowser,
    startBroker,
  };
}

const textSink = (stream: NodeJS.WriteStream): TextSink => ({
  write: (text) => void stream.write(text),
  isTerminal: stream.isTTY === true,
  columns: stream.columns || 80,
});

const textSource = (stream: NodeJS.ReadStream): TextSource => ({
  isTerminal: stream.isTTY === true,
  readAll: () => text(stream),
  readHidden: (prompt) => readHidden(stream, prompt),
});

/** Reads a line in raw mode: readline handles the keys, and what it would echo goes nowhere. */
async function readHidden(stream: NodeJS.ReadStream, prompt: string): Promise<string | null> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stream, output: nowhere, terminal: true, historySize: 0 });
  try {
    return await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => resolve(null));
      lines.once('close', () => resolve(null));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

const BROWSERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // Not `start`: it is part of a shell, and an address MUST NOT be read by a shell.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

function openBrowser(url: string): void {
  const [program, ...args] = BROWSERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
