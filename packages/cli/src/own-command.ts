// How this program is called again from elsewhere: by other programs' settings, by a shell.

import type { Env } from './program-env.ts';

/** Its first words: through npx where it runs through npx. */
export const ownCommand = (env: Env): readonly string[] =>
  env.npm_command === 'exec' ? ['npx', 'valetkey'] : ['valetkey'];
