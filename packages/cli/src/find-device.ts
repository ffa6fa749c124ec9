// Finds a device by the name that people know it by, or by its id.

import { type Result, succeed } from '@valetkey/core';
import type { ApiClient } from './api-client.ts';
import type { Device, Page } from './api-types.ts';
import { type Failure, failWith } from './failure.ts';
import { t } from './messages/messages.ts';

/** The device of this name or id; of two with one name the one that is not lost. */
export async function findDevice(named: string, api: ApiClient): Promise<Result<Device, Failure>> {
  const devices = await api.call<Page<Device>>('GET', '/devices');
  if (!devices.ok) return devices;
  const { data } = devices.value;
  const found =
    data.find(({ id }) => id === named) ??
    data.find(({ name, status }) => name === named && status === 'active') ??
    data.find(({ name }) => name === named);
  return found ? succeed(found) : failWith(t.devicesList.unknown(named));
}
