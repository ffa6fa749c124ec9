// `valetkey migrate`: moves the embedded database of a data folder to PostgreSQL, verified; can be repeated until it succeeds.

import { succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith, usageError } from '../failure.ts';
import { words } from '../format.ts';

/** `valetkey migrate` */
export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Move a data folder’s database to PostgreSQL, while no broker runs on it',
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: 'the data folder (default: VALETKEY_DATA_DIR, then ./data)',
    },
    to: {
      type: 'string',
      value: 'URL',
      help: 'postgres://... (default: VALETKEY_DATABASE_URL, which no other user can read)',
    },
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  examples: ['valetkey migrate --data-dir ./data --to postgres://localhost/valetkey'],
  read: (flags) => succeed({ dataDir: flags['data-dir'] ?? null, url: flags.to ?? null }),
  async run({ dataDir, url }, { world, terminal }) {
    const target = url ?? world.env.VALETKEY_DATABASE_URL ?? '';
    if (!/^postgres(ql)?:\/\//.test(target))
      return usageError('Name the database with --to postgres://... or VALETKEY_DATABASE_URL.');
    const moved = await world.migrate(dataDir ?? (world.env.VALETKEY_DATA_DIR || './data'), target);
    if (!moved.ok) return failWith(moved.error);
    const { entries, owners, calls, links, copiedEntries: copied_entries, rows } = moved.value;
    terminal.result({ entries, owners, calls, links, copied_entries, rows }, [
      ['Journal entries', words(entries)],
      ['Copied now', words(copied_entries)],
      ['Owners', words(owners)],
      ['Calls', words(calls)],
      ['Balances', words(links)],
    ]);
    terminal.say(
      'Both sides add up to the same. Start the broker with VALETKEY_DATABASE_URL and the same master key; do not start it on the data folder again.',
    );
    return succeed(undefined);
  },
});
