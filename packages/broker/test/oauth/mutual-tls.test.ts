// Apps that prove themselves with a certificate (RFC 8705), as a TLS terminator tells of it: their tokens are worth nothing without it, and
// nobody else's word for a certificate counts.

import { request } from 'node:http';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseAddresses } from '../../src/tokens/client-certificate.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { Browser } from './browser.ts';
import { OTHER_CERTIFICATE, OWN_CERTIFICATE, WILD_CERTIFICATE } from './certificates.ts';
import * as flow from './flow.ts';

const TERMINATOR = '127.0.0.2';
const ORIGIN = 'https://mtls.broker.test';

let broker: TestBroker;
let own: flow.TestClient;
let issued: flow.TestClient;
beforeAll(async () => {
  const terminators = parseAddresses(TERMINATOR)!;
  broker = await startBroker({ mutualTls: { origin: ORIGIN, terminators } });
  await broker.addKey('own_ada', 'openai');
  own = await flow.registerClient(broker, {
    authMethod: 'self_signed_tls_client_auth',
    certificate: { pem: OWN_CERTIFICATE },
  });
  issued = await flow.registerClient(broker, {
    authMethod: 'tls_client_auth',
    certificate: { dns: 'own.agents.app.test' },
  });
});
afterAll(() => broker.close());
afterEach(() => expect(broker.errors).toEqual([]));

interface Sent {
  readonly certificate?: string;
  readonly verify?: string;
  readonly from?: string;
  readonly host?: string;
  readonly token?: string;
}

/** A request as the terminator passes it on, or as somebody sends it who would like to be one. */
const send = (method: string, path: string, fields: Record<string, string> | null, sent: Sent = {}) =>
  new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const { certificate, verify = 'NONE', from = TERMINATOR, host = new URL(ORIGIN).host, token } = sent;
    const headers = {
      host,
      ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(certificate && { 'client-cert': encodeURIComponent(certificate), 'client-cert-verify': verify }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const outgoing = request(
      `${broker.issuer}${path}`,
      { method, localAddress: from, headers },
      async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve({ status: answer.statusCode ?? 0, body: text ? JSON.parse(text) : {} });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(fields ? new URLSearchParams(fields).toString() : undefined);
  });

const redeem = async (client: flow.TestClient, sent: Sent, code?: string) =>
  send(
    'POST',
    '/token',
    {
      grant_type: 'authorization_code',
      code: code ?? (await flow.obtainCode(broker, client)),
      redirect_uri: flow.REDIRECT,
      code_verifier: flow.VERIFIER,
      client_id: client.id,
    },
    sent,
  );
const cnfOf = (token: unknown) => decodeJwt(String(token)).cnf;
const withOwn = { certificate: OWN_CERTIFICATE };
const verified = { certificate: OWN_CERTIFICATE, verify: 'SUCCESS' };

describe('an app with a certificate of its own', () => {
  it('gets tokens that open what they open with that certificate alone', async () => {
    const { status, body } = await redeem(own, withOwn);
    expect(status).toBe(200);
    const token = String(body.access_token);
    expect(cnfOf(token)).toEqual({ 'x5t#S256': expect.stringMatching(/^[\w-]{43}$/) });
    const status_ = async (sent: Sent) =>
      (await send('GET', '/grants/self', null, { token, ...sent })).status;
    expect(await status_(withOwn)).toBe(200);
    expect(await status_({})).toBe(401);
    expect(await status_({ certificate: OTHER_CERTIFICATE })).toBe(401);
    expect(await status_({ ...withOwn, from: '127.0.0.1' })).toBe(401);
    const told = await send('POST', '/introspect', { token, client_id: own.id }, withOwn);
    expect(told.body).toMatchObject({ active: true, token_type: 'Bearer', cnf: cnfOf(token) });
  });

  it('refreshes with that certificate alone', async () => {
    const { body } = await redeem(own, withOwn);
    const refresh = (sent: Sent) =>
      send(
        'POST',
        '/token',
        { grant_type: 'refresh_token', refresh_token: String(body.refresh_token), client_id: own.id },
        sent,
      );
    expect((await refresh({ certificate: OTHER_CERTIFICATE })).body.error).toBe('invalid_client');
    expect((await refresh({})).body.error).toBe('invalid_client');
    expect((await refresh(withOwn)).status).toBe(200);
  });

  it.each<[string, Sent]>([
    ['no certificate', {}],
    ['another certificate', { certificate: OTHER_CERTIFICATE }],
    ['its certificate from somebody who is no terminator', { ...withOwn, from: '127.0.0.1' }],
    ['its certificate at the address for browsers', { ...withOwn, host: 'broker.test' }],
  ])('A33 gets nothing with %s', async (_name, sent) => {
    const { status, body } = await redeem(own, sent);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('hands on a part of its grant as a token bound to the same certificate', async () => {
    const asked = JSON.parse(flow.DETAILS).map((part: object) => ({ ...part, delegation: { max_depth: 1 } }));
    const browser = new Browser(broker.issuer);
    const page = await flow.openRequest(browser, own, { authorization_details: JSON.stringify(asked) });
    const landing = await flow.decide(browser, page, 'allow', { 'p0-delegate': 'on' });
    const code = new URL(landing.url).searchParams.get('code') ?? '';
    const { body: parent } = await redeem(own, withOwn, code);
    const exchange = (sent: Sent) =>
      send(
        'POST',
        '/token',
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: String(parent.access_token),
          requested_actor: 'checker',
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          authorization_details: flow.DETAILS,
          client_id: own.id,
        },
        sent,
      );
    expect((await exchange({ certificate: OTHER_CERTIFICATE })).body.error).toBe('invalid_client');
    const { status, body } = await exchange(withOwn);
    expect([status, body.error_description]).toEqual([200, undefined]);
    expect(cnfOf(body.access_token)).toEqual(cnfOf(parent.access_token));
  });
});

describe('an app whose certificate an authority issued', () => {
  it('is known by the DNS name in it, once the terminator has verified it', async () => {
    expect((await redeem(issued, verified)).status).toBe(200);
  });

  it.each<[string, Sent]>([
    ['that was not verified', withOwn],
    ['with another name', { certificate: OTHER_CERTIFICATE, verify: 'SUCCESS' }],
    ['with a wildcard and a common name', { certificate: WILD_CERTIFICATE, verify: 'SUCCESS' }],
    ['that somebody who is no terminator says was verified', { ...verified, from: '127.0.0.1' }],
  ])('A33 gets nothing with a certificate %s', async (_name, sent) => {
    expect((await redeem(issued, sent)).body.error).toBe('invalid_client');
  });
});

describe('the server', () => {
  it('names where apps with certificates come to, and the methods', async () => {
    const answer = await fetch(`${broker.issuer}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toMatchObject({
      issuer: broker.issuer,
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: {
        token_endpoint: `${ORIGIN}/token`,
        pushed_authorization_request_endpoint: `${ORIGIN}/par`,
      },
      token_endpoint_auth_methods_supported: expect.arrayContaining([
        'tls_client_auth',
        'self_signed_tls_client_auth',
      ]),
    });
  });

  it('takes no such app where nothing is configured, and an app that was one comes in no more', async () => {
    const plain = await startBroker();
    const register = plain.oauth.clients.register('own_ada', {
      name: 'Agent',
      redirectUris: [flow.REDIRECT],
      authMethod: 'tls_client_auth',
      certificate: { dns: 'own.agents.app.test' },
    });
    expect(await register).toMatchObject({ ok: false, error: { field: 'certificate' } });
    const { body } = {
      body: await (await fetch(`${plain.issuer}/.well-known/oauth-authorization-server`)).json(),
    };
    for (const member of ['mtls_endpoint_aliases', 'tls_client_certificate_bound_access_tokens'])
      expect(body).not.toHaveProperty(member);
    await plain.close();
  });

  it.each<[string, object]>([
    ['a wildcard', { dns: '*.app.test' }],
    ['an address', { dns: '10.0.0.1' }],
    ['no certificate', { pem: 'x' }],
  ])('refuses to register an app with %s', async (_name, certificate) => {
    const refused = await broker.oauth.clients.register('own_ada', {
      name: 'Agent',
      redirectUris: [flow.REDIRECT],
      authMethod: 'dns' in certificate ? 'tls_client_auth' : 'self_signed_tls_client_auth',
      certificate: certificate as { dns: string },
    });
    expect(refused).toMatchObject({ ok: false, error: { field: 'certificate' } });
  });

  it('keeps the certificate when the app’s developer changes something else', async () => {
    const changed = await broker.oauth.clients.update('own_ada', own.id, {
      name: 'Renamed',
      redirectUris: [flow.REDIRECT],
      authMethod: 'self_signed_tls_client_auth',
    });
    expect(changed.ok).toBe(true);
    expect((await redeem(own, withOwn)).status).toBe(200);
  });
});
