// What a command is: its name, its flags with their help, how its options are read, and what it runs. Reading flags is here so that every
// command refuses a wrong command line in the same words.

import { parseArgs } from 'node:util';
import type { Result } from '@valetkey/core';
import type { ApiClient } from './api-client.ts';
import type { Config } from './config.ts';
import { type Failure, usageError } from './failure.ts';
import { t } from './messages/messages.ts';
import type { Terminal } from './terminal.ts';
import type { World } from './world.ts';

/** One flag. `value` names what follows it in the help; a flag without it is a switch. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  /** One letter that says the same. */
  readonly short?: string;
  readonly value?: string;
  readonly help: string;
}

type FlagTable = Readonly<Record<string, Flag>>;
type FlagValue<F extends Flag> = F extends { type: 'boolean' }
  ? boolean
  : F extends { multiple: true }
    ? string[]
    : string;
type FlagValues<Flags extends FlagTable> = { readonly [Name in keyof Flags]?: FlagValue<Flags[Name]> };

/** What a command may use. */
export interface Context {
  readonly world: World;
  readonly terminal: Terminal;
  /** The origin of the server that is meant. */
  readonly server: string;
  readonly api: ApiClient;
  readonly config: Config;
  /** Replaces what is remembered. */
  readonly saveConfig: (config: Config) => Result<void, Failure>;
  /** The file of this machine's keys as a device. */
  readonly deviceKeys: string;
}

/** What a command says about itself. `Options` is its command line, understood. */
export interface CommandSpec<Flags extends FlagTable, Options> {
  /** One or two words. */
  readonly name: string;
  /** One line for lists of commands. */
  readonly summary: string;
  /** The names of its arguments, all required. */
  readonly args?: readonly string[];
  /** What its first argument may be, for shells to complete. */
  readonly choices?: readonly string[];
  /** Whether it may take a server as one more argument, which says what `--url` says. */
  readonly takesServer?: true;
  /** What the words after `--` are, if they are its own; `read` finds them after its arguments. */
  readonly rest?: string;
  readonly flags: Flags;
  /** Whole command lines that work. */
  readonly examples: readonly string[];
  /** Understands the command line; fails with one sentence. */
  readonly read: (
    flags: FlagValues<Flags>,
    args: readonly string[],
    nowMs: number,
  ) => Result<Options, string>;
  readonly run: (options: Options, context: Context) => Promise<Result<void, Failure>>;
}

/** A command with its types hidden, as the table of commands holds it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly args: readonly string[];
  readonly choices: readonly string[];
  readonly takesServer: boolean;
  readonly rest: string | null;
  readonly flags: FlagTable;
  readonly examples: readonly string[];
  /** Understands the words after the command's name. */
  readonly parse: (words: readonly string[], nowMs: number) => Result<Invocation, Failure>;
}

/** A command line that was understood. */
export interface Invocation {
  readonly json: boolean;
  /** The value of `--url`, or the argument in its place. */
  readonly url: string | undefined;
  readonly run: (context: Context) => Promise<Result<void, Failure>>;
}

/** The flags of every command that talks to a server and has a result. */
export const SERVER_FLAGS = {
  url: { type: 'string', value: 'URL', help: t.flags.url },
  json: { type: 'boolean', help: t.flags.json },
} as const satisfies FlagTable;

/** The command of this specification. */
export function defineCommand<const Flags extends FlagTable, Options>(
  spec: CommandSpec<Flags, Options>,
): Command {
  const { name, summary, args = [], choices = [], takesServer = false, rest = null, flags, examples } = spec;
  return {
    name,
    summary,
    args,
    choices,
    takesServer,
    rest,
    flags,
    examples,
    parse(words, nowMs) {
      const [own, after] = rest === null ? [words, []] : splitAtDashes(words);
      const parsed = parseWords(own, flags);
      if (typeof parsed === 'string') return wrongUsage(parsed, name);
      const { values, positionals } = parsed;
      const { json, url = takesServer ? positionals.pop() : undefined } = values as {
        json?: boolean;
        url?: string;
      };
      const missing = args[positionals.length];
      if (missing !== undefined) return wrongUsage(t.misuse.missing(missing), name);
      // What a script gets of a variable that is not set.
      const empty = args.find((_, index) => positionals[index] === '');
      if (empty !== undefined) return wrongUsage(t.misuse.empty(empty), name);
      const extra = positionals[args.length];
      if (extra !== undefined) return wrongUsage(tooMany(extra), name);
      const options = spec.read(values as FlagValues<Flags>, [...positionals, ...after], nowMs);
      if (!options.ok) return wrongUsage(options.error, name);
      return {
        ok: true,
        value: { json: json === true, url, run: (context) => spec.run(options.value, context) },
      };
    },
  };
}

/** Long words may be a key that somebody typed where none belongs: it MUST NOT be repeated. */
const tooMany = (word: string): string => (word.length < 20 ? t.misuse.tooMany(word) : t.misuse.lastTooMany);

const wrongUsage = (problem: string, name: string) => usageError(t.misuse.wrong(problem, name));

function splitAtDashes(words: readonly string[]): [own: readonly string[], after: readonly string[]] {
  const at = words.indexOf('--');
  return at < 0 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

/** The flags and the other words, or what is wrong. Node's own refusals are longer, and in English alone. */
function parseWords(words: readonly string[], flags: FlagTable) {
  const { tokens, values, positionals } = parseArgs({
    args: [...words],
    options: flags,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    const problem = token.kind === 'option' ? problemWith(token, flags) : null;
    if (problem !== null) return problem;
  }
  return { values, positionals };
}

interface GivenFlag {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function problemWith({ name, rawName, value, inlineValue }: GivenFlag, flags: FlagTable): string | null {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined) return t.misuse.unknownOption(rawName);
  const option = flag.short ? `-${flag.short}, --${name}` : `--${name}`;
  if (flag.type === 'boolean') return value === undefined ? null : t.misuse.takesNoValue(option);
  if (value === undefined) return t.misuse.valueMissing(option);
  // A value that was forgotten; one that is meant is written behind `=`.
  return !inlineValue && /^-./.test(value) ? t.misuse.valueIsOption(rawName) : null;
}
