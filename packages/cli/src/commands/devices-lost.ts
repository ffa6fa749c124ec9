// `valetkey devices lost`: ends a device for ever. It does not ask: in distress a question costs time.

import { succeed } from '@valetkey/core';
import type { DeviceLoss } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { findDevice } from '../find-device.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey devices lost` */
export const devicesLost = defineCommand({
  name: 'devices lost',
  summary: t.devicesLost.summary,
  args: ['device'],
  flags: SERVER_FLAGS,
  examples: ['valetkey devices lost laptop', 'valetkey devices lost dev_1'],
  read: (_flags, [device]) => succeed(device!),
  async run(named, { api, terminal }) {
    const found = await findDevice(named, api);
    if (!found.ok) return found;
    const lost = await api.call<DeviceLoss>('POST', `/devices/${encodeURIComponent(found.value.id)}/lost`);
    if (!lost.ok) return lost;
    const { device, streams_cut } = lost.value;
    terminal.say(t.devicesLost.done);
    terminal.result(lost.value, [
      ['Lost', words(device.name)],
      ['At', moment(device.lost_at)],
      ['Running calls ended', words(streams_cut)],
    ]);
    return succeed(undefined);
  },
});
