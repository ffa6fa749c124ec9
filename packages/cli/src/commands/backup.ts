// `valetkey backup`: the database of a data folder as it stands at one moment, in one file. The broker may run or not.

import { fail, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey backup` */
export const backup = defineCommand({
  name: 'backup',
  summary: t.backup.summary,
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: t.dataDir,
    },
    to: { type: 'string', value: 'FILE', help: t.backup.to },
    json: SERVER_FLAGS.json,
  },
  examples: ['valetkey backup --data-dir /var/lib/valetkey --to valetkey-2026-11-22.sqlite'],
  read: (flags) =>
    flags.to
      ? succeed({ folder: flags['data-dir'] ?? null, file: flags.to })
      : fail(t.misuse.optionMissing('--to FILE')),
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
    terminal.say(t.backup.done(masterKeyFile ?? 'VALETKEY_MASTER_KEY'));
    return succeed(undefined);
  },
});
