// What the suite runs against: the deployment at `VALETKEY_CONFORMANCE_URL`, or the product started here. Either way the tests speak HTTP
// alone, as an app, an owner's browser and a resource's client do.

import { type OauthWorld, openOauthWorld } from '../packages/broker/test/hostile/oauth-world.ts';
import { signedInBrowser } from '../packages/broker/test/house/authorize-app.ts';
import { ownerApi, startHouse } from '../packages/broker/test/house/start-house.ts';
import * as flow from '../packages/broker/test/oauth/flow.ts';

/** A document of JSON, whatever it says. */
export type Json = Readonly<Record<string, unknown>>;

/** A deployment with an owner and two apps of theirs. */
export interface Deployment extends OauthWorld {
  readonly app: flow.TestClient;
  readonly confidential: flow.TestClient;
  /** The server's own description (RFC 8414). */
  readonly metadata: Json;
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    client?: flow.TestClient,
  ): Promise<flow.JsonAnswer>;
  /** Whether the product was started here, with everything turned on that an operator can turn on. */
  readonly isLocal: boolean;
  /** The app's own grant, as a resource that a token opens. */
  self(headers: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

const readEnvironment = () => {
  const { VALETKEY_CONFORMANCE_URL: url, VALETKEY_CONFORMANCE_EMAIL: email } = process.env;
  const { VALETKEY_CONFORMANCE_PASSWORD: password } = process.env;
  if (url === undefined) return null;
  if (!email || !password)
    throw new Error(
      'set VALETKEY_CONFORMANCE_EMAIL and VALETKEY_CONFORMANCE_PASSWORD to an owner of the deployment',
    );
  return { url: new URL(url).origin, owner: { email, password } };
};

/** The address from which a test speaks as the TLS terminator of a product that was started here, and where apps come to it. */
export const TERMINATOR = { address: '127.0.0.2', origin: 'https://mtls.valetkey.test' };

const LOCAL = {
  VALETKEY_CLIENT_REGISTRATION: 'open',
  VALETKEY_MTLS_ORIGIN: TERMINATOR.origin,
  VALETKEY_MTLS_TERMINATORS: TERMINATOR.address,
};

const open = async () => {
  const remote = readEnvironment();
  if (remote === null) {
    const house = await startHouse({ env: LOCAL });
    return {
      url: house.url,
      api: house.api,
      browser: await signedInBrowser(house),
      end: () => house.close(),
    };
  }
  const { url, owner } = remote;
  return {
    url,
    api: ownerApi(url, owner),
    browser: await signedInBrowser({ url }, owner),
    end: async () => {},
  };
};

/** Opens it; `close` removes the apps that were registered, with everything they were given. */
export const openDeployment = async (): Promise<Deployment> => {
  const { url, api, browser, end } = await open();
  const world = await openOauthWorld({ urls: [url], api }, browser);
  const registered: flow.TestClient[] = [];
  const registerApp: OauthWorld['registerApp'] = async (input) => {
    const client = await world.registerApp(input);
    registered.push(client);
    return client;
  };
  const app = await registerApp();
  const metadata = await fetch(`${url}/.well-known/oauth-authorization-server`);
  return {
    ...world,
    app,
    confidential: await registerApp({ type: 'confidential' }),
    registerApp,
    isLocal: readEnvironment() === null,
    metadata: (await metadata.json()) as Json,
    post: (path, fields, client = app) => flow.post({ issuer: url }, path, client, fields),
    self: (headers) => fetch(`${url}/grants/self`, { headers }),
    async close() {
      for (const { id } of registered) await api('DELETE', `/clients/${id}`);
      await end();
    },
  };
};

/** Header and claims of a JWT, as they stand. */
export const readJwt = (token: unknown): readonly [header: Json, claims: Json] => {
  const [header = '', claims = ''] = String(token).split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json;
  return [read(header), read(claims)];
};
