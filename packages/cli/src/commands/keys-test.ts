// `valetkey keys test`: asks the provider, through the server, whether a key works.

import { succeed } from '@valetkey/core';
import type { KeyTest } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { said, words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey keys test` */
export const keysTest = defineCommand({
  name: 'keys test',
  summary: t.keysTest.summary,
  args: ['id'],
  flags: SERVER_FLAGS,
  examples: ['valetkey keys test pk_1'],
  read: (_flags, [id]) => succeed(id!),
  async run(id, { api, terminal }) {
    const test = await api.call<KeyTest>('POST', `/provider-keys/${encodeURIComponent(id)}/test`);
    if (!test.ok) return test;
    const { ok, status, message } = test.value;
    terminal.result(test.value, [
      ['Works', { ...said(({ keysTest }) => keysTest.works(ok)), tone: ok ? 'good' : 'bad' }],
      ['HTTP status', words(status)],
      ['Message', words(message)],
    ]);
    return ok ? succeed(undefined) : failWith(t.keysTest.refused(message));
  },
});
