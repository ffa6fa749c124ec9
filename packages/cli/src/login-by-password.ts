// Signs in with e-mail and password at the server's sign-in endpoint. MUST NOT repeat the password in any message.

import { type Result, succeed } from '@valetkey/core';
import { notValetkey } from './api-client.ts';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';

/** A new session token, or why there is none. */
export async function loginByPassword(
  email: string,
  password: string,
  { api, server }: Context,
): Promise<Result<string, Failure>> {
  if (password === '') return failWith(t.login.passwordEmpty, EXIT.usage);
  const answer = await api.signIn('/sign-in/email', { email, password });
  if (!answer.ok) return answer;
  const { status, headers, body } = answer.value;
  if (status === 401 || status === 403) {
    return failWith(t.login.refused(server), EXIT.loginNeeded);
  }
  if (status === 429) return failWith(t.login.tooOften, EXIT.loginNeeded);
  if (status !== 200) return notValetkey(server, status);
  const token = headers.get('set-auth-token') ?? (body as { token?: unknown } | null)?.token;
  if (typeof token === 'string' && token !== '') return succeed(token);
  return failWith(t.login.needsSecondFactor(server), EXIT.loginNeeded);
}
