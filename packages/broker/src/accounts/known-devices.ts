// A cookie that says: in this browser somebody has signed in to this account before (a device cookie, as OWASP describes it). It opens nothing.
// Guesses that come with it are counted for it alone, so that those of strangers never close the owner's own browser out.

import { createHmac } from 'node:crypto';
import { type Ambient, randomId } from '../clock.ts';
import { isSameDigest } from '../digest.ts';

/** How long a browser is known after its last sign-in. */
export const KNOWN_SECONDS = 180 * 24 * 60 * 60;

/** Makes and reads the cookie's value. */
export interface KnownDevices {
  /** A value for a cookie that names a new device of the account. */
  issue(account: string): string;
  /** The device that a cookie names, if this house issued it for the account and not too long ago. */
  read(value: string | null | undefined, account: string): string | null;
}

/** `secret` is the one that signs sessions: what is signed here MUST NOT be taken for one, so it begins with what it is. */
export const createKnownDevices = (secret: string, ambient: Ambient): KnownDevices => {
  const sign = (id: string, since: string, account: string): Buffer =>
    createHmac('sha256', secret).update(`known device ${id} ${since} ${account}`).digest();
  return {
    issue(account) {
      const [id, since] = [randomId(ambient, ''), String(Math.floor(ambient.now() / 1000))];
      return [id, since, sign(id, since, account).toString('base64url')].join('.');
    },
    read(value, account) {
      const [id = '', since = '', signature = ''] = (value ?? '').split('.');
      const [actual, expected] = [Buffer.from(signature, 'base64url'), sign(id, since, account)];
      if (!isSameDigest(actual, expected)) return null;
      return Number(since) + KNOWN_SECONDS > ambient.now() / 1000 ? id : null;
    },
  };
};
