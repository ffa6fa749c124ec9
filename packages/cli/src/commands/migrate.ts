// `valetkey migrate`: moves the embedded database of a data folder to PostgreSQL, verified; can be repeated until it succeeds.

import { fail, succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith } from '../failure.ts';

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
    to: { type: 'string', value: 'URL', help: 'postgres://... (default: VALETKEY_DATABASE_URL, which no other user can read)' },
    json: { type: 'boolean', help: 'print the result as JSON' },
  },
  examples: ['valetkey migrate --data-dir ./data --to postgres://localhost/valetkey'],
  read: (flags) => succeed({ dataDir: flags['data-dir'] ?? null, url: flags.to ?? null }),
  async run({ dataDir, url }, { world, terminal }) {
    const target = url ?? world.env.VALETKEY_DATABASE_URL ?? '';
    if (!/^postgres(ql)?:\/\//.test(target)) return failWith('Name the database with --to postgres://... or VALETKEY_DATABASE_URL.');
    const moved = await world.migrate(dataDir ?? (world.env.VALETKEY_DATA_DIR || './data'), target);
    return moved.ok ? succeed(undefined) : fail(moved.error);
  },
});
