// `valetkey apps revoke`: ends a grant and all below it for ever. It does not ask: the way back is a new grant.

import { succeed } from '@valetkey/core';
import type { Revocation } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey apps revoke` */
export const appsRevoke = defineCommand({
  name: 'apps revoke',
  summary: t.appsRevoke.summary,
  args: ['grant'],
  flags: SERVER_FLAGS,
  examples: ['valetkey apps revoke gr_1'],
  read: (_flags, [id]) => succeed(id!),
  async run(id, { api, terminal }) {
    const revoked = await api.call<Revocation>('POST', `/grants/${encodeURIComponent(id)}/revoke`);
    if (!revoked.ok) return revoked;
    const { grant_id, revoked_at, grants_stopped, streams_cut } = revoked.value;
    terminal.say(t.appsRevoke.done(Math.max(0, grants_stopped - 1)));
    terminal.result(revoked.value, [
      ['Grant', words(grant_id)],
      ['Revoked', moment(revoked_at)],
      ['Grants stopped', words(grants_stopped)],
      ['Running calls ended', words(streams_cut)],
    ]);
    return succeed(undefined);
  },
});
