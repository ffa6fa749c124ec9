// The device flow (RFC 8628): the person types a code elsewhere, and the app asks again and again, as slowly as the broker wants it. A code that
// brought tokens MUST NOT be used again: the broker would take that for a theft.

import type { SigningKey } from '../jws.ts';
import { sleep } from '../sleep.ts';
import { isPassing, ValetkeyError } from '../valetkey-error.ts';
import type { Broker } from './discover.ts';
import { type AppIdentity, post, requestTokens, type Tokens } from './endpoints.ts';

/** What to show. The person compares the code with the one on the page, so show it beside a link or a QR code, too. */
export interface DeviceCode {
  /** Such as `WDJB-MJHT`. */
  readonly userCode: string;
  /** Where it is typed in. */
  readonly url: string;
  /** The same with the code in it, for a QR code. */
  readonly urlWithCode: string;
  readonly expiresAt: Date;
}

/** A code that waits for the person. */
export interface AskedDevice {
  readonly shown: DeviceCode;
  readonly deviceCode: string;
  readonly intervalSeconds: number;
}

interface WireCode {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete?: string;
  readonly expires_in: number;
  readonly interval?: number;
}

/** RFC 8628 section 3.2: where the answer names none; section 3.5: added at each `slow_down`. */
const INTERVAL_SECONDS = 5;

/** Asks for a code. */
export async function requestDeviceCode(
  app: AppIdentity,
  broker: Broker,
  authorization_details: string,
  key: SigningKey | null,
  signal?: AbortSignal,
): Promise<AskedDevice> {
  const asked = { authorization_details };
  const answer = await post<WireCode>(app, broker, broker.deviceEndpoint, asked, { key, signal });
  const url = answer.verification_uri;
  return {
    deviceCode: answer.device_code,
    intervalSeconds: answer.interval ?? INTERVAL_SECONDS,
    shown: {
      userCode: answer.user_code,
      url,
      urlWithCode: answer.verification_uri_complete ?? url,
      expiresAt: new Date(Date.now() + answer.expires_in * 1000),
    },
  };
}

/** Asks until the person has decided. Outages are waited out as long as the code lives. */
export async function pollForTokens(
  app: AppIdentity,
  broker: Broker,
  { deviceCode, shown, intervalSeconds }: AskedDevice,
  key: SigningKey | null,
  signal?: AbortSignal,
): Promise<Tokens> {
  const fields = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: deviceCode };
  for (let waitSeconds = intervalSeconds; ; ) {
    await sleep(waitSeconds * 1000, signal);
    try {
      return await requestTokens(app, broker, fields, key, signal);
    } catch (thrown) {
      waitSeconds += slowerBy(thrown, shown.expiresAt);
    }
  }
}

/** How many seconds longer to wait after this failure; throws it again where waiting does not help. */
function slowerBy(thrown: unknown, expiresAt: Date): number {
  if (!(thrown instanceof ValetkeyError)) throw thrown;
  if (thrown.code === 'authorization_pending') return 0;
  if (thrown.code === 'slow_down') return INTERVAL_SECONDS;
  if (!isPassing(thrown) || Date.now() > expiresAt.getTime()) throw thrown;
  return INTERVAL_SECONDS;
}
