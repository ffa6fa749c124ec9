// Looks whether a Valetkey server is where a person says, by its published metadata (RFC 8414). A password MUST NOT go anywhere before it was
// found.

import { type Result, succeed } from '@valetkey/core';
import { notValetkey, unreachable } from './api-client.ts';
import { type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';

const METADATA = '/.well-known/oauth-authorization-server';
/** The kind of right that only such a server gives. */
const ACCESS_TYPE = 'ai_model_access';
const TIMEOUT_MS = 15_000;

/** The address that the server at `server` (an origin) calls itself by. */
export async function findBroker(server: string, fetcher: typeof fetch): Promise<Result<string, Failure>> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetcher(server + METADATA, {
      headers: { accept: 'application/json' },
      // Where it would send us nobody has typed.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    body = answer.status === 200 ? await answer.json().catch(() => null) : null;
  } catch (error) {
    return unreachable(server, error);
  }
  const elsewhere = URL.parse(answer.headers.get('location') ?? '', server)?.origin;
  if (answer.status >= 300 && answer.status < 400 && elsewhere && elsewhere !== server) {
    return failWith(t.reach.sentElsewhere(server, elsewhere));
  }
  const { issuer, authorization_details_types_supported: types } = Object(body);
  if (typeof issuer !== 'string' || !Array.isArray(types) || !types.includes(ACCESS_TYPE)) {
    return notValetkey(server, answer.status);
  }
  return succeed(issuer);
}
