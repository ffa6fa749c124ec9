// `npm run check`: types, lint and format, house rules and unused code, side by side. One line each; the whole output of what failed.

import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

interface Check {
  readonly name: string;
  readonly command: readonly [program: string, ...words: string[]];
}

interface Report extends Check {
  readonly passed: boolean;
  readonly seconds: string;
  readonly output: string;
}

const CHECKS: readonly Check[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'types of the dashboard', command: ['tsc', '--noEmit', '-p', 'packages/web'] },
  {
    name: 'lint and format',
    command: ['biome', 'ci', '--colors=off', '--error-on-warnings', '--max-diagnostics=50', '.'],
  },
  { name: 'house rules', command: ['node', 'scripts/house-rules.ts'] },
  { name: 'unused code', command: ['knip'] },
];

const root = join(import.meta.dirname, '..');
// The output is collected first, so no program sees a terminal; without this some colour it all the same.
const env = {
  NO_COLOR: '1',
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
};

const run = (check: Check): Promise<Report> =>
  new Promise((resolve) => {
    const startedAtMs = performance.now();
    const chunks: Buffer[] = [];
    const [program, ...words] = check.command;
    const child = spawn(program, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (passed: boolean, fault = '') =>
      resolve({
        ...check,
        passed,
        seconds: ((performance.now() - startedAtMs) / 1000).toFixed(1),
        output: Buffer.concat(chunks).toString('utf8') + fault,
      });
    child.on('error', (error) => end(false, `${error.message}\n`));
    child.on('close', (code) => end(code === 0));
  });

const report = ({ name, passed, seconds, output, command }: Report): void => {
  console.log(`${passed ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`);
  if (!passed) console.log(`\n$ ${command.join(' ')}\n${output.trim()}\n`);
};

const reports = await Promise.all(
  CHECKS.map(async (check) => {
    const done = await run(check);
    report(done);
    return done;
  }),
);
process.exitCode = reports.every(({ passed }) => passed) ? 0 : 1;
