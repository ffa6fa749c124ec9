// Guarantees of completion: what a shell offers is what the table of commands has, at the place where it may stand.

import { execFileSync } from 'node:child_process';
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
    [['run', '--limit', '2', '--mo'], ['--model']],
    [['run', '--', '--mo'], []],
    [['nowhere', ''], []],
  ])('after %j offers %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });
});

it('zsh gets the same through its own way to read it', async () => {
  const zsh = await script('zsh');
  expect(zsh).toContain('bashcompinit');
  expect(zsh.endsWith(await script('bash'))).toBe(true);
});

it('fish gets every flag of every command, each in one quoted line', async () => {
  const lines = (await script('fish')).trimEnd().split('\n');
  const flags = COMMANDS.flatMap(({ flags }) => Object.keys(flags));
  expect(lines.filter((line) => / -l /.test(line))).toHaveLength(flags.length);
  for (const line of lines) expect(line).toMatch(/^complete -c valetkey (?:[^'\\]|'(?:[^'\\]|\\['\\])*')*$/);
});

it('another shell is refused with those that there are', async () => {
  const { exitCode, stderr } = await runAgainst(['completion', 'tcsh']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('one of bash, zsh, fish');
});
