// `valetkey completion`: a script by which a shell completes commands and flags, made from the table of commands and so never behind it.

import { fail, succeed } from '@valetkey/core';
import { type Command, defineCommand } from '../command.ts';
import { t } from '../messages/messages.ts';

type Commands = readonly Command[];

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `valetkey completion`; `commands` gives the whole table, which this is part of. */
export const completionOf = (commands: () => Commands): Command =>
  defineCommand({
    name: 'completion',
    summary: t.completion.summary,
    args: ['shell'],
    choices: SHELLS,
    flags: {},
    examples: ['valetkey completion bash', 'valetkey completion zsh', 'valetkey completion fish'],
    read: (_flags, [shell]) => {
      const script = new Map(Object.entries(SCRIPTS)).get(shell!);
      return script ? succeed(script) : fail(t.completion.shells(SHELLS.join(', ')));
    },
    async run(script, { terminal }) {
      terminal.print(script(commands()));
      return succeed(undefined);
    },
  });

const wordsOf = ({ choices, flags }: Command): string[] => [
  ...choices,
  ...[...Object.keys(flags), 'help'].map((name) => `--${name}`),
];

/** What may follow, by the words of the command that stand already: none, the first of two, or all of them. */
function followers(commands: Commands): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>([['', []]]);
  for (const command of commands) {
    const [first, second] = command.name.split(' ') as [string, string?];
    const firsts = found.get('')!;
    if (!firsts.includes(first)) firsts.push(first);
    if (second) found.set(first, [...(found.get(first) ?? []), second]);
    found.set(command.name, [...(found.get(command.name) ?? []), ...wordsOf(command)]);
  }
  return found;
}

/** After `--`, and where nothing fits, the shell goes on by itself. */
const bash = (commands: Commands): string => {
  const cases = [...followers(commands)].map(
    ([words, next]) => `    '${words}') echo '${next.join(' ')}' ;;`,
  );
  return `_valetkey_next() {
  case "$1" in
${cases.join('\n')}
  esac
}
_valetkey() {
  local next first="\${COMP_WORDS[1]}"
  [[ " \${COMP_WORDS[*]:1:$((COMP_CWORD - 1))} " == *' -- '* ]] && return
  if (( COMP_CWORD == 1 )); then next=$(_valetkey_next ''); else
    (( COMP_CWORD > 2 )) && next=$(_valetkey_next "$first \${COMP_WORDS[2]}")
    [[ -n "$next" ]] || next=$(_valetkey_next "$first")
  fi
  COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _valetkey valetkey`;
};

const zsh = (commands: Commands): string => `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`;

const fishQuote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const fish = (commands: Commands): string => {
  const lines = commands.flatMap((command) => {
    const [first, second] = command.name.split(' ');
    const about = fishQuote(command.summary);
    const seen = `__fish_seen_subcommand_from ${first}`;
    const within = second ? `${seen}; and __fish_seen_subcommand_from ${second}` : seen;
    const name = second
      ? `complete -c valetkey -f -n ${fishQuote(`${seen}; and not __fish_seen_subcommand_from ${second}`)} -a ${second} -d ${about}`
      : `complete -c valetkey -f -n __fish_use_subcommand -a ${first} -d ${about}`;
    const flags = Object.entries(command.flags).map(
      ([flag, { type, short, help }]) =>
        `complete -c valetkey -n ${fishQuote(within)} -l ${flag}${short ? ` -s ${short}` : ''}${type === 'string' ? ' -r' : ''} -d ${fishQuote(help)}`,
    );
    const choices = command.choices.map(
      (choice) => `complete -c valetkey -f -n ${fishQuote(within)} -a ${choice}`,
    );
    return [name, ...choices, ...flags];
  });
  const groups = followers(commands)
    .get('')!
    .filter((first) => !commands.some(({ name }) => name === first));
  return [
    ...lines,
    `complete -c valetkey -f -n __fish_use_subcommand -a ${fishQuote(groups.join(' '))}`,
  ].join('\n');
};

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (commands: Commands) => string>> = {
  bash,
  zsh,
  fish,
};
