// Apps that register by themselves (RFC 7591) and manage that registration (RFC 7592). Off unless the operator turns it on: an app that
// nobody vouches for is shown as such, is counted, and is forgotten when nobody gave it anything. Every change is read again as a whole.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ambient } from '../clock.ts';
import { sha256 } from '../digest.ts';
import { networkOf, type PeerOf } from '../peer-address.ts';
import { pathOf } from '../request-path.ts';
import type { Quota, Quotas } from '../store/quotas.ts';
import { matchesSecretHash } from './clients.ts';
import { OAUTH_PATHS } from './paths.ts';
import { readJsonBody } from './read-json-body.ts';
import { presentRegistration, readRegistration, registrationError } from './registration-metadata.ts';
import type { SelfRegistered, SelfRegisteredClients } from './self-registered-clients.ts';
import { sendJson } from './send-json.ts';

/** Who may register: whoever has the token (an initial access token, RFC 7591 section 3), or anybody if it is null. */
export interface RegistrationPolicy {
  readonly token: string | null;
}

/** What the endpoint stands on. */
export interface RegistrationDeps {
  readonly issuer: string;
  readonly policy: RegistrationPolicy;
  readonly clients: SelfRegisteredClients;
  readonly quotas: Pick<Quotas, 'take'>;
  readonly peerOf: PeerOf;
  readonly grantTypes: readonly string[];
  readonly ambient: Ambient;
}

const MAX_BODY_BYTES = 8 * 1024;
const HOUR = 60 * 60;
const REGISTRATIONS: { readonly address: Quota; readonly house: Quota } = {
  address: { most: 20, windowSeconds: HOUR },
  house: { most: 100, windowSeconds: HOUR },
};

interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const refuse = (status: number, error: string, error_description: string, headers = {}): Answer => ({
  status,
  body: { error, error_description },
  headers,
});

const NO_TOKEN = refuse(401, 'invalid_token', 'the access token is missing or not valid', {
  'www-authenticate': 'Bearer error="invalid_token"',
});

const bearerOf = ({ headers }: IncomingMessage): string =>
  /^Bearer ([\w.~+/-]{1,200}=*)$/i.exec(headers.authorization ?? '')?.[1] ?? '';

/** Answers requests to the registration endpoint and to what is below it. */
export const createRegistration =
  (deps: RegistrationDeps) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    const id = path.slice(OAUTH_PATHS.register.length + 1);
    const { status, body, headers } =
      path === OAUTH_PATHS.register ? await register(request, deps) : await manage(request, id, deps);
    sendJson(response, status, body ?? null, headers);
  };

async function readJson(request: IncomingMessage): Promise<{ readonly input: unknown } | Answer> {
  const read = await readJsonBody(request, MAX_BODY_BYTES);
  return read.ok
    ? { input: read.value }
    : refuse(read.error.status, 'invalid_client_metadata', read.error.detail);
}

async function register(request: IncomingMessage, deps: RegistrationDeps): Promise<Answer> {
  if (request.method !== 'POST')
    return refuse(405, 'invalid_request', 'register with POST', { allow: 'POST' });
  const { policy, quotas } = deps;
  if (policy.token !== null && !matchesSecretHash(bearerOf(request), sha256(policy.token))) return NO_TOKEN;
  const mayRegister =
    (await quotas.take(`registration ${networkOf(deps.peerOf(request))}`, REGISTRATIONS.address)) &&
    (await quotas.take('registration', REGISTRATIONS.house));
  if (!mayRegister) {
    const says = 'too many apps registered: try again in an hour';
    return refuse(429, 'temporarily_unavailable', says, { 'retry-after': String(HOUR) });
  }
  const read = await readJson(request);
  if ('status' in read) return read;
  const input = readRegistration(read.input, deps.grantTypes);
  if (!input.ok) return { status: 400, body: input.error };
  const made = await deps.clients.register(input.value);
  if (!made.ok) return { status: 400, body: registrationError(made.error) };
  return { status: 201, body: present(made.value, deps) };
}

async function manage(request: IncomingMessage, id: string, deps: RegistrationDeps): Promise<Answer> {
  const { clients } = deps;
  const token = bearerOf(request);
  // Of an app that was removed no token is left, and what another has is not told apart from what is not there.
  const client = await clients.authenticate(id, token);
  if (client === null) return NO_TOKEN;
  switch (request.method) {
    case 'GET':
      return {
        status: 200,
        body: present({ ...client, clientSecret: null, registrationToken: token }, deps),
      };
    case 'DELETE':
      await clients.remove(id);
      return { status: 204 };
    case 'PUT':
      return update(request, client, token, deps);
    default:
      return refuse(405, 'invalid_request', 'GET, PUT or DELETE', { allow: 'GET, PUT, DELETE' });
  }
}

/** RFC 7592 section 2.2: the new metadata replace the old ones as a whole. */
async function update(
  request: IncomingMessage,
  client: SelfRegistered,
  token: string,
  deps: RegistrationDeps,
): Promise<Answer> {
  const read = await readJson(request);
  if ('status' in read) return read;
  const said = (read.input ?? {}) as Readonly<Record<string, unknown>>;
  const ours = [
    'registration_access_token',
    'registration_client_uri',
    'client_secret_expires_at',
    'client_id_issued_at',
  ];
  const hit = ours.find((member) => Object.hasOwn(said, member));
  if (hit !== undefined) return refuse(400, 'invalid_request', `${hit} must not be sent`);
  const { client_id: id, client_secret: secret } = said;
  if (id !== client.id)
    return refuse(400, 'invalid_request', 'client_id must be the one of this registration');
  const isOwnSecret = secret === undefined || matchesSecretHash(String(secret), client.secretHash ?? '');
  if (!isOwnSecret) return refuse(400, 'invalid_request', 'client_secret must be the present one, or absent');
  const input = readRegistration(said, deps.grantTypes);
  if (!input.ok) return { status: 400, body: input.error };
  const changed = await deps.clients.update(client, input.value);
  if (!changed.ok) return { status: 400, body: registrationError(changed.error) };
  return { status: 200, body: present({ ...changed.value, registrationToken: token }, deps) };
}

const present = (
  client: Pick<SelfRegistered, 'id' | 'createdAtMs' | 'metadata'> & {
    readonly clientSecret: string | null;
    readonly registrationToken: string;
  },
  { issuer, grantTypes }: RegistrationDeps,
) => ({
  client_id: client.id,
  client_id_issued_at: Math.floor(client.createdAtMs / 1000),
  ...(client.clientSecret !== null && { client_secret: client.clientSecret, client_secret_expires_at: 0 }),
  ...presentRegistration(client.metadata, grantTypes),
  registration_access_token: client.registrationToken,
  registration_client_uri: `${issuer}${OAUTH_PATHS.register}/${client.id}`,
});
