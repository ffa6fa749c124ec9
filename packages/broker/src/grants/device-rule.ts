// Whether a call may come from where it comes from: a grant can be pinned to devices, and a lost device can do nothing at all. MUST be asked
// wherever a token is used, of a reading that is checked by what is then decided on it.

import { fail, type Result, succeed } from '@valetkey/core';
import type { LiveGrant } from './contract.ts';

/** A device as the gate knows it. */
export interface LiveDevice {
  readonly id: string;
  readonly isLost: boolean;
}

/** The device whose key was proved to be held; null if no key was, or one that is not enrolled. */
export const deviceOf = ({ devices }: Pick<LiveGrant, 'devices'>, thumbprint: string | null) =>
  (thumbprint === null ? null : devices.get(thumbprint)) ?? null;

/** The device that uses the grant, if it may; the error says why not. `thumbprint` is that of the key which a proof was made with. */
export const checkDevice = (
  live: Pick<LiveGrant, 'devices' | 'pins'>,
  thumbprint: string | null,
): Result<LiveDevice | null, string> => {
  const device = deviceOf(live, thumbprint);
  if (device?.isLost) return fail('The device whose key this is was reported lost by its owner.');
  const isPermitted = live.pins.every((pinned) => device !== null && pinned.has(device.id));
  if (isPermitted) return succeed(device);
  return fail(
    'This access works only from devices that its owner chose: send a DPoP proof made with the key of one of them.',
  );
};
