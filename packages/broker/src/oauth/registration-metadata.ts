// What an app says about itself when it registers by itself (RFC 7591), read strictly: what would change how it proves itself or where it is
// sent is taken or refused by name, what only decorates is left out.

import { fail, type Result, succeed } from '@valetkey/core';
import type { ClientInput, ClientMetadata, ClientRefusal } from './client-metadata.ts';

/** An OAuth error of RFC 7591 section 3.2.2. */
export interface RegistrationError {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata';
  readonly error_description: string;
}

/** Members that would bind us to fetch, trust or send something that is not offered to apps that nobody vouches for. */
const NOT_TAKEN = [
  'jwks_uri',
  'sector_identifier_uri',
  'request_uris',
  'software_statement',
  'initiate_login_uri',
  'backchannel_client_notification_endpoint',
  'tls_client_certificate_bound_access_tokens',
];

const refuse = (error_description: string): Result<never, RegistrationError> =>
  fail({ error: 'invalid_client_metadata', error_description });

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= 20 && value.every((one) => typeof one === 'string');

const orUndefined = (value: unknown) => value ?? undefined;

/** The registration as an owner's developer would have typed it, or the member that is wrong. `grantTypes` are those that there are. */
export function readRegistration(
  input: unknown,
  grantTypes: readonly string[],
): Result<ClientInput, RegistrationError> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refuse('the body must be a JSON object');
  const said = input as Readonly<Record<string, unknown>>;
  const notTaken = NOT_TAKEN.find((member) => Object.hasOwn(said, member) && said[member] !== false);
  if (notTaken !== undefined) return refuse(`${notTaken} is not taken here`);
  const { client_name: name, client_uri: url = null, redirect_uris: redirectUris, jwks } = said;
  if (typeof name !== 'string') return refuse('client_name is required: it is shown to people');
  if (url !== null && typeof url !== 'string') return refuse('client_uri must be text');
  if (!isTexts(redirectUris)) return refuse('redirect_uris must be an array of addresses');
  const wanted = orUndefined(said.grant_types) ?? [];
  if (!isTexts(wanted) || !wanted.every((one) => grantTypes.includes(one)))
    return refuse(`grant_types must be some of ${grantTypes.join(', ')}`);
  const responses = orUndefined(said.response_types) ?? ['code'];
  if (!isTexts(responses) || !responses.every((one) => one === 'code'))
    return refuse('response_types must be code');
  const keys = (jwks as { keys?: unknown } | undefined)?.keys;
  if (jwks !== undefined && !Array.isArray(keys)) return refuse('jwks must be a set of public keys');
  return succeed({
    name,
    url,
    redirectUris,
    authMethod: (said.token_endpoint_auth_method ?? 'client_secret_basic') as ClientInput['authMethod'],
    keys: Array.isArray(keys) ? keys : null,
    dpopBound: said.dpop_bound_access_tokens === true,
  });
}

/** What the registry refused, in the words of RFC 7591. */
export const registrationError = ({ field, detail }: ClientRefusal): RegistrationError => ({
  error: field === 'redirectUris' ? 'invalid_redirect_uri' : 'invalid_client_metadata',
  error_description: detail,
});

/** The registration as it stands, for the app itself: everything that was taken, nothing that was not (RFC 7591 section 3.2.1). */
export const presentRegistration = (metadata: ClientMetadata, grantTypes: readonly string[]) => ({
  client_name: metadata.client_name,
  ...(metadata.client_uri && { client_uri: metadata.client_uri }),
  redirect_uris: metadata.redirect_uris,
  token_endpoint_auth_method: metadata.token_endpoint_auth_method,
  ...(metadata.jwks && { jwks: metadata.jwks }),
  dpop_bound_access_tokens: metadata.dpop_bound_access_tokens,
  grant_types: grantTypes,
  response_types: ['code'],
});
