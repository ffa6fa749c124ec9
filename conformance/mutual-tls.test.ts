// Conformance of certificates of apps. A product that was started here is spoken to as its TLS terminator would; of a deployment only what
// anybody can see is tested, because nobody but its terminator may say which certificate came.

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OTHER_CERTIFICATE, OWN_CERTIFICATE } from '../packages/broker/test/oauth/certificates.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, type Json, openDeployment, readJwt, TERMINATOR } from './deployment.ts';

let at: Deployment;
beforeAll(async () => {
  at = await openDeployment();
});
afterAll(() => at.close());

/** What the terminator would pass on. */
const pass = (path: string, fields: Record<string, string> | null, certificate?: string, token?: unknown) =>
  new Promise<{ status: number | undefined; body: Json }>((resolve, reject) => {
    const headers = {
      host: new URL(TERMINATOR.origin).host,
      ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(certificate && { 'client-cert': encodeURIComponent(certificate), 'client-cert-verify': 'FAILED' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const method = fields ? 'POST' : 'GET';
    const options = { method, headers, localAddress: TERMINATOR.address };
    const sent = request(at.issuer + path, options, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode, body: JSON.parse(text) });
    });
    sent.on('error', reject);
    sent.end(fields ? new URLSearchParams(fields).toString() : undefined);
  });

const registerApp = () => at.registerApp({ type: 'confidential', certificate: { pem: OWN_CERTIFICATE } });
const redeem = async (client: flow.TestClient, certificate?: string) =>
  pass(
    '/token',
    {
      grant_type: 'authorization_code',
      code: await at.code(client),
      redirect_uri: flow.REDIRECT,
      code_verifier: flow.VERIFIER,
      client_id: client.id,
    },
    certificate,
  );

/** Runs as the terminator, where there is one to be spoken for; elsewhere nobody believes us. */
const asTerminator = async (check: () => Promise<void>) => {
  if (at.isLocal) return check();
  expect((await at.self({ 'client-cert': encodeURIComponent(OWN_CERTIFICATE) })).status).toBe(401);
};

const METHODS = ['self_signed_tls_client_auth', 'tls_client_auth'];

describe('RFC 8705', () => {
  it('RFC 8705 3.3 the metadata say that tokens can be bound exactly if there is a terminator', () => {
    const { tls_client_certificate_bound_access_tokens: bound, mtls_endpoint_aliases: aliases } = at.metadata;
    const methods = (at.metadata.token_endpoint_auth_methods_supported as string[]).filter((one) =>
      METHODS.includes(one),
    );
    expect(bound).toBe(aliases === undefined ? undefined : true);
    expect(methods).toEqual(aliases === undefined ? [] : METHODS);
  });

  it('RFC 8705 5 endpoints for apps with certificates have an origin of their own', () => {
    for (const address of Object.values((at.metadata.mtls_endpoint_aliases ?? {}) as Json)) {
      expect(new URL(String(address)).protocol).toBe('https:');
      expect(new URL(String(address)).origin).not.toBe(at.issuer);
    }
  });

  it('RFC 8705 6.5 headers that name a certificate are nobody’s who is no terminator', async () => {
    const { accessToken } = await at.tokens(at.app);
    const certificate = encodeURIComponent(OWN_CERTIFICATE);
    const headers = {
      'client-cert': certificate,
      'x-client-cert': certificate,
      'x-ssl-client-cert': certificate,
    };
    expect((await at.self(headers)).status).toBe(401);
    expect((await at.self({ ...headers, authorization: `Bearer ${accessToken}` })).status).toBe(200);
  });

  it('RFC 8705 2.2 an app is known by the certificate that it registered, and by no other', () =>
    asTerminator(async () => {
      const client = await registerApp();
      for (const wrong of [undefined, OTHER_CERTIFICATE])
        expect((await redeem(client, wrong)).body.error).toBe('invalid_client');
      expect((await redeem(client, OWN_CERTIFICATE)).status).toBe(200);
    }));

  it('RFC 8705 3.1 a token names the certificate that it is bound to', () =>
    asTerminator(async () => {
      const { body } = await redeem(await registerApp(), OWN_CERTIFICATE);
      expect(readJwt(body.access_token)[1].cnf).toEqual({ 'x5t#S256': expect.stringMatching(/^[\w-]{43}$/) });
    }));

  it('RFC 8705 3 the resource takes a bound token with its certificate alone', () =>
    asTerminator(async () => {
      const { body } = await redeem(await registerApp(), OWN_CERTIFICATE);
      const statuses = [];
      for (const certificate of [undefined, OTHER_CERTIFICATE, OWN_CERTIFICATE])
        for (const path of ['/grants/self', '/openai/v1/models'])
          statuses.push((await pass(path, null, certificate, body.access_token)).status);
      expect(statuses).toEqual([401, 401, 401, 401, 200, 200]);
    }));

  it('RFC 8705 3.2 introspection names the certificate', () =>
    asTerminator(async () => {
      const client = await registerApp();
      const { body } = await redeem(client, OWN_CERTIFICATE);
      const fields = { token: String(body.access_token), client_id: client.id };
      const told = await pass('/introspect', fields, OWN_CERTIFICATE);
      expect(told.body.cnf).toEqual(readJwt(body.access_token)[1].cnf);
    }));
});
