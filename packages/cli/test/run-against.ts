// Runs one command line in a made-up world: real HTTP to the server it is given, everything else recorded or scripted.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Result, succeed } from '@valetkey/core';
import type { Access } from '@valetkey/sdk';
import { runCli } from '../src/cli.ts';
import { configPath, type Login, NO_LOGINS, withLogin, writeConfig } from '../src/config.ts';
import { readFile } from '../src/process-world.ts';
import { startProofProxy } from '../src/proof-proxy.ts';
import {
  backUp,
  claimsOfExport,
  graphOfExport,
  migrate,
  restore,
  rotateMasterKey,
  verifyExport,
  verifyLedger,
} from '../src/start-broker.ts';
import type { World } from '../src/world.ts';

/** How this run differs from a script with an empty standard input. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in; with `terminal`, what is typed at a prompt (null: Ctrl-C). */
  readonly stdin?: string | null;
  /** Whether all three streams are a terminal. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** Epoch milliseconds at the start. */
  readonly nowMs?: number;
  /** A clock of the test's own. */
  readonly now?: () => number;
  readonly fetch?: typeof fetch;
  /** Whether `serve` succeeds. */
  readonly brokerStarts?: boolean;
  /** What a program that is run ends with: its exit code, or why it could not be started. */
  readonly program?: Result<number, string>;
  /** See `World`; by default nobody sends a signal. */
  readonly takeSignals?: World['takeSignals'];
  /** What it does before. */
  readonly whileRunning?: (env: Readonly<Record<string, string | undefined>>) => Promise<void>;
}

/** What a run left behind. */
export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly prompts: readonly string[];
  readonly opened: readonly string[];
  readonly slept: readonly number[];
  readonly served: number;
  /** MCP servers that were started. */
  readonly mcp: readonly {
    readonly server: string;
    readonly tokenFolder: string | null;
    readonly access: Access;
  }[];
  /** Programs that were run, with their variables. */
  readonly ran: readonly {
    readonly words: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
  }[];
}

/** 2026-11-22T00:00:00Z */
const NOW_MS = Date.UTC(2026, 10, 22);

/** A folder of its own for a login file, empty, as environment variables. */
export const freshHome = (): { readonly XDG_CONFIG_HOME: string } => ({
  XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), 'valetkey-cli-')),
});

/** What a process of its own gets of this one's environment: where programs are, and what Node has compiled already. */
export const inherited = (): NodeJS.ProcessEnv => {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE };
};

/** A folder with a login at `server`, as environment variables. */
export function homeWithLogin(server: string, login: Login): Readonly<Record<string, string>> {
  const home = freshHome();
  const written = writeConfig(configPath(home), withLogin(NO_LOGINS, server, login));
  if (!written.ok) throw new Error(written.error.message);
  return home;
}

/** Runs `words`; time passes only while the command sleeps. */
export async function runAgainst(words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const {
    env = freshHome(),
    stdin = '',
    terminal = false,
    columns = 200,
    nowMs: startMs = NOW_MS,
    fetch: fetcher = fetch,
    brokerStarts = true,
    program = succeed(0),
    takeSignals = () => () => {},
    whileRunning,
  } = options;
  const out = {
    stdout: '',
    stderr: '',
    prompts: [] as string[],
    opened: [] as string[],
    slept: [] as number[],
  };
  let nowMs = startMs;
  let served = 0;
  const ran: RunResult['ran'][number][] = [];
  const mcp: RunResult['mcp'][number][] = [];
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[name] += text;
    },
    isTerminal: terminal,
    columns,
  });
  const typed = async (prompt: string) => {
    out.prompts.push(prompt);
    return stdin;
  };
  const exitCode = await runCli(words, {
    env,
    fetch: fetcher,
    stdin: {
      isTerminal: terminal,
      readAll: async () => stdin ?? '',
      readHidden: typed,
      readLine: typed,
    },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    writeOut: async (bytes) => {
      out.stdout += Buffer.from(bytes).toString();
    },
    now: options.now ?? (() => nowMs),
    sleep: async (ms) => {
      out.slept.push(ms);
      nowMs += ms;
    },
    readFile,
    openBrowser: (url) => void out.opened.push(url),
    runProgram: async (words, env) => {
      ran.push({ words, env });
      await whileRunning?.(env);
      return program;
    },
    takeSignals,
    startProofProxy,
    startBroker: async () => {
      served += 1;
      return brokerStarts;
    },
    serveMcp: async (access, tokenFolder) => void mcp.push({ server: access.baseUrl, tokenFolder, access }),
    verifyLedger,
    verifyExport,
    graphOfExport,
    claimsOfExport,
    migrate,
    backUp,
    rotateMasterKey,
    restore,
  });
  return { exitCode, ...out, served, ran, mcp };
}
