// `valetkey apps pause` and `valetkey apps resume`: nothing is forwarded for an app in between.

import { succeed } from '@valetkey/core';
import type { Grant } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { t } from '../messages/messages.ts';
import { grantEntries } from './apps-show.ts';

const statusChange = (word: string, summary: string, status: Grant['status'], done: (id: string) => string) =>
  defineCommand({
    name: `apps ${word}`,
    summary,
    args: ['grant'],
    flags: SERVER_FLAGS,
    examples: [`valetkey apps ${word} gr_1`],
    read: (_flags, [id]) => succeed(id!),
    async run(id, { api, terminal }) {
      const grant = await api.call<Grant>('PATCH', `/grants/${encodeURIComponent(id)}`, { status });
      if (!grant.ok) return grant;
      terminal.say(done(id));
      terminal.result(grant.value, grantEntries(grant.value));
      return succeed(undefined);
    },
  });

/** `valetkey apps pause` */
export const appsPause = statusChange('pause', t.appsPause.summary, 'suspended', (id) =>
  t.appsPause.done(id),
);

/** `valetkey apps resume` */
export const appsResume = statusChange('resume', t.appsResume.summary, 'active', () => t.appsResume.done);
