// `valetkey backup`: the database of a data folder as it stands at one moment, in one file. The broker may run or not.

import { fail, succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith } from '../failure.ts';
import { words } from '../format.ts';

/** `valetkey backup` */
export const backup = defineCommand({
  name: 'backup',
  summary: 'Copy the database of a data folder into one new file, also while the broker runs',
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: 'the data folder (default: VALETKEY_DATA_DIR, then ./data)',
    },
    to: { type: 'string', value: 'FILE', help: 'the file to write; it must not exist yet' },
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  examples: ['valetkey backup --data-dir /var/lib/valetkey --to valetkey-2026-11-22.sqlite'],
  read: (flags) =>
    flags.to ? succeed({ folder: flags['data-dir'] ?? null, file: flags.to }) : fail('--to FILE is missing'),
  async run({ folder, file }, { world, terminal }) {
    const made = await world.backUp(folder ?? (world.env.VALETKEY_DATA_DIR || './data'), file);
    if (!made.ok) return failWith(made.error);
    const { lastEntry, bytes, masterKeyFile } = made.value;
    const last = lastEntry && { id: lastEntry.id, hash: lastEntry.hash };
    terminal.result({ file, bytes, last_entry: last, master_key_file: masterKeyFile }, [
      ['Backup', words(file)],
      ['Bytes', words(bytes)],
      ['Last journal entry', words(last?.id ?? null)],
      ['Its hash', words(last?.hash ?? null)],
    ]);
    terminal.say(
      `The master key (${masterKeyFile ?? 'VALETKEY_MASTER_KEY'}) is not in the backup, and nothing sealed opens without it. ` +
        'Keep a copy of it in another place: whoever has both has the provider keys.',
    );
    return succeed(undefined);
  },
});
