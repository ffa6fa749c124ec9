// The planner: an app that asks the owner for a budget that it may share, with OAuth (PAR, PKCE, rich authorization requests).

import { createHash, randomBytes } from 'node:crypto';
import { type Access, valetkey } from '@valetkey/sdk';
import type { Owner } from './owner.ts';

/** The planner with its access. */
export interface Planner {
  readonly clientId: string;
  readonly token: string;
  readonly grantId: string;
  readonly access: Access;
}

/** No server listens there: the owner's browser only has to say where it would go. */
const REDIRECT = 'http://127.0.0.1/connected';

/** Registers the planner, asks for `details`, and is allowed. */
export async function connectPlanner(
  origin: string,
  owner: Owner,
  details: readonly object[],
): Promise<Planner> {
  const { id: clientId } = await owner.api<{ id: string }>('POST', '/clients', {
    name: 'Planner',
    redirect_uris: [REDIRECT],
    type: 'public',
  });
  const verifier = randomBytes(32).toString('base64url');
  const { request_uri } = await post<{ request_uri: string }>(`${origin}/par`, {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify(details),
  });
  const query = new URLSearchParams({ client_id: clientId, request_uri });
  const landing = await owner.allow(`${origin}/authorize?${query}`);
  const tokens = await post<{ access_token: string; grant_id: string }>(`${origin}/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: landing.searchParams.get('code') ?? '',
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  });
  const token = tokens.access_token;
  return { clientId, token, grantId: tokens.grant_id, access: valetkey({ baseUrl: origin, token }) };
}

async function post<Answer>(url: string, fields: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}
