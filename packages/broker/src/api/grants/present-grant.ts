// Turns grants into what their owner sees: rights in words, limits with what is left, spend.

import { describeAccess, formatAccess, type Limit, OWN_AGENTS, windowEndMs } from '@valetkey/core';
import type { z } from 'zod';
import { actorsOf } from '../../grants/actors.ts';
import { namesOfRecipients } from '../../grants/client-names.ts';
import type { Grant, GrantPart, LinkUsage } from '../../grants/contract.ts';
import { countedOf } from '../../grants/counted.ts';
import { versionOf } from '../../grants/grant-rows.ts';
import { accessWords } from '../../language.ts';
import type { ProviderKeySummary } from '../../vault/contract.ts';
import type { ApiParts } from '../contract.ts';
import { presentPinned } from '../devices/devices.ts';
import { toTime, toTimeOrNull, toUsd } from '../wire.ts';
import { type Kin, pathOf } from './lineage.ts';
import { isLive } from './live-grants-by.ts';
import type { grant as grantSchema, grantStatus } from './schema.ts';
import { callsOf, settledOf } from './spent.ts';
import { stoppedBy } from './stopped-by.ts';

type WireGrant = z.infer<typeof grantSchema>;
type Reads = Pick<
  ApiParts,
  'db' | 'grants' | 'vault' | 'devices' | 'clients' | 'providers' | 'modelsOf' | 'ambient' | 'issuer'
>;

const toAmount = (unit: Limit['unit'], value: number): string | number =>
  unit === 'usd' ? toUsd(value) : value;

/** A limit with what counts against it now. */
export const limitState = (limit: Limit, usage: LinkUsage | undefined, nowMs: number) => {
  const { unit, per, amount } = limit;
  const { settled, held, reset } = countedOf(usage, limit);
  return {
    unit,
    per,
    amount: toAmount(unit, amount),
    settled: toAmount(unit, settled),
    held: toAmount(unit, held),
    remaining: toAmount(unit, Math.max(0, amount - settled - held)),
    window_ends_at: per === 'total' ? null : toTime(windowEndMs(nowMs, per)),
    reset: reset && { at: toTime(reset.atMs), amount: toAmount(unit, reset.amount) },
  };
};

const presentPart = (
  part: GrantPart,
  usage: LinkUsage | undefined,
  keys: readonly ProviderKeySummary[],
  clientName: (id: string) => string,
  reads: Reads,
) => {
  const { access, provider } = part;
  const key = keys.find(({ id }) => id === part.providerKeyId);
  const models = reads.modelsOf(provider);
  const names = {
    provider: (name: string) => reads.providers.find((each) => each.name === name)?.label ?? name,
    model: (id: string) => models.find((model) => model.id === id)?.name ?? id,
    client: clientName,
  };
  return {
    provider,
    provider_key: key ? { id: key.id, label: key.label, last_four: key.lastFour } : null,
    limits: access.limits.map((limit) => limitState(limit, usage, reads.ambient.now())),
    lines: [...describeAccess(access, names, accessWords).lines],
    recipients: Object.fromEntries(
      (access.delegationTo ?? []).filter((one) => one !== OWN_AGENTS).map((id) => [id, clientName(id)]),
    ),
  };
};

const presentClient = async (grant: Grant, clients: Reads['clients']): Promise<WireGrant['client']> => {
  if (grant.clientId === null) return null;
  const client = await clients.find(grant.clientId);
  return {
    id: grant.clientId,
    // An app that was removed keeps the name under which the grant was made.
    name: client?.metadata.client_name ?? grant.name,
    url: client?.metadata.client_uri ?? null,
    origin: client?.origin ?? 'registered',
  };
};

interface Row extends Kin {
  readonly hasKeyToken: boolean;
}

const readRows = async (db: Reads['db'], ownerId: string): Promise<ReadonlyMap<string, Row>> => {
  const rows = await db
    .selectFrom('grants')
    .select(['id', 'parent_grant_id as parentGrantId', 'client_id as clientId', 'name', 'key_token_hash'])
    .select('is_actor_authenticated')
    .where('owner_id', '=', ownerId)
    .execute();
  return new Map(
    rows.map(({ key_token_hash: hash, is_actor_authenticated: isProven, ...row }) => [
      row.id,
      { ...row, hasKeyToken: hash !== null, isActorAuthenticated: isProven === 1 },
    ]),
  );
};

const presentLineage = ({ id, parentGrantId }: Grant, rows: ReadonlyMap<string, Row>, issuer: string) => {
  const path = pathOf(id, rows);
  return {
    parent_grant_id: parentGrantId,
    depth: path.length - 1,
    actor: actorsOf(path, issuer)[0]?.sub ?? null,
    actor_authenticated: path.length > 1 ? path.at(-1)!.isActorAuthenticated : null,
  };
};

/** Only what was delegated can be barred, and only what could be used is worth the look. */
const barredProviders = async (grant: Grant, grants: Reads['grants']): Promise<readonly string[]> =>
  grant.parentGrantId === null || !isLive(grant)
    ? []
    : ((await grants.live(grant.id))?.barredProviders ?? []);

/** The owner's grants as they stand on the wire, in the order given. */
export const presentGrants = async (
  reads: Reads,
  ownerId: string,
  grants: readonly Grant[],
): Promise<WireGrant[]> => {
  const [keys, stops, rows, devices] = await Promise.all([
    reads.vault.list(ownerId),
    reads.grants.stops(ownerId),
    readRows(reads.db, ownerId),
    reads.devices.list(ownerId),
  ]);
  const rights = grants.flatMap(({ parts }) => parts.map(({ access }) => access));
  const clientName = await namesOfRecipients(rights, (id) => reads.clients.find(id));
  return Promise.all(
    grants.map(async (grant) => {
      const [{ balances }, client, barred] = await Promise.all([
        reads.grants.usage(grant.id),
        presentClient(grant, reads.clients),
        barredProviders(grant, reads.grants),
      ]);
      const usageOf = (part: GrantPart) =>
        balances.find(({ linkId }) => linkId === `${grant.id}.${part.provider}`);
      return {
        id: grant.id,
        name: grant.name,
        client,
        ...presentLineage(grant, rows, reads.issuer),
        barred_providers: [...barred],
        status: grant.status as z.infer<typeof grantStatus>,
        stopped_by: stoppedBy(grant, stops, rows),
        created_at: toTime(grant.createdAtMs),
        expires_at: toTimeOrNull(grant.expiresAtMs),
        expires_if_unused_at: toTimeOrNull(grant.idleEndsAtMs),
        last_used_at: toTimeOrNull(grant.lastUsedAtMs),
        revoked_at: toTimeOrNull(grant.revokedAtMs),
        unknown_fields: grant.unknownFields,
        authorization_details: grant.parts.map(({ access }) => ({ ...formatAccess(access) })),
        parts: grant.parts.map((part) => presentPart(part, usageOf(part), keys, clientName, reads)),
        spent: {
          today_usd: toUsd(settledOf(balances, 'usd', 'day')),
          month_usd: toUsd(settledOf(balances, 'usd', 'month')),
          total_usd: toUsd(settledOf(balances, 'usd', 'total')),
          calls: callsOf(balances, 'total'),
        },
        has_key_token: rows.get(grant.id)!.hasKeyToken,
        devices: devices.filter(({ id }) => grant.deviceIds.includes(id)).map(presentPinned),
        version: versionOf(grant),
      };
    }),
  );
};
