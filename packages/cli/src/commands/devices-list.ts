// `valetkey devices list`: the devices of the owner, and what is pinned to them.

import { succeed } from '@valetkey/core';
import type { Device, Page } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, status, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Column } from '../terminal.ts';

const COLUMNS: readonly Column<Device>[] = [
  { title: 'ID', cell: ({ id }) => words(id) },
  { title: 'NAME', cell: ({ name }) => words(name), shrinks: true },
  { title: 'STATUS', cell: (device) => status(device.status) },
  { title: 'PINNED', cell: ({ grants }) => words(grants.length), align: 'right' },
  { title: 'ENROLLED', cell: ({ created_at }) => moment(created_at) },
  { title: 'LAST USED', cell: ({ last_used_at }) => moment(last_used_at) },
];

/** `valetkey devices list` */
export const devicesList = defineCommand({
  name: 'devices list',
  summary: t.devicesList.summary,
  flags: SERVER_FLAGS,
  examples: ['valetkey devices list', "valetkey devices list --json | jq -r '.[].name'"],
  read: () => succeed(null),
  async run(_options, { api, terminal }) {
    const devices = await api.call<Page<Device>>('GET', '/devices');
    if (!devices.ok) return devices;
    terminal.list(devices.value.data, COLUMNS, t.devicesList.empty);
    return succeed(undefined);
  },
});
