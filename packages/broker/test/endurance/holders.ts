// The owners of an endurance run and who holds grants of theirs. They are made directly in the rooms of the product before its processes
// start: the product itself knows one owner of a house, and isolation is to be seen among several.

import { randomBytes } from 'node:crypto';
import { parseAuthorizationDetails } from '@valetkey/core';
import { canaryKey } from '@valetkey/testkit';
import pino from 'pino';
import { systemAmbient } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { builtInProviders } from '../../src/gateway/providers/registry.ts';
import { makeChild } from '../../src/grants/make-child.ts';
import { openHouse, type House as Rooms } from '../../src/open-house.ts';
import type { Random } from '../sim/random.ts';

/** Who can ask: by a grant's token. `name` tells kinds apart in figures. */
export interface Holder {
  readonly name: 'ample' | 'child' | 'limited' | 'passing';
  readonly grantId: string;
  readonly token: string;
  /** The provider key that its calls must travel with; null for the owner whose key is replaced. */
  readonly providerKey: string | null;
}

const OWNERS = 4;
const DEPTH = 2;

const makeTop = async (rooms: Rooms, ownerId: string, providerKeyId: string, limits: object) => {
  const details = {
    type: 'ai_model_access',
    provider: 'openai',
    models: ['gpt-4o-mini'],
    limits,
    delegation: { max_depth: DEPTH },
  };
  const parsed = parseAuthorizationDetails([details], { maxEntries: 1 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  const parts = parsed.value.map((access) => ({ providerKeyId, access }));
  const grant = { ownerId, clientId: null, name: 'Tool', parts };
  const made = await rooms.grants.create({ ...grant, unknownFields: 'refuse', via: 'api' });
  if (!made.ok) throw new Error(made.error.detail);
  const token = await rooms.grants.issueKeyToken(ownerId, made.value.id);
  if (!token.ok) throw new Error(token.error.detail);
  return { grantId: made.value.id, token: token.value, access: parsed.value[0]! };
};

const makeChildren = async (rooms: Rooms, top: Awaited<ReturnType<typeof makeTop>>) => {
  const chain = [{ grantId: top.grantId, token: top.token }];
  for (let level = 1; level <= DEPTH; level += 1) {
    const asked = [{ ...top.access, delegationMaxDepth: DEPTH - level }];
    const parent = { id: chain.at(-1)!.grantId, clientId: null };
    const child = { name: `level ${level}`, asked, keyThumbprint: null };
    const made = await makeChild({ grants: rooms.grants, ambient: systemAmbient }, parent, child);
    if (!made.ok) throw new Error(made.error.detail);
    chain.push({ grantId: made.value.live.grant.id, token: made.value.token });
  }
  return chain.slice(1);
};

/** Makes them in the database that this environment names; `keys` gets their provider keys. */
export async function prepareHolders(
  env: Readonly<Record<string, string>>,
  keys: string[],
  random: Random,
): Promise<readonly Holder[]> {
  const config = readConfig(env, builtInProviders);
  if (!config.ok) throw new Error(config.error.join('\n'));
  const { house: rooms, store } = await openHouse(config.value, systemAmbient, pino({ level: 'silent' }));
  if (!rooms) throw new Error('the house is locked');
  const holders: Holder[] = [];
  for (let at = 0; at < OWNERS; at += 1) {
    const [ownerId, providerKey] = [`own_${at}`, canaryKey('openai', randomBytes)];
    keys.push(providerKey);
    const key = await rooms.vault.add({ ownerId, provider: 'openai', key: providerKey });
    if (!key.ok) throw new Error(JSON.stringify(key));
    const ample = await makeTop(rooms, ownerId, key.value.id, { monthly_spend: 1000 });
    const perMinute = { requests_per_minute: 10 + random.upTo(20), total_spend: 1 };
    const limited = await makeTop(rooms, ownerId, key.value.id, perMinute);
    holders.push({ ...ample, name: 'ample', providerKey }, { ...limited, name: 'limited', providerKey });
    for (const child of await makeChildren(rooms, ample))
      holders.push({ ...child, name: 'child', providerKey });
  }
  await rooms.ledger.close();
  await store.close();
  return holders;
}
