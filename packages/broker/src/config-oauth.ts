// The settings of the authorization server that an operator may turn on: apps that register by themselves, and certificates of apps behind a
// TLS terminator.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { OpenRequestsPolicy } from './oauth/okap.ts';
import type { RegistrationPolicy } from './oauth/registration.ts';
import { type MutualTls, parseAddresses } from './tokens/client-certificate.ts';

/** These settings, checked. */
export interface OauthConfig {
  /** Who may register an app without an owner; null for nobody. Holds a secret: MUST NOT be logged. */
  readonly registration: RegistrationPolicy | null;
  /** How programs that nobody registered may ask; null for not at all. */
  readonly openRequests: OpenRequestsPolicy | null;
  /** Where apps come with a certificate, and who may say which; null for nowhere. */
  readonly mutualTls: MutualTls | null;
}

/** A token that is shorter could be guessed. */
const TOKEN_LENGTH = 32;

/** Their variables. */
export const oauthVariables = {
  VALETKEY_CLIENT_REGISTRATION: z.enum(['off', 'token', 'open']).default('off'),
  VALETKEY_CLIENT_REGISTRATION_TOKEN: z.string().optional(),
  VALETKEY_CLIENT_REGISTRATION_TOKEN_FILE: z.string().min(1).optional(),
  VALETKEY_OPEN_REQUESTS: z.enum(['off', 'on']).default('off'),
  VALETKEY_OPEN_REQUEST_WAIT_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .int()
    .min(0)
    .max(60)
    .default(28),
  VALETKEY_MTLS_ORIGIN: z.string().optional(),
  VALETKEY_MTLS_TERMINATORS: z.string().optional(),
};

type Variables = z.infer<z.ZodObject<typeof oauthVariables>>;

/** Reads them; what is wrong is added to `problems`, without its value. */
export const readOauthConfig = (variables: Variables, problems: string[]): OauthConfig => ({
  registration: readRegistration(variables, problems),
  openRequests:
    variables.VALETKEY_OPEN_REQUESTS === 'on'
      ? { waitSeconds: variables.VALETKEY_OPEN_REQUEST_WAIT_SECONDS }
      : null,
  mutualTls: readMutualTls(variables, problems),
});

function readRegistration(variables: Variables, problems: string[]): RegistrationPolicy | null {
  const { VALETKEY_CLIENT_REGISTRATION: policy, VALETKEY_CLIENT_REGISTRATION_TOKEN_FILE: file } = variables;
  if (policy !== 'token') return policy === 'open' ? { token: null } : null;
  let token = variables.VALETKEY_CLIENT_REGISTRATION_TOKEN;
  try {
    if (file !== undefined) token = readFileSync(file, 'utf8').trim();
  } catch {
    problems.push('VALETKEY_CLIENT_REGISTRATION_TOKEN_FILE: cannot be read');
  }
  if (!token || token.length < TOKEN_LENGTH)
    problems.push(
      `VALETKEY_CLIENT_REGISTRATION_TOKEN (or _FILE) must have at least ${TOKEN_LENGTH} characters where a token is needed to register`,
    );
  return { token: token ?? '' };
}

function readMutualTls(variables: Variables, problems: string[]): MutualTls | null {
  const { VALETKEY_MTLS_ORIGIN: origin, VALETKEY_MTLS_TERMINATORS: terminators } = variables;
  if (origin === undefined && terminators === undefined) return null;
  const url = URL.parse(origin ?? '');
  if (url?.protocol !== 'https:' || url.origin !== origin)
    problems.push('VALETKEY_MTLS_ORIGIN: must be an https origin, such as https://mtls.broker.example');
  const peers = parseAddresses(terminators ?? '');
  if (peers === null)
    problems.push(
      'VALETKEY_MTLS_TERMINATORS: must be addresses or networks with commas, such as 10.0.0.7,10.1.0.0/24',
    );
  return url === null || peers === null ? null : { origin: url.origin, terminators: peers };
}
