// Ties a form to the request, the owner and what was shown, so that nobody can make a browser decide something else (A35, A37). The
// browser itself is bound by the request's own signed cookie.

import { createHmac } from 'node:crypto';
import { isSameDigest } from '../digest.ts';

/** What a form is tied to. */
export interface FormBinding {
  readonly uid: string;
  readonly ownerId: string;
  readonly shownHash: string;
}

const mac = (secret: string, { uid, ownerId, shownHash }: FormBinding): Buffer =>
  createHmac('sha256', secret)
    .update(JSON.stringify([uid, ownerId, shownHash]))
    .digest();

/** The hidden field's value. */
export const makeFormToken = (secret: string, binding: FormBinding): string =>
  `${binding.shownHash}.${mac(secret, binding).toString('base64url')}`;

/** The hash of what was shown when the form was made for this request and owner; null for any other text. */
export function readFormToken(
  secret: string,
  { uid, ownerId }: Omit<FormBinding, 'shownHash'>,
  token: string | null,
): string | null {
  const [shownHash = '', given = ''] = (token ?? '').split('.');
  const expected = mac(secret, { uid, ownerId, shownHash });
  const actual = Buffer.from(given, 'base64url');
  return isSameDigest(actual, expected) ? shownHash : null;
}
