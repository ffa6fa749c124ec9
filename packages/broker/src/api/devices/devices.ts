// The owner's devices: enrolled with a proof of their key, renamed, lost. What a lost device may do no more is decided at the gate.

import type { IncomingMessage } from 'node:http';
import type { Result } from '@valetkey/core';
import type { z } from 'zod';
import type { Device, DeviceRefusal } from '../../devices/contract.ts';
import type { Grant } from '../../grants/contract.ts';
import { checkProof } from '../../tokens/dpop-proof.ts';
import { ApiError } from '../api-error.ts';
import type { App } from '../app.ts';
import type { ApiParts } from '../contract.ts';
import { isLive } from '../grants/live-grants-by.ts';
import { errorResponses, idParams, noBody, onePage, pageOf, toTime, toTimeOrNull } from '../wire.ts';
import { device, deviceLoss, deviceName, type pinnedDevice } from './schema.ts';

const PATH = '/api/v1/devices';

const CODES = {
  not_found: 'not_found',
  enrolled_before: 'conflict',
  name_taken: 'conflict',
  too_many: 'conflict',
  lost: 'conflict',
  unavailable: 'unavailable',
} as const satisfies Record<DeviceRefusal['reason'], string>;

const unwrap = <Value>(result: Result<Value, DeviceRefusal>): Value => {
  if (result.ok) return result.value;
  throw new ApiError(CODES[result.error.reason], result.error.detail);
};

/** A device as grants name it. */
export const presentPinned = ({ id, name, lostAtMs }: Device): z.infer<typeof pinnedDevice> => ({
  id,
  name,
  status: lostAtMs === null ? 'active' : 'lost',
});

const present = (found: Device, grants: readonly Grant[]): z.infer<typeof device> => ({
  ...presentPinned(found),
  key_thumbprint: found.keyThumbprint,
  created_at: toTime(found.createdAtMs),
  last_used_at: toTimeOrNull(found.lastUsedAtMs),
  lost_at: toTimeOrNull(found.lostAtMs),
  grants: grants
    .filter((grant) => isLive(grant) && grant.deviceIds.includes(found.id))
    .map(({ id, name }) => ({ id, name })),
});

/** The thumbprint of the key that the request proves to hold. A login that came as a token is part of the proof. */
const provenKey = async (
  { headers }: IncomingMessage,
  { issuer, ambient, replayGuard }: ApiParts,
): Promise<string> => {
  const { dpop: proof, authorization } = headers;
  if (typeof proof !== 'string')
    throw new ApiError('invalid_dpop_proof', 'Send one DPoP header: a proof made with the key to enrol.');
  const accessToken = authorization?.replace(/^Bearer +/i, '') ?? null;
  const proven = { proof, method: 'POST', url: issuer + PATH, accessToken, jkt: null };
  const claim = (id: string, expiresAtMs: number) => replayGuard.claim(id, expiresAtMs);
  const checked = await checkProof(proven, { now: ambient.now, claim });
  if (checked.ok) return checked.value;
  throw new ApiError('invalid_dpop_proof', `The DPoP proof was refused: ${checked.error}.`);
};

const tags = ['devices'];

const registerListing = (app: App, { devices, grants }: ApiParts): void => {
  const list = {
    summary: 'List devices',
    description: 'Lost ones, too.',
    tags,
    response: { 200: pageOf(device), ...errorResponses },
  };
  app.get(PATH, { schema: list }, async ({ owner }) => {
    const [found, all] = await Promise.all([devices.list(owner.ownerId), grants.list(owner.ownerId)]);
    return onePage(found.map((each) => present(each, all)));
  });
};

/** Registers the calls. */
export const registerDevices = (app: App, parts: ApiParts): void => {
  const { devices, grants } = parts;
  registerListing(app, parts);
  const enrol = {
    summary: 'Enrol a device',
    description:
      'The header `DPoP` holds a proof (RFC 9449) made with the key of the device for this address, with `ath` where the login is a token.',
    tags,
    body: deviceName,
    response: { 201: device, ...errorResponses },
  };
  app.post(PATH, { schema: enrol }, async ({ owner, body, raw }, reply) => {
    const thumbprint = await provenKey(raw, parts);
    const made = unwrap(await devices.enrol(owner.ownerId, body.name, thumbprint));
    return reply.status(201).send(present(made, []));
  });

  const rename = {
    summary: 'Rename a device',
    tags,
    params: idParams,
    body: deviceName,
    response: { 200: device, ...errorResponses },
  };
  app.patch(`${PATH}/:id`, { schema: rename }, async ({ owner, params, body }) => {
    const renamed = unwrap(await devices.rename(owner.ownerId, params.id, body.name));
    return present(renamed, await grants.list(owner.ownerId));
  });

  const lose = {
    summary: 'Report a device lost, for ever',
    description:
      'Nothing is forwarded any more for tokens that are bound to its key, nor for grants that are pinned to it alone.',
    tags,
    params: idParams,
    body: noBody,
    response: { 200: deviceLoss, ...errorResponses },
  };
  app.post(`${PATH}/:id/lost`, { schema: lose }, async ({ owner, params }) => {
    const { device: lost, callsCut } = unwrap(await devices.lose(owner.ownerId, params.id));
    return { device: present(lost, await grants.list(owner.ownerId)), streams_cut: callsCut };
  });
};
