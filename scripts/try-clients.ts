// `node scripts/try-clients.ts <folder> [<program>...]`: drives real programs, installed by npm in that folder, with the very values that
// "Connect an app" shows, through a broker to simulated providers, and prints what happened. Only the SDKs are part of the tests: the other
// programs are not pinned here.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { type House, startHouse } from '../packages/broker/test/house/start-house.ts';
import {
  findProgram,
  type ProgramValues,
  programUrl,
  type SetupStep,
} from '../packages/web/src/rules/programs.ts';

/** A program to try: by its id in the list, with the model that it is told. */
export interface Try {
  readonly id: string;
  readonly provider: 'openai' | 'anthropic' | 'google';
  readonly model: string;
  /** How it is asked something without a terminal; none for code, which runs as it is pasted. */
  readonly command?: string;
  /** The way that does the same instead of the first one. */
  readonly isInstead?: true;
  /** What a person would have said at the first start. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What came of it. */
export interface Tried {
  /** The package with its version. */
  readonly version: string;
  readonly exitCode: number | null;
  readonly output: string;
  /** As `GET /calls` lists them, the first one first. */
  readonly calls: readonly { readonly operation: string; readonly model: string; readonly status: string }[];
}

const LIMIT_MS = 180_000;

/** Agents, which are tried by hand. */
export const AGENTS: readonly Try[] = [
  { id: 'claude-code', provider: 'anthropic', model: '', command: 'claude -p "Say hello"' },
  { id: 'claude-code', provider: 'anthropic', model: '', command: 'claude -p "Say hello"', isInstead: true },
  {
    id: 'codex',
    provider: 'openai',
    model: 'gpt-5-codex',
    command: 'codex exec --skip-git-repo-check "Say hello"',
  },
  {
    id: 'gemini-cli',
    provider: 'google',
    model: '',
    command: 'gemini -p "Say hello"',
    env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  },
  { id: 'opencode', provider: 'openai', model: 'gpt-4o-mini', command: 'opencode run "Say hello"' },
  {
    id: 'cline',
    provider: 'openai',
    model: 'gpt-4o-mini',
    // Its hub would go on after it.
    command: 'cline "Say hello"; code=$?; cline hub stop; exit $code',
  },
  { id: 'qwen-code', provider: 'openai', model: 'gpt-4o-mini', command: 'qwen -p "Say hello"' },
  { id: 'continue', provider: 'openai', model: 'gpt-4o-mini', command: 'cn -p "Say hello"' },
  { id: 'langchain', provider: 'openai', model: 'gpt-4o-mini', isInstead: true },
  { id: 'openai-agents', provider: 'openai', model: 'gpt-4o-mini' },
  { id: 'claude-agent-sdk', provider: 'anthropic', model: 'claude-haiku-4-5' },
];

/** SDKs, as they are pasted. */
export const SDKS: readonly Try[] = [
  { id: 'openai-sdk', provider: 'openai', model: 'gpt-4o-mini' },
  { id: 'anthropic-sdk', provider: 'anthropic', model: 'claude-sonnet-4-6' },
  { id: 'google-sdk', provider: 'google', model: 'gemini-2.5-flash' },
  { id: 'ai-sdk', provider: 'openai', model: 'gpt-4o-mini' },
  { id: 'ai-sdk', provider: 'anthropic', model: 'claude-sonnet-4-6' },
  { id: 'ai-sdk', provider: 'google', model: 'gemini-2.5-flash' },
];

const versionOf = (folder: string, name: string): string => {
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return `${name} ${version}`;
};

/** What to paste for one of the ways: each way is whole by itself. */
const wayOf = (steps: readonly SetupStep[], isInstead = false): readonly SetupStep[] =>
  steps.filter((step, at) => (isInstead ? !steps[at + 1]?.isInstead : !step.isInstead));

/** Writes the files of a way below `home`; gives what a shell has to do. */
const paste = (steps: readonly SetupStep[], home: string, command = ''): string[] => {
  let lines = [command];
  for (const { where, code } of steps) {
    if (where === 'code') return [process.execPath, '--input-type=module', '--eval', code];
    // The last line starts the program as a person would.
    if (where === 'shell') lines = [...code.split('\n').slice(0, -1), command];
    else {
      const file = where.replace('~', home);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, code);
    }
  }
  return ['sh', '-c', lines.join('\n')];
};

const run = ([file = '', ...args]: readonly string[], cwd: string, env: Record<string, string>) =>
  new Promise<Pick<Tried, 'exitCode' | 'output'>>((done) => {
    const child = execFile(file, args, { cwd, env, timeout: LIMIT_MS }, (_error, stdout, stderr) =>
      done({ exitCode: child.exitCode, output: `${stdout}\n${stderr}`.trim() }),
    );
    child.stdin?.end();
  });

/** Tries one program whose package is installed in `folder`, in a home of its own. */
export const tryProgram = async (house: House, folder: string, one: Try): Promise<Tried> => {
  const program = findProgram(one.id);
  if (!program?.steps || !program.tried) throw new Error(`${one.id} is none that can be tried`);
  const { body: grant } = await house.api('POST', '/grants', {
    name: program.name,
    authorization_details: [{ type: 'ai_model_access', provider: one.provider, limits: { total_spend: 20 } }],
  });
  const values: ProgramValues = { ...programUrl(program, grant), token: grant.token, model: one.model };
  const home = mkdtempSync(join(tmpdir(), 'valetkey-try-'));
  try {
    const words = paste(wayOf(program.steps(values), one.isInstead), home, one.command);
    const path = [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH];
    // Code finds its packages from where it runs.
    const result = await run(words, one.command ? home : folder, {
      HOME: home,
      PATH: path.join(delimiter),
      ...one.env,
    });
    const { body } = await house.api('GET', `/calls?grant_id=${grant.id}`);
    return { version: versionOf(folder, program.tried[0]), ...result, calls: body.data.toReversed() };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
};

const main = async ([folder, ...wanted]: readonly string[]): Promise<void> => {
  if (folder === undefined || !existsSync(folder))
    throw new Error('say in which folder the packages are installed');
  const house = await startHouse();
  for (const one of AGENTS) {
    if (wanted.length > 0 && !wanted.includes(one.id)) continue;
    const { version, exitCode, output, calls } = await tryProgram(house, resolve(folder), one);
    const lines = calls.map(({ operation, model, status }) => `   ${operation} ${model} ${status}\n`);
    process.stdout.write(`\n== ${version}: ended with ${exitCode}\n${output}\n${lines.join('')}`);
  }
  await house.close();
};

if (import.meta.main) await main(process.argv.slice(2));
