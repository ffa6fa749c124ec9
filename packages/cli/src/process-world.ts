// The real outside world: this process's streams, clock and network.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, type Result, succeed } from '@valetkey/core';
import { t } from './messages/messages.ts';
import { readHidden, readLine } from './read-typed.ts';
import { runProgram, takeSignals } from './run-program.ts';
import {
  backUp,
  claimsOfExport,
  graphOfExport,
  migrate,
  restore,
  rotateMasterKey,
  startBroker,
  verifyExport,
  verifyLedger,
} from './start-broker.ts';
import type { TextSink, TextSource, World } from './world.ts';

/** The world of this process. */
export function processWorld(): World {
  return {
    env: process.env,
    fetch,
    stdin: textSource(process.stdin),
    stdout: textSink(process.stdout),
    stderr: textSink(process.stderr),
    writeOut: async (bytes) => {
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
    },
    now: Date.now,
    sleep: (ms) => sleep(ms),
    openBrowser,
    readFile,
    runProgram,
    takeSignals,
    // Node's own HTTP alone takes a fifth of the time in which the command line starts.
    startProofProxy: async (options) => (await import('./proof-proxy.ts')).startProofProxy(options),
    startBroker,
    serveMcp: async (access, tokenFolder) =>
      (await import('./mcp/serve-mcp.ts')).serveMcp(access, tokenFolder),
    verifyLedger,
    verifyExport,
    graphOfExport,
    claimsOfExport,
    migrate,
    backUp,
    rotateMasterKey,
    restore,
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
  readHidden: (prompt) => readHidden(stream, process.stderr, prompt),
  readLine: (prompt) => readLine(stream, process.stderr, prompt),
});

/** See `World`. */
export function readFile(path: string): Result<string, string> {
  try {
    return succeed(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(t.files.cannotRead(path, (error as NodeJS.ErrnoException).code ?? ''));
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
