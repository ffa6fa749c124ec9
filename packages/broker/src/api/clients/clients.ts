// The owner's registered apps. What an app may say about itself is decided by the OAuth room; this file only carries it.

import type { Result } from '@valetkey/core';
import { z } from 'zod';
import { ApiError, found } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiClient, ApiClientInput, ApiClientRefusal, ApiParts } from '../contract.ts';
import { liveGrantsByClient } from '../grants/live-grants-by.ts';
import { errorResponses, idParams, noBody, noContent, onePage, pageOf, timeText, toTime } from '../wire.ts';

const clientShape = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string().nullable(),
  redirect_uris: z.array(z.string()),
  type: z.enum(['public', 'confidential']),
  dpop_bound: z.boolean(),
  origin: z.enum(['registered', 'self_registered', 'metadata_document']),
  created_at: timeText,
  grants: z.int().describe('Live and paused grants of the owner'),
});
const client = clientShape.meta({ id: 'Client' });
const registered = clientShape
  .extend({ client_secret: z.string().optional().describe('Confidential apps only, shown once') })
  .meta({ id: 'RegisteredClient' });

const jwks = z
  .strictObject({ keys: z.array(z.record(z.string(), z.unknown())).max(20) })
  .describe(
    'Public keys (RFC 7517): the app then proves itself with a signed assertion (private_key_jwt) and has no secret',
  );

const certificate = z
  .union([
    z.strictObject({
      pem: z.string().max(10_000).describe('Its own certificate, which it may have signed itself'),
    }),
    z.strictObject({
      dns: z
        .string()
        .max(253)
        .describe('A DNS name in a certificate of an authority that the operator trusts'),
    }),
  ])
  .describe('The app proves itself with a client certificate (RFC 8705), and its tokens are bound to it');

const edits = {
  name: z.string().max(200),
  url: z.string().max(2000).nullable(),
  redirect_uris: z.array(z.string().max(2000)).max(50),
};
const newClient = z
  .strictObject({
    ...edits,
    url: edits.url.optional(),
    type: clientShape.shape.type,
    jwks: jwks.optional(),
    certificate: certificate.optional(),
    dpop_bound: z.boolean().optional(),
  })
  .meta({ id: 'NewClient' });
const clientChange = z
  .strictObject({ ...edits, jwks, certificate })
  .partial()
  .meta({ id: 'ClientChange' });

const toWire = (
  { id, origin, metadata, createdAtMs }: ApiClient,
  grants: number,
): z.infer<typeof client> => ({
  id,
  name: metadata.client_name,
  url: metadata.client_uri ?? null,
  redirect_uris: [...metadata.redirect_uris],
  type: metadata.token_endpoint_auth_method === 'none' ? 'public' : 'confidential',
  dpop_bound: metadata.dpop_bound_access_tokens,
  origin,
  created_at: toTime(createdAtMs),
  grants,
});

/** What the OAuth room calls a field, as it stands on the wire. */
const WIRE_FIELDS: Readonly<Record<string, string>> = {
  redirectUris: 'redirect_uris',
  authMethod: 'type',
  keys: 'jwks',
  dpopBound: 'dpop_bound',
};

const unwrap = <Value>(result: Result<Value, ApiClientRefusal>): Value => {
  if (result.ok) return result.value;
  const { reason, field, detail } = result.error;
  if (reason === 'not_found') throw new ApiError('not_found', detail);
  throw new ApiError(
    'invalid_request',
    detail,
    field === null ? undefined : { [WIRE_FIELDS[field] ?? field]: detail },
  );
};

const changed = ({ metadata }: ApiClient, change: z.infer<typeof clientChange>): ApiClientInput => ({
  name: change.name ?? metadata.client_name,
  url: change.url === undefined ? (metadata.client_uri ?? null) : change.url,
  redirectUris: change.redirect_uris ?? metadata.redirect_uris,
  authMethod: metadata.token_endpoint_auth_method,
  keys:
    metadata.token_endpoint_auth_method === 'private_key_jwt'
      ? ((change.jwks ?? metadata.jwks)?.keys ?? null)
      : (change.jwks?.keys ?? null),
  ...(change.certificate && { certificate: change.certificate }),
  dpopBound: metadata.dpop_bound_access_tokens,
});

const authMethodOf = ({
  type,
  jwks,
  certificate,
}: z.infer<typeof newClient>): ApiClientInput['authMethod'] => {
  if (type === 'public') return 'none';
  if (certificate) return 'pem' in certificate ? 'self_signed_tls_client_auth' : 'tls_client_auth';
  return jwks ? 'private_key_jwt' : 'client_secret_basic';
};

const tags = ['apps'];

const registerKeeping = (app: App, { clients, grants }: ApiParts): void => {
  const list = {
    summary: 'List registered apps',
    tags,
    response: { 200: pageOf(client), ...errorResponses },
  };
  app.get('/api/v1/clients', { schema: list }, async ({ owner }) => {
    const [all, used] = await Promise.all([
      clients.list(owner.ownerId),
      liveGrantsByClient(grants, owner.ownerId),
    ]);
    return onePage(all.map((each) => toWire(each, used.get(each.id) ?? 0)));
  });

  const register = {
    summary: 'Register an app',
    tags,
    body: newClient,
    response: { 201: registered, ...errorResponses },
  };
  app.post('/api/v1/clients', { schema: register }, async ({ owner, body }, reply) => {
    const made = unwrap(
      await clients.register(owner.ownerId, {
        name: body.name,
        url: body.url ?? null,
        redirectUris: body.redirect_uris,
        authMethod: authMethodOf(body),
        keys: body.jwks?.keys ?? null,
        certificate: body.certificate ?? null,
        dpopBound: body.dpop_bound ?? false,
      }),
    );
    const secret = made.clientSecret === null ? {} : { client_secret: made.clientSecret };
    return reply.status(201).send({ ...toWire(made.client, 0), ...secret });
  });

  const change = {
    summary: 'Change an app',
    tags,
    params: idParams,
    body: clientChange,
    response: { 200: client, ...errorResponses },
  };
  app.patch('/api/v1/clients/:id', { schema: change }, async ({ owner, params, body }) => {
    const before = found(await clients.get(owner.ownerId, params.id), 'app');
    const after = unwrap(await clients.update(owner.ownerId, params.id, changed(before, body)));
    return toWire(after, (await liveGrantsByClient(grants, owner.ownerId)).get(params.id) ?? 0);
  });
};

const registerSecrets = (app: App, { clients }: ApiParts): void => {
  const rotate = {
    summary: 'Make a new client secret; the old one stops',
    tags,
    params: idParams,
    body: noBody,
    response: { 200: z.object({ client_secret: z.string() }), ...errorResponses },
  };
  app.post('/api/v1/clients/:id/secret', { schema: rotate }, async ({ owner, params }) => {
    const { clientSecret } = unwrap(await clients.rotateSecret(owner.ownerId, params.id));
    return { client_secret: found(clientSecret, 'client secret') };
  });

  const remove = {
    summary: 'Remove an app for ever; every grant it has is revoked',
    tags,
    params: idParams,
    response: { 204: noContent, ...errorResponses },
  };
  app.delete('/api/v1/clients/:id', { schema: remove }, async ({ owner, params }, reply) => {
    unwrap(await clients.remove(owner.ownerId, params.id));
    return reply.status(204).send(null);
  });
};

/** Registers the calls. */
export const registerClients = (app: App, parts: ApiParts): void => {
  registerKeeping(app, parts);
  registerSecrets(app, parts);
};
