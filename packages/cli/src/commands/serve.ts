// `valetkey serve`: the broker in this process, configured by environment variables alone.

import { succeed } from '@valetkey/core';
import { defineCommand } from '../command.ts';
import { failWith } from '../failure.ts';
import { t } from '../messages/messages.ts';

/** `valetkey serve` */
export const serve = defineCommand({
  name: 'serve',
  summary: t.serve.summary,
  flags: {},
  examples: ['valetkey serve', 'VALETKEY_PORT=9000 VALETKEY_DATA_DIR=/var/lib/valetkey valetkey serve'],
  read: () => succeed(null),
  async run(_options, { world }) {
    return (await world.startBroker(world.env)) ? succeed(undefined) : failWith(t.serve.failed);
  },
});
