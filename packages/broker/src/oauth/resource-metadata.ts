// Tells clients of the gateway which server grants access to it (RFC 9728).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf } from '../request-path.ts';
import { DETAILS_TYPES } from './configuration.ts';
import { OAUTH_PATHS } from './paths.ts';

/** Answers the request if it asks for the resource's metadata; false, with nothing sent, if not. */
export function serveResourceMetadata(
  request: IncomingMessage,
  response: ServerResponse,
  { issuer, hasMutualTls }: { readonly issuer: string; readonly hasMutualTls: boolean },
): boolean {
  const path = pathOf(request);
  if (path !== OAUTH_PATHS.resourceMetadata || (request.method !== 'GET' && request.method !== 'HEAD')) {
    return false;
  }
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
  });
  response.end(
    JSON.stringify({
      resource: issuer,
      resource_name: 'Valetkey',
      authorization_servers: [issuer],
      jwks_uri: `${issuer}${OAUTH_PATHS.jwks}`,
      bearer_methods_supported: ['header'],
      authorization_details_types_supported: DETAILS_TYPES,
      dpop_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA'],
      ...(hasMutualTls && { tls_client_certificate_bound_access_tokens: true }),
    }),
  );
  return true;
}
