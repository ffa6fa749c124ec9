// docs/reference/cli.md is written from what the commands say about themselves. Run this file with `-u` to write it anew.

import { expect, it } from 'vitest';
import { COMMANDS } from '../src/cli.ts';
import { commandHelp } from '../src/help.ts';

const PAGE = '../../../docs/reference/cli.md';

const INTRO = `# The command line

Every command and option, as \`--help\` behind a command shows them; through npx, \`npx\` goes before them. \`valetkey\` alone starts the broker.
How the commands belong together: [Programs in a terminal](../guides/terminal-tools.md).

- **Which server:** \`--url\`, then \`VALETKEY_URL\`, then the last login, then \`http://127.0.0.1:8787\`. A name alone is taken to speak https.
- **Output:** results go to stdout, everything else to stderr. At a terminal lists are tables, with colour unless \`NO_COLOR\` is set; in a pipe
  they are lines separated by tabs, without titles, amounts exact and times RFC 3339. \`--json\` prints the result as JSON.
- **Language:** English, German or Japanese, as \`LC_ALL\`, else \`LC_MESSAGES\`, else \`LANG\` asks (\`LC_ALL=C\` for English). Results in a pipe and with
  \`--json\` are the same in every language; what a server says of an error is English.
- **Questions** are asked at a terminal alone. In a script, what would be asked is refused with the option that answers it.
- **Secrets:** provider keys and passwords come from standard input or a prompt without echo, and are never printed. Only \`token print\`,
  \`grant create\` and \`delegate\` print a token.
- **Logins** are kept in \`~/.config/valetkey/config.json\` (under \`XDG_CONFIG_HOME\` if that is set), which only you can read.

| exit code | means                                                               |
| --------- | ------------------------------------------------------------------- |
| 0         | done                                                                |
| 1         | it did not work; stderr says why                                    |
| 2         | the command line is not understood                                  |
| 4         | a login is needed, or one that is newer                             |
| 5         | a budget refuses                                                    |
| 6         | not granted                                                         |
| 130       | interrupted                                                         |
| others    | of \`run\` and \`delegate\`: the program’s, 128 and the signal’s number |
`;

const sections = COMMANDS.map(
  (command) => `## valetkey ${command.name}\n\n\`\`\`text\n${commandHelp(command)}\n\`\`\`\n`,
);

it('the reference has every command as it is', async () => {
  await expect([INTRO, ...sections].join('\n')).toMatchFileSnapshot(PAGE);
});
