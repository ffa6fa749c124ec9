// One function for each call of the management API that changes something, named as a person would say it.

import type { Language } from '@valetkey/core';
import { callApi } from './client.ts';
import type {
  Client,
  ClientEdit,
  CreatedGrant,
  DeviceLoss,
  Grant,
  GrantChange,
  KeyTest,
  LimitState,
  Me,
  NewClient,
  NewGrant,
  NewStop,
  ProviderKey,
  RegisteredClient,
  Revocation,
  Stopped,
} from './types.ts';

const segment = encodeURIComponent;

/** Sets the language in which the owner is written to. */
export const saveLanguage = (locale: Language) => callApi<Me>('PATCH', '/me', { locale });

/** Creates a grant for the owner's own tool; the answer carries its token, once. */
export const createGrant = (body: NewGrant) => callApi<CreatedGrant>('POST', '/grants', body);

/** Changes limits, pauses and resumes, or pins to devices. */
export const changeGrant = (id: string, change: GrantChange) =>
  callApi<Grant>('PATCH', `/grants/${segment(id)}`, change);

/** What was spent of one limit so far stops counting against it. */
export const resetLimit = (id: string, provider: string, { unit, per }: LimitState) =>
  callApi<Grant>('POST', `/grants/${segment(id)}/reset-limit`, { provider, unit, per });

/** Ends a grant and all below it; once this returns, nothing more is forwarded for it. */
export const revokeGrant = (id: string) => callApi<Revocation>('POST', `/grants/${segment(id)}/revoke`);

/** Stops everything, an app or a provider key; once this returns, nothing more is forwarded for it. */
export const stopWhole = (what: NewStop) => callApi<Stopped>('POST', '/stops', what);

/** Brings back exactly what a stop stopped. */
export const resumeStop = (id: string) => callApi<void>('DELETE', `/stops/${segment(id)}`);

/** Reports a device lost, for ever; once this returns, nothing more is forwarded for it. */
export const loseDevice = (id: string) => callApi<DeviceLoss>('POST', `/devices/${segment(id)}/lost`);

/** Makes a new key-shaped token; the old one stops. */
export const replaceToken = (id: string) =>
  callApi<{ readonly token: string }>('POST', `/grants/${segment(id)}/token`);

/** Puts a provider key into the vault. */
export const addProviderKey = (body: {
  readonly provider: string;
  readonly key: string;
  readonly label?: string;
}) => callApi<ProviderKey>('POST', '/provider-keys', body);

/** Replaces the key in place; grants that draw on it go on. */
export const replaceProviderKey = (id: string, key: string) =>
  callApi<ProviderKey>('PUT', `/provider-keys/${segment(id)}`, { key });

/** Asks the provider whether it takes the key. */
export const testProviderKey = (id: string) => callApi<KeyTest>('POST', `/provider-keys/${segment(id)}/test`);

/** Removes a key. `revokeGrants` MUST only be true when the person was told how many apps stop. */
export const removeProviderKey = (id: string, revokeGrants: boolean) =>
  callApi<void>('DELETE', `/provider-keys/${segment(id)}${revokeGrants ? '?revoke_grants=true' : ''}`);

/** Registers an app; a confidential one gets its secret in the answer, once. */
export const registerClient = (body: NewClient) => callApi<RegisteredClient>('POST', '/clients', body);

/** Changes a registered app. */
export const changeClient = (id: string, body: ClientEdit) =>
  callApi<Client>('PATCH', `/clients/${segment(id)}`, body);

/** Makes a new client secret; the old one stops. */
export const rotateClientSecret = (id: string) =>
  callApi<{ readonly client_secret: string }>('POST', `/clients/${segment(id)}/secret`);

/** Deletes a registered app and revokes the owner's grants to it. */
export const deleteClient = (id: string) => callApi<void>('DELETE', `/clients/${segment(id)}`);
