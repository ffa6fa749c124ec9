// The help pages, made from what commands say about themselves.

import type { Command, Flag } from './command.ts';
import { displayWidth } from './display-width.ts';
import { t } from './messages/messages.ts';

const HELP: Flag = { type: 'boolean', short: 'h', help: t.flags.help };

/** The page of one command: how it is written, what its flags mean, examples. */
export function commandHelp(command: Command): string {
  const flags = Object.entries({ ...command.flags, help: HELP });
  const rows = flags.map(([name, { short, value, help }]) => {
    return [`${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`, help] as const;
  });
  return [
    t.help.about(command.summary),
    '',
    `${t.help.usage} valetkey ${usageOf(command)}`,
    '',
    t.help.options,
    ...aligned(rows),
    '',
    t.help.examples,
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

/** The page of commands that begin with the same word. */
export const groupHelp = (commands: readonly Command[]): string =>
  [t.help.commands, ...oneLineEach(commands), '', t.help.more].join('\n');

/** The first page: every command in one line. */
export function overview(commands: readonly Command[]): string {
  return [
    t.help.product,
    '',
    `${t.help.usage} valetkey <command> [options]`,
    `${' '.repeat(displayWidth(t.help.usage))} valetkey  ${t.help.starts}`,
    '',
    t.help.commands,
    ...oneLineEach(commands),
    '',
    t.help.exitCodes,
    t.help.environment,
    t.help.more,
  ].join('\n');
}

function aligned(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
