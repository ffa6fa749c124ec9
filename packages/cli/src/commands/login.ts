// `valetkey login`: signs the owner in and remembers the session. The password MUST come from standard input or a prompt without echo: an
// argument would be in the process list and the shell's history.

import { fail, type Result, succeed } from '@valetkey/core';
import { createApiClient } from '../api-client.ts';
import type { Me } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { withLogin } from '../config.ts';
import { type Failure, usageError } from '../failure.ts';
import { findBroker } from '../find-broker.ts';
import { words } from '../format.ts';
import { loginByDevice } from '../login-by-device.ts';
import { loginByPassword } from '../login-by-password.ts';
import { t } from '../messages/messages.ts';
import { readSecret } from '../read-secret.ts';

/** `email` is null for signing in with the browser. */
export interface LoginOptions {
  readonly email: string | null;
  readonly passwordFromStdin: boolean;
}

/** `valetkey login` */
export const login = defineCommand({
  name: 'login',
  summary: t.login.summary,
  takesServer: true,
  flags: {
    ...SERVER_FLAGS,
    email: { type: 'string', value: 'EMAIL', help: t.login.email },
    'password-stdin': { type: 'boolean', help: t.login.passwordStdin },
  },
  examples: [
    'valetkey login keys.example.com',
    'valetkey login --email me@example.com --password-stdin < password.txt',
  ],
  read(flags): Result<LoginOptions, string> {
    const passwordFromStdin = flags['password-stdin'] === true;
    if (passwordFromStdin && !flags.email) return fail(t.login.needsEmail);
    return succeed({ email: flags.email ?? null, passwordFromStdin });
  },
  run: runLogin,
});

async function runLogin(options: LoginOptions, context: Context): Promise<Result<void, Failure>> {
  const { world, server, terminal, config, saveConfig } = context;
  const issuer = await findBroker(server, world.fetch);
  if (!issuer.ok) return issuer;
  const token = await openSession(options, context);
  if (!token.ok) return token;
  const me = await createApiClient(world.fetch, server, token.value).call<Me>('GET', '/me');
  if (!me.ok) return me;
  const { email } = me.value.owner;
  const saved = saveConfig(withLogin(config, server, { token: token.value, email }));
  if (!saved.ok) return saved;
  terminal.say(t.login.done(server, email));
  if (issuer.value !== server) terminal.say(t.login.otherIssuer(issuer.value, server));
  terminal.result({ url: server, email }, [
    ['Server', words(server)],
    ['Owner', words(email)],
  ]);
  return succeed(undefined);
}

async function openSession(options: LoginOptions, context: Context): Promise<Result<string, Failure>> {
  if (options.email === null) return loginByDevice(context);
  const password = await readPassword(options, context);
  return password.ok ? loginByPassword(options.email, password.value, context) : password;
}

async function readPassword(options: LoginOptions, context: Context): Promise<Result<string, Failure>> {
  if (!options.passwordFromStdin && !context.terminal.canPrompt) {
    return usageError(t.login.passwordWanted);
  }
  const given = await readSecret(t.login.password, context);
  // Only the line's end is taken off: a password may begin or end with spaces.
  return given.ok ? succeed(given.value.replace(/\r?\n$/, '')) : given;
}
