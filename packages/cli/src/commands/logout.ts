// `valetkey logout`: ends the session at the server and forgets it here. It is forgotten here even if the server cannot be told.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { withoutLogin } from '../config.ts';
import { t } from '../messages/messages.ts';

/** `valetkey logout` */
export const logout = defineCommand({
  name: 'logout',
  summary: t.logout.summary,
  flags: { url: SERVER_FLAGS.url },
  examples: ['valetkey logout'],
  read: () => succeed(null),
  async run(_options, { api, config, server, saveConfig, terminal }) {
    if (config.logins[server] === undefined) {
      terminal.say(t.logout.wasNot(server));
      return succeed(undefined);
    }
    const answer = await api.signIn('/sign-out', {});
    const saved = saveConfig(withoutLogin(config, server));
    if (!saved.ok) return saved;
    const told = answer.ok && (answer.value.status < 300 || answer.value.status === 401);
    terminal.say(told ? t.logout.done(server) : t.logout.onlyHere(server));
    return succeed(undefined);
  },
});
