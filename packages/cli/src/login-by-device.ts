// Signs in with the browser: the device authorization flow (RFC 8628). The person compares the code in the browser with the one printed here.

import { type Result, succeed } from '@valetkey/core';
import { type Answer, notValetkey } from './api-client.ts';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';

const CLIENT_ID = 'valetkey-cli';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const DEFAULT_INTERVAL_SECONDS = 5;
/** RFC 8628 section 3.5. */
const SLOW_DOWN_SECONDS = 5;

interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly intervalSeconds: number;
  readonly expiresInSeconds: number;
}

/** A new session token, once the owner has agreed in the browser. */
export async function loginByDevice(context: Context): Promise<Result<string, Failure>> {
  const { api, server, terminal, world } = context;
  const answer = await api.signIn('/device/code', { client_id: CLIENT_ID });
  if (!answer.ok) return answer;
  const code = parseDeviceCode(answer.value);
  if (code === null) return notValetkey(server, answer.value.status);
  terminal.say(t.login.open(code.verificationUri, code.userCode));
  if (terminal.canPrompt) world.openBrowser(code.verificationUri);
  return pollForToken(code, context);
}

async function pollForToken(
  code: DeviceCode,
  { api, server, world }: Context,
): Promise<Result<string, Failure>> {
  const endsAtMs = world.now() + code.expiresInSeconds * 1000;
  let intervalSeconds = code.intervalSeconds;
  while (world.now() < endsAtMs) {
    await world.sleep(intervalSeconds * 1000);
    const answer = await api.signIn('/device/token', {
      grant_type: GRANT_TYPE,
      device_code: code.deviceCode,
      client_id: CLIENT_ID,
    });
    if (!answer.ok) return answer;
    const { access_token: token, error } = members(answer.value);
    if (typeof token === 'string' && token !== '') return succeed(token);
    if (error === 'access_denied') return failWith(t.login.declined, EXIT.loginNeeded);
    if (error === 'expired_token') break;
    if (error === 'slow_down') intervalSeconds += SLOW_DOWN_SECONDS;
    else if (error !== 'authorization_pending') return notValetkey(server, answer.value.status);
  }
  return failWith(t.login.nobodyAgreed, EXIT.loginNeeded);
}

function parseDeviceCode(answer: Answer): DeviceCode | null {
  const body = members(answer);
  const uri = body.verification_uri_complete ?? body.verification_uri;
  // It is opened with the system's own program: it MUST be a web page, not a file or another program's scheme.
  if (typeof uri !== 'string' || !/^https?:$/.test(URL.parse(uri)?.protocol ?? '')) return null;
  if (typeof body.device_code !== 'string' || typeof body.user_code !== 'string') return null;
  return {
    deviceCode: body.device_code,
    userCode: body.user_code,
    verificationUri: new URL(uri).href,
    intervalSeconds: positive(body.interval) ?? DEFAULT_INTERVAL_SECONDS,
    expiresInSeconds: positive(body.expires_in) ?? 600,
  };
}

const positive = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);

const members = ({ body }: Answer): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null ? { ...body } : {};
