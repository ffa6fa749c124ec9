// `valetkey devices enrol`: makes a key, keeps it beside the login, and enrols it. Nothing secret is printed, and the key is never sent.

import { type Result, succeed } from '@valetkey/core';
import { createSigningKey, proveKeyWith, type SigningKey } from '@valetkey/sdk';
import type { Device, Me, Page } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import { keepDeviceKey, readDeviceKey } from '../device-keys.ts';
import { type Failure, failWith } from '../failure.ts';
import { words } from '../format.ts';
import { t } from '../messages/messages.ts';

/** `valetkey devices enrol` */
export const devicesEnrol = defineCommand({
  name: 'devices enrol',
  summary: t.devicesEnrol.summary,
  flags: {
    ...SERVER_FLAGS,
    name: { type: 'string', value: 'TEXT', help: t.devicesEnrol.name },
  },
  examples: ['valetkey devices enrol --name laptop'],
  read: ({ name }): Result<string, string> =>
    name ? succeed(name) : { ok: false, error: t.devicesEnrol.nameMissing },
  run: enrol,
});

async function enrol(name: string, context: Context): Promise<Result<void, Failure>> {
  const { api, server, terminal, deviceKeys } = context;
  const before = await readDeviceKey(deviceKeys, server);
  if (!before.ok) return before;
  const known = before.value && (await activeDevice(before.value, context));
  if (known && !known.ok) return known;
  if (known?.value) return failWith(t.devicesEnrol.already(server, known.value.name));
  const key = await createSigningKey({ extractable: true });
  const headers = await proofOf(key, context);
  if (!headers.ok) return headers;
  // Kept before it is enrolled: a device whose key is nowhere would only be in the way.
  const kept = await keepDeviceKey(deviceKeys, server, key);
  if (!kept.ok) return kept;
  const made = await api.call<Device>('POST', '/devices', { name }, headers.value);
  if (!made.ok) {
    await keepDeviceKey(deviceKeys, server, before.value);
    return made;
  }
  const { id, key_thumbprint } = made.value;
  terminal.say(t.devicesEnrol.done(deviceKeys, quoted(name)));
  terminal.result({ id, name, key_thumbprint }, [
    ['Device', words(name)],
    ['Id', words(id)],
    ['Key', words(key_thumbprint)],
  ]);
  return succeed(undefined);
}

const quoted = (name: string): string => (/^[\w.:@-]+$/.test(name) ? name : `'${name}'`);

/** The device that this key is of, if it is not lost. */
async function activeDevice(
  { thumbprint }: SigningKey,
  { api }: Context,
): Promise<Result<Device | null, Failure>> {
  const devices = await api.call<Page<Device>>('GET', '/devices');
  if (!devices.ok) return devices;
  const isIt = (each: Device) => each.key_thumbprint === thumbprint && each.status === 'active';
  return succeed(devices.value.data.find(isIt) ?? null);
}

/** The proof is for the address that the broker calls itself by, and for this login. */
async function proofOf(
  key: SigningKey,
  { api, config, server }: Context,
): Promise<Result<Record<string, string>, Failure>> {
  const me = await api.call<Me>('GET', '/me');
  if (!me.ok) return me;
  const { token = '' } = config.logins[server] ?? {};
  const dpop = await proveKeyWith(token, key, 'POST', `${me.value.issuer}/api/v1/devices`);
  return succeed({ dpop });
}
