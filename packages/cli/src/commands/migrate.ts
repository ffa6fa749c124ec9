// `valetkey migrate`: moves the embedded database of a data folder to PostgreSQL, verified; can be repeated until it succeeds.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith, usageError } from '../failure.ts';
import { words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey migrate` */
export const migrate = defineCommand({
  name: 'migrate',
  summary: t.migrate.summary,
  flags: {
    'data-dir': {
      type: 'string',
      value: 'FOLDER',
      help: t.dataDir,
    },
    to: {
      type: 'string',
      value: 'URL',
      help: t.migrate.to,
    },
    json: SERVER_FLAGS.json,
  },
  examples: ['valetkey migrate --data-dir ./data --to postgres://localhost/valetkey'],
  read: (flags) => succeed({ dataDir: flags['data-dir'] ?? null, url: flags.to ?? null }),
  async run({ dataDir, url }, { world, terminal }) {
    const target = url ?? world.env.VALETKEY_DATABASE_URL ?? '';
    if (!/^postgres(ql)?:\/\//.test(target)) return usageError(t.migrate.toMissing);
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
    terminal.say(t.migrate.done);
    return succeed(undefined);
  },
});
