// Guarantees of completion: what a shell offers is what the table of commands has, at the place where it may stand.

import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runAgainst } from '../../test/run-against.ts';
import { COMMANDS } from '../cli.ts';

const script = async (shell: string) => (await runAgainst(['completion', shell])).stdout;

describe('bash', () => {
  /** What is offered for the last word. */
  const offered = async (...words: string[]): Promise<string[]> => {
    const ask = `${await script('bash')}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _valetkey; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask, 'bash', 'valetkey', ...words])
      .toString()
      .split('\n')
      .filter(Boolean);
  };

  it('offers the first word of every command', async () => {
    const firsts = new Set(COMMANDS.map(({ name }) => name.split(' ')[0]!));
    expect((await offered('')).toSorted()).toEqual([...firsts].toSorted());
  });

  it.each([
    [['ke'], ['keys']],
    [
      ['keys', ''],
      ['add', 'list', 'test', 'rotate', 'rm'],
    ],
    [['keys', 'add', '--la'], ['--label']],
    [['usage', 'i'], ['import']],
    [['usage', '--d'], ['--days']],
    [
      ['setup', 'c'],
      ['claude', 'codex'],
    ],
    [['run', '--limit', '2', '--mo'], ['--model']],
    [['run', '--', '--mo'], []],
    [['nowhere', ''], []],
  ])('after %j offers %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
});

const [zsh, fish] = ['zsh', 'fish'] as const;
const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

const LINES: readonly [line: string, offered: string][] = [
  ['ke', 'keys'],
  ['keys ', 'add list test rotate rm'],
  ['keys add --la', '--label'],
  ['setup c', 'claude codex'],
  ['completion ', 'bash zsh fish'],
  ['run --limit 2 --mo', '--model'],
];

describe('zsh', () => {
  it('gets the same as bash through its own way to read it', async () => {
    const own = await script('zsh');
    expect(own).toContain('bashcompinit');
    expect(own.endsWith(await script('bash'))).toBe(true);
  });

  it.for(LINES)('itself offers for "%s": %s', async ([line, expected], { skip }) => {
    skip(!isInstalled(zsh), 'zsh is not installed here');
    // Outside of its line editor there is nothing to add to: what would be, of which the editor takes what fits the last word, is printed.
    const ask = `${await script('zsh')}
      compadd() { print -l -- "$@" }
      words=("$@"); CURRENT=$#; _bash_complete -o default -F _valetkey`;
    const words = ['valetkey', ...line.split(' ')];
    const said = execFileSync(zsh, ['-f', '-c', ask, 'zsh', ...words]).toString();
    const last = words.at(-1)!;
    const fitting = said.split('\n').filter((word) => /^(?:--)?\w/.test(word) && word.startsWith(last));
    expect(fitting.filter((word) => last !== '' || !word.startsWith('--'))).toEqual(expected.split(' '));
  });
});

describe('fish', () => {
  it('gets every flag of every command, each in one quoted line', async () => {
    const lines = (await script('fish')).trimEnd().split('\n');
    const flags = COMMANDS.flatMap(({ flags }) => Object.keys(flags));
    expect(lines.filter((line) => / -l /.test(line))).toHaveLength(flags.length);
    for (const line of lines)
      expect(line).toMatch(/^complete -c valetkey (?:[^'\\]|'(?:[^'\\]|\\['\\])*')*$/);
  });

  it.for(LINES)('itself offers for "%s": %s', async ([line, expected], { skip }) => {
    skip(!isInstalled(fish), 'fish is not installed here');
    const ask = `${await script('fish')}\ncomplete -C "valetkey ${line}"`;
    const said = execFileSync(fish, ['--no-config', '-c', ask]).toString().split('\n');
    const offered = said.map((each) => each.split('\t')[0]!).filter(Boolean);
    expect(offered.toSorted()).toEqual(expected.split(' ').toSorted());
  });
});

it('another shell is refused with those that there are', async () => {
  const { exitCode, stderr } = await runAgainst(['completion', 'tcsh']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('one of bash, zsh, fish');
});
