// An app that goes through the whole of OAuth with an unmodified client library, and an owner who allows what it asks for in a browser of
// a few lines.

import * as client from 'openid-client';
import { Browser, formFields } from '../oauth/browser.ts';
import { type House, OWNER } from './start-house.ts';

const REDIRECT = 'https://app.test/callback';

/** What an app holds afterwards. */
export interface AuthorizedApp {
  readonly config: client.Configuration;
  readonly clientId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly grantId: string;
  readonly details: readonly unknown[];
}

/** A browser in which the owner is signed in. */
export const signedInBrowser = async (house: Pick<House, 'url'>, owner = OWNER): Promise<Browser> => {
  const browser = new Browser(house.url, null);
  const page = await browser.open('/sign-in');
  const fields = formFields(page.text);
  fields.set('email', owner.email);
  fields.set('password', owner.password);
  const landing = await browser.submit('/sign-in', fields);
  if (landing.status >= 400) throw new Error(`sign-in failed: ${landing.status} ${landing.text}`);
  return browser;
};

/** Registers an app, lets it ask for `details` and the owner allow it with `changes` to the form. With `keys` its tokens are bound to them. */
export const authorizeApp = async (
  house: Pick<House, 'url' | 'api'>,
  details: readonly object[],
  changes: Readonly<Record<string, string>> = {},
  keys?: client.CryptoKeyPair,
): Promise<AuthorizedApp> => {
  const registered = await house.api('POST', '/clients', {
    name: 'Acme Writer',
    url: 'https://app.test',
    redirect_uris: [REDIRECT],
    type: 'public',
  });
  const clientId: string = registered.body.id;
  const config = await client.discovery(new URL(house.url), clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
    algorithm: 'oauth2',
  });
  const verifier = client.randomPKCECodeVerifier();
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: REDIRECT,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    authorization_details: JSON.stringify(details.map((each) => ({ type: 'ai_model_access', ...each }))),
    state: 'st',
  });
  const browser = await signedInBrowser(house);
  const page = await browser.open(url.href);
  const fields = formFields(page.text);
  for (const [name, value] of Object.entries({ ...changes, decision: 'allow' })) fields.set(name, value);
  const landing = await browser.submit(page.url, fields);
  const checks = { pkceCodeVerifier: verifier, expectedState: 'st' };
  const binding = keys ? { DPoP: client.getDPoPHandle(config, keys) } : {};
  const tokens = await client.authorizationCodeGrant(
    config,
    new URL(landing.url),
    checks,
    undefined,
    binding,
  );
  return {
    config,
    clientId,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? '',
    grantId: String(tokens.grant_id),
    details: tokens.authorization_details as readonly unknown[],
  };
};
