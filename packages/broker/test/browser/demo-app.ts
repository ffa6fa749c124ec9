// An app as somebody else would write it: openid-client, PAR and PKCE, a callback on the loopback interface. It knows nothing of the house
// but its address.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import type { House } from '../house/start-house.ts';

/** A request that waits for the owner. `url` is where the app sends its user. */
export interface Asking {
  readonly url: string;
  /** Redeems what came back; rejects with an `AuthorizationResponseError` where the owner said no. */
  readonly tokens: () => Promise<client.TokenEndpointResponse>;
}

/** A running app. */
export interface DemoApp {
  readonly clientId: string;
  /** Where its own pages are: another origin than the house. */
  readonly origin: string;
  /** Starts an authorization. */
  ask(details: readonly object[], parameters?: Readonly<Record<string, string>>): Promise<Asking>;
  /** Asks as an app on a device without a browser: what it shows, as text and as an address, and how it gets its tokens once it was allowed. */
  askForDevice(details: readonly object[]): Promise<{
    readonly code: string;
    readonly url: string;
    readonly tokens: () => Promise<client.TokenEndpointResponse>;
  }>;
  close(): void;
}

const PAGE = { 'content-type': 'text/html; charset=utf-8' };

/** `/` puts the house's page of `?frame=` in a frame; `/callback` tells `onCallback`. */
const serveApp = async (hostname: string, onCallback: (url: URL) => void) => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', origin);
    if (url.pathname === '/callback') onCallback(url);
    const frame = url.searchParams.get('frame');
    response.writeHead(200, PAGE);
    response.end(
      `<!doctype html><title>Acme Writer</title>${frame ? `<iframe src="${frame}"></iframe>` : 'Back'}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://${hostname}:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { origin, close };
};

/** Registers the app with the house, as its owner, and starts it. */
export const startDemoApp = async (house: House, name = 'Acme Writer'): Promise<DemoApp> => {
  const callbacks = new Map<string, (url: URL) => void>();
  const app = await serveApp('localhost', (url) => callbacks.get(url.searchParams.get('state') ?? '')?.(url));
  const redirectUri = `${app.origin}/callback`;
  const registered = await house.api('POST', '/clients', {
    name,
    url: 'https://acme.example',
    redirect_uris: [redirectUri],
    type: 'public',
  });
  if (registered.status !== 201) throw new Error(`not registered: ${JSON.stringify(registered.body)}`);
  const clientId: string = registered.body.id;
  const config = await client.discovery(new URL(house.url), clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
    algorithm: 'oauth2',
  });
  const typed = (details: readonly object[]) =>
    JSON.stringify(details.map((each) => ({ type: 'ai_model_access', ...each })));
  const ask: DemoApp['ask'] = async (details, parameters = {}) => {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const landed = new Promise<URL>((resolve) => callbacks.set(state, resolve));
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: redirectUri,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      authorization_details: typed(details),
      state,
      ...parameters,
    });
    const tokens = async () =>
      client.authorizationCodeGrant(config, await landed, { pkceCodeVerifier, expectedState: state });
    return { url: url.href, tokens };
  };
  const askForDevice: DemoApp['askForDevice'] = async (details) => {
    const asked = await client.initiateDeviceAuthorization(config, { authorization_details: typed(details) });
    return {
      code: asked.user_code,
      url: asked.verification_uri_complete ?? asked.verification_uri,
      tokens: () =>
        client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', {
          device_code: asked.device_code,
        }),
    };
  };
  return { clientId, origin: app.origin, ask, askForDevice, close: app.close };
};
