// The help pages, made from what commands say about themselves.

import type { Command, Flag } from './command.ts';

const HELP: Flag = { type: 'boolean', short: 'h', help: 'show this page' };

/** The page of one command: how it is written, what its flags mean, examples. */
export function commandHelp(command: Command): string {
  const flags = Object.entries({ ...command.flags, help: HELP });
  const rows = flags.map(([name, { short, value, help }]) => {
    return [`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`, help] as const;
  });
  return [
    `${command.summary}.`,
    '',
    `Usage: valetkey ${usageOf(command)}`,
    '',
    'Options:',
    ...aligned(rows),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}

const usageOf = ({ name, args, takesServer, rest }: Command): string =>
  [
    name,
    ...args.map((arg) => `<${arg}>`),
    ...(takesServer ? ['[server]'] : []),
    '[options]',
    ...(rest === null ? [] : [`[-- <${rest}>]`]),
  ].join(' ');

const oneLineEach = (commands: readonly Command[]): string[] =>
  aligned(
    commands.map(({ name, args, summary }) => [[name, ...args.map((arg) => `<${arg}>`)].join(' '), summary]),
  );

const MORE = 'More about one command: valetkey <command> --help';

/** The page of commands that begin with the same word. */
export const groupHelp = (commands: readonly Command[]): string =>
  ['Commands:', ...oneLineEach(commands), '', MORE].join('\n');

/** The first page: every command in one line. */
export function overview(commands: readonly Command[]): string {
  return [
    'Valetkey keeps your AI provider keys and hands out scoped, budgeted tokens instead.',
    '',
    'Usage: valetkey <command> [options]',
    '       valetkey  (starts the broker, as valetkey serve does)',
    '',
    'Commands:',
    ...oneLineEach(commands),
    '',
    'Exit codes: 0 ok, 1 error, 2 usage, 4 login needed, 5 budget refused, 6 not granted, 130 interrupted.',
    'Environment: VALETKEY_URL chooses the server, XDG_CONFIG_HOME where logins are kept, NO_COLOR turns colour off.',
    MORE,
  ].join('\n');
}

function aligned(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
