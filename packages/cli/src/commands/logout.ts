// `valetkey logout`: ends the session at the server and forgets it here. It is forgotten here even if the server cannot be told.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { withoutLogin } from '../config.ts';

/** `valetkey logout` */
export const logout = defineCommand({
  name: 'logout',
  summary: 'End the login at a server',
  flags: { url: SERVER_FLAGS.url },
  examples: ['valetkey logout'],
  read: () => succeed(null),
  async run(_options, { api, config, server, saveConfig, terminal }) {
    if (config.logins[server] === undefined) {
      terminal.say(`You were not logged in to ${server}.`);
      return succeed(undefined);
    }
    const answer = await api.signIn('/sign-out', {});
    const saved = saveConfig(withoutLogin(config, server));
    if (!saved.ok) return saved;
    const told = answer.ok && (answer.value.status < 300 || answer.value.status === 401);
    terminal.say(
      told
        ? `Logged out of ${server}.`
        : `Forgot the login to ${server}, but the server could not be told: end the session on its dashboard.`,
    );
    return succeed(undefined);
  },
});
