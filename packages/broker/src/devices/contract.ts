// Devices: keys that an owner enrolled under a name. A call that comes with a proof of such a key is the device's, and a lost device can do
// nothing any more.

import type { Result } from '@valetkey/core';

/** A device as its owner sees it. */
export interface Device {
  readonly id: string;
  readonly name: string;
  /** SHA-256 thumbprint of its key (RFC 7638), base64url. */
  readonly keyThumbprint: string;
  readonly createdAtMs: number;
  /** For display only: at most a minute old. */
  readonly lastUsedAtMs: number | null;
  /** Null while it is not lost; lost is for ever. */
  readonly lostAtMs: number | null;
}

/** Why a device was not enrolled or changed. */
export interface DeviceRefusal {
  readonly reason: 'not_found' | 'enrolled_before' | 'name_taken' | 'too_many' | 'lost' | 'unavailable';
  readonly detail: string;
}

/** What losing a device stopped. */
export interface Loss {
  readonly device: Device;
  /** Calls that it ran and that were cut. */
  readonly callsCut: number;
}

/** Told of a lost device: whose it was and the thumbprint of its key. Cuts its calls and says how many. */
export type LossListener = (ownerId: string, keyThumbprint: string) => number;

/** Keeps the devices. Every change is one ledger change: nothing is admitted on what was read of devices before it has resolved. */
export interface Devices {
  /** Adds a device; that its key is held MUST have been proved. A key is enrolled once, also when it was lost since. */
  enrol(ownerId: string, name: string, keyThumbprint: string): Promise<Result<Device, DeviceRefusal>>;
  /** The owner's devices, newest first, lost ones too. */
  list(ownerId: string): Promise<readonly Device[]>;
  /** Those of them that are not lost. */
  living(ownerId: string): Promise<readonly Device[]>;
  rename(ownerId: string, deviceId: string, name: string): Promise<Result<Device, DeviceRefusal>>;
  /**
   * Ends a device for ever. Once this has resolved, nothing is forwarded for a token that is bound to its key, or for a grant that is pinned
   * to it alone, on any replica. Idempotent.
   */
  lose(ownerId: string, deviceId: string): Promise<Result<Loss, DeviceRefusal>>;
  /** Remembers, for display only, that a device was used. */
  noteUse(deviceId: string): void;
  onLost(listener: LossListener): () => void;
  /** Another replica lost this device. */
  lostElsewhere(ownerId: string, keyThumbprint: string): void;
}
