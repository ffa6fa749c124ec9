// An access token for Google Cloud: of the service account in the file that GOOGLE_APPLICATION_CREDENTIALS names (RFC 7523), else of the
// machine's own account. MUST NOT be kept.

import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';
import { askService, refusal, type ServiceAnswer, textOf } from './service-fetch.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloudkms';
const METADATA_HOST = 'metadata.google.internal';

const tokenOf = (service: string, { status, body }: ServiceAnswer): string => {
  if (status !== 200) throw refusal(service, status, body.error);
  return textOf(service, body.access_token);
};

const readAccount = (file: string) => {
  try {
    const { client_email, private_key, private_key_id, token_uri } = JSON.parse(readFileSync(file, 'utf8'));
    if ([client_email, private_key, token_uri].every((text) => typeof text === 'string'))
      return { client_email, private_key, private_key_id, token_uri } as Record<string, string>;
  } catch {
    // Said below, without what the file holds.
  }
  throw new Error('the file at GOOGLE_APPLICATION_CREDENTIALS is not the key of a service account');
};

const ofAccount = async (file: string, nowMs: number): Promise<string> => {
  const service = 'Google’s token endpoint';
  const { client_email = '', private_key = '', private_key_id, token_uri = '' } = readAccount(file);
  const key = await importPKCS8(private_key, 'RS256');
  const seconds = Math.floor(nowMs / 1000);
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(private_key_id && { kid: private_key_id }) })
    .setIssuer(client_email)
    .setAudience(token_uri)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 300)
    .sign(key);
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return tokenOf(service, await askService(service, { url: token_uri, headers, body: form.toString() }));
};

const ofMachine = async (host: string): Promise<string> => {
  const service = 'the machine’s metadata service';
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  return tokenOf(
    service,
    await askService(service, { url, method: 'GET', headers: { 'metadata-flavor': 'Google' } }),
  );
};

/** The token; rejects with a sentence if there is none. */
export const findGcpToken = (
  env: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Promise<string> => {
  const file = env.GOOGLE_APPLICATION_CREDENTIALS;
  return file ? ofAccount(file, nowMs) : ofMachine(env.GCE_METADATA_HOST || METADATA_HOST);
};
