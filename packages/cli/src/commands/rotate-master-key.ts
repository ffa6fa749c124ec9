// `valetkey rotate-master-key`: replaces the master key of a data folder, while the broker serves.

import { succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith } from '../failure.ts';
import { words } from '../format.ts';
import type { RotationState } from '../world.ts';

const SAYS: Readonly<Record<RotationState, string>> = {
  done: 'Everything is sealed anew. The master key before opens nothing any more, except backups from before: keep it as long as you keep those.',
  running:
    'The broker is still at it; its log says how far. Run this again to wait on. The key before stays in master.key.old until then.',
  at_next_start:
    'No broker runs on this folder: the next start does it. The key before stays in master.key.old until then.',
};

/** `valetkey rotate-master-key` */
export const rotateMasterKey = defineCommand({
  name: 'rotate-master-key',
  summary: 'Replace the master key in a data folder, also while the broker runs',
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: 'the data folder (default: VALETKEY_DATA_DIR, then ./data)',
    },
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  examples: ['valetkey rotate-master-key --data-dir /var/lib/valetkey'],
  read: (flags) => succeed({ folder: flags['data-dir'] ?? null }),
  async run({ folder }, { world, terminal }) {
    if (world.env.VALETKEY_MASTER_KEY ?? world.env.VALETKEY_MASTER_KEY_FILE)
      return failWith(
        'The master key is set by VALETKEY_MASTER_KEY (or _FILE). Give the broker a new one there, and this one as VALETKEY_MASTER_KEY_OLD (or _OLD_FILE).',
      );
    const rotated = await world.rotateMasterKey(folder ?? (world.env.VALETKEY_DATA_DIR || './data'));
    if (!rotated.ok) return failWith(rotated.error);
    const state = rotated.value;
    terminal.result({ state }, [['State', words(state)]]);
    terminal.say(SAYS[state]);
    if (state !== 'running') terminal.say('Back the new master.key up, apart from the database.');
    return succeed(undefined);
  },
});
