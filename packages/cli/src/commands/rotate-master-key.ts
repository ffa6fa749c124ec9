// `valetkey rotate-master-key`: replaces the master key of a data folder, while the broker serves.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { t } from '../messages/messages.ts';

/** `valetkey rotate-master-key` */
export const rotateMasterKey = defineCommand({
  name: 'rotate-master-key',
  summary: t.rotateMasterKey.summary,
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: t.dataDir,
    },
    json: SERVER_FLAGS.json,
  },
  examples: ['valetkey rotate-master-key --data-dir /var/lib/valetkey'],
  read: (flags) => succeed({ folder: flags['data-dir'] ?? null }),
  async run({ folder }, { world, terminal }) {
    if (world.env.VALETKEY_MASTER_KEY ?? world.env.VALETKEY_MASTER_KEY_FILE)
      return failWith(t.rotateMasterKey.inEnvironment);
    const rotated = await world.rotateMasterKey(folder ?? (world.env.VALETKEY_DATA_DIR || './data'));
    if (!rotated.ok) return failWith(rotated.error);
    const state = rotated.value;
    terminal.result({ state }, [['State', { text: t.rotateMasterKey.states[state], plain: state }]]);
    terminal.say(t.rotateMasterKey.says[state]);
    if (state !== 'running') terminal.say(t.rotateMasterKey.backUp);
    return succeed(undefined);
  },
});
