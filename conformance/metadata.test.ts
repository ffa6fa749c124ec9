// The server's description against what the server does: for each member that it has there is a check of what it claims, and a member without
// a check is a failure.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as flow from '../packages/broker/test/oauth/flow.ts';
import { type Deployment, openDeployment } from './deployment.ts';

let at: Deployment;
beforeAll(async () => {
  at = await openDeployment();
});
afterAll(() => at.close());

const listed = (member: string) => at.metadata[member] as readonly string[];
const errorOf = async (path: string, fields: Record<string, string>, client = at.confidential) =>
  (await at.post(path, fields, client)).body.error;
const isThere = async (member: string, method: 'GET' | 'POST' = 'POST') => {
  const answer = await fetch(String(at.metadata[member]), { method, redirect: 'manual' });
  await answer.text();
  expect(answer.status).not.toBe(404);
  expect(answer.status).not.toBe(405);
  expect(answer.status).toBeLessThan(500);
};
const grantTypeIsTaken = async (grant_type: string) =>
  (await errorOf('/token', { grant_type })) !== 'unsupported_grant_type';
/** Where a request ends that asks for its answer in this way. */
const askWith = (params: Record<string, string>) => flow.openRequest(at.browser, at.app, params);

const REGISTERED_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const CERTIFICATE_METHODS = ['self_signed_tls_client_auth', 'tls_client_auth'];
const methodsAreReal = async (endpoint: string) => {
  const expected = [...REGISTERED_METHODS, ...(at.metadata.mtls_endpoint_aliases ? CERTIFICATE_METHODS : [])];
  expect(listed(`${endpoint}_endpoint_auth_methods_supported`)).toEqual(expected);
};
const algorithmsAreReal = async (endpoint: string) => {
  const algorithms = listed(`${endpoint}_endpoint_auth_signing_alg_values_supported`);
  expect(algorithms).toEqual(['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA']);
};

const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  async issuer() {
    expect(at.metadata.issuer).toBe(at.issuer);
  },
  authorization_endpoint: () =>
    isThere('authorization_endpoint', 'GET').catch(async () => {
      // Without a request it answers with its own page.
      expect((await at.browser.open('/authorize')).status).toBe(400);
    }),
  token_endpoint: () => isThere('token_endpoint'),
  pushed_authorization_request_endpoint: () => isThere('pushed_authorization_request_endpoint'),
  device_authorization_endpoint: () => isThere('device_authorization_endpoint'),
  backchannel_authentication_endpoint: () => isThere('backchannel_authentication_endpoint'),
  introspection_endpoint: () => isThere('introspection_endpoint'),
  revocation_endpoint: () => isThere('revocation_endpoint'),
  registration_endpoint: () => isThere('registration_endpoint'),
  jwks_uri: () => isThere('jwks_uri', 'GET'),
  async mtls_endpoint_aliases() {
    for (const [member, address] of Object.entries(at.metadata.mtls_endpoint_aliases as object))
      expect(new URL(address).pathname).toBe(new URL(String(at.metadata[member])).pathname);
  },
  async tls_client_certificate_bound_access_tokens() {
    expect(at.metadata.mtls_endpoint_aliases).toBeDefined();
  },
  async grant_types_supported() {
    for (const type of listed('grant_types_supported'))
      expect([type, await grantTypeIsTaken(type)]).toEqual([type, true]);
    for (const type of ['password', 'client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer'])
      expect([type, await grantTypeIsTaken(type)]).toEqual([type, false]);
  },
  async response_types_supported() {
    expect(listed('response_types_supported')).toEqual(['code']);
    for (const type of ['token', 'id_token', 'code id_token', 'none'])
      expect((await askWith({ response_type: type })).url).toMatch(
        /[#?]error=(unsupported_response_type|invalid_request)&/,
      );
  },
  async response_modes_supported() {
    expect(listed('response_modes_supported')).toEqual(['query']);
    expect((await askWith({ response_mode: 'query' })).status).toBe(200);
    for (const mode of ['fragment', 'form_post', 'jwt', 'web_message'])
      expect(
        await errorOf(
          '/par',
          Object.fromEntries(flow.requestParams(at.app, { response_mode: mode })),
          at.app,
        ),
      ).toMatch(/^(unsupported_response_mode|invalid_request)$/);
  },
  async code_challenge_methods_supported() {
    expect(listed('code_challenge_methods_supported')).toEqual(['S256']);
    expect((await askWith({ code_challenge_method: 'plain' })).url).toContain('error=invalid_request');
  },
  async authorization_response_iss_parameter_supported() {
    const landing = await flow.decide(at.browser, await askWith({}), 'deny');
    expect(new URL(landing.url).searchParams.get('iss')).toBe(at.issuer);
  },
  async request_uri_parameter_supported() {
    expect(at.metadata.request_uri_parameter_supported).toBe(false);
    const { url } = await askWith({ request_uri: 'https://app.test/request' });
    expect(new URL(url).searchParams.get('error')).toMatch(
      /^(request_uri_not_supported|invalid_request_uri)$/,
    );
  },
  async authorization_details_types_supported() {
    expect(listed('authorization_details_types_supported')).toEqual(['ai_model_access', 'llm-inference']);
    const authorization_details = '[{"type":"payment_initiation"}]';
    expect((await askWith({ authorization_details })).url).toContain('error=invalid_authorization_details');
  },
  async ui_locales_supported() {
    expect(listed('ui_locales_supported')).toEqual(['en', 'de', 'ja']);
    expect((await askWith({ ui_locales: 'fr de' })).status).toBe(200);
  },
  async grant_management_actions_supported() {
    expect(listed('grant_management_actions_supported')).toEqual(['create', 'merge']);
    expect((await askWith({ grant_management_action: 'create' })).status).toBe(200);
    expect((await askWith({ grant_management_action: 'replace' })).url).toContain('error=invalid_request');
  },
  async grant_management_action_required() {
    expect(at.metadata.grant_management_action_required).toBe(false);
    expect((await askWith({})).status).toBe(200);
  },
  async client_id_metadata_document_supported() {
    const client_id = 'https://127.0.0.1/client.json';
    expect((await at.browser.open(`/authorize?${flow.requestParams({ id: client_id })}`)).status).toBe(400);
    expect(at.metadata.client_id_metadata_document_supported).toBe(true);
  },
  async backchannel_token_delivery_modes_supported() {
    expect(listed('backchannel_token_delivery_modes_supported')).toEqual(['poll']);
  },
  async backchannel_user_code_parameter_supported() {
    expect(at.metadata.backchannel_user_code_parameter_supported).toBe(false);
  },
  async dpop_signing_alg_values_supported() {
    expect(listed('dpop_signing_alg_values_supported')).toEqual(['ES256', 'Ed25519', 'EdDSA']);
  },
  token_endpoint_auth_methods_supported: () => methodsAreReal('token'),
  introspection_endpoint_auth_methods_supported: () => methodsAreReal('introspection'),
  revocation_endpoint_auth_methods_supported: () => methodsAreReal('revocation'),
  token_endpoint_auth_signing_alg_values_supported: () => algorithmsAreReal('token'),
  introspection_endpoint_auth_signing_alg_values_supported: () => algorithmsAreReal('introspection'),
  revocation_endpoint_auth_signing_alg_values_supported: () => algorithmsAreReal('revocation'),
};

describe('the description of the server', () => {
  it('RFC 8414 2 every member of the metadata has a check of what it claims', () => {
    expect(Object.keys(at.metadata).filter((member) => !Object.hasOwn(CHECKS, member))).toEqual([]);
  });

  it.each([...Object.keys(CHECKS)])('RFC 8414 2 the member %s is true, or absent', async (member) => {
    if (at.metadata[member] !== undefined) await CHECKS[member]?.();
    else expect(OPTIONAL).toContain(member);
  });

  it('RFC 8414 3 both addresses say the same, and neither says that it is an OpenID provider', async () => {
    const answer = await fetch(`${at.issuer}/.well-known/openid-configuration`);
    expect(await answer.json()).toEqual(at.metadata);
    for (const member of [
      'scopes_supported',
      'claims_supported',
      'id_token_signing_alg_values_supported',
      'userinfo_endpoint',
    ])
      expect(at.metadata).not.toHaveProperty(member);
  });

  it('RFC 6749 3.3 the scope openid brings no id token, and tells nothing of the owner', async () => {
    const { status, body } = await flow.redeem(at.at(0), at.app, await at.code(at.app, { scope: 'openid' }));
    expect([status, body.id_token]).toEqual([200, undefined]);
    expect(JSON.stringify(body)).not.toMatch(/own_|@/);
  });
});

/** Members that are there only where the operator turned something on. */
const OPTIONAL = [
  'registration_endpoint',
  'mtls_endpoint_aliases',
  'tls_client_certificate_bound_access_tokens',
];
