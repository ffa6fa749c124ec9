// Reads a grant as the gate needs it, in ONE statement: what it says of tokens, pins and devices is of the same state as the versions of its
// links. A change that comes later has raised these, and the admission refuses the reading; two statements could pair new with old.

import { chainAccess, type ModelAccess } from '@valetkey/core';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Link, LinkStatus } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import { recipientOf } from './actors.ts';
import type { DelegationHop, Grant, LiveGrant, LivePart } from './contract.ts';
import type { LiveDevice } from './device-rule.ts';
import { earlier } from './expiry.ts';
import { toGrant } from './grant-rows.ts';
import { parsePins } from './pins.ts';

/** What a grant is found by. */
type FoundBy = 'id' | 'key_token_hash';

/** What rules about time and rights ask of a link. */
type ChainLink = Pick<Link, 'id' | 'parentId' | 'version' | 'status' | 'expiresAtMs' | 'access'>;

const REVOKED_TOKENS = sql<string | null>`(select string_agg(token_id, ' ') from revoked_tokens
  where revoked_tokens.grant_id = grants.id)`;

const OWNER_DEVICES = sql<string | null>`(select string_agg(
  id || ' ' || key_thumbprint || case when lost_at is null then '' else ' lost' end, ',')
  from devices where devices.owner_id = grants.owner_id)`;

/**
 * A row for each link of each grant from the one that the owner gave down to the one that is read. SQLite takes cross joins in the order in
 * which they stand; left to itself it begins with all links.
 */
const queryOf = (db: Kysely<Schema>, by: FoundBy) =>
  db
    .withRecursive('path', (tree) =>
      tree
        .selectFrom('grants')
        .selectAll()
        .select(sql<number>`0`.as('height'))
        .select([REVOKED_TOKENS.as('revoked_tokens'), OWNER_DEVICES.as('owner_devices')])
        .where(by, '=', '')
        .unionAll((below) =>
          below
            .selectFrom('path')
            .innerJoin('grants', 'grants.id', 'path.parent_grant_id')
            .selectAll('grants')
            .select(sql<number>`path.height + 1`.as('height'))
            .select(['path.revoked_tokens', 'path.owner_devices']),
        ),
    )
    .selectFrom('path')
    .crossJoin('links')
    .crossJoin('links as roots')
    .leftJoin('links as ceilings', 'ceilings.id', 'roots.parent_id')
    .whereRef('links.grant_id', '=', 'path.id')
    .whereRef('roots.id', '=', 'links.provider_key_id')
    .selectAll('path')
    .select(['links.id as link_id', 'links.parent_id', 'links.provider', 'links.provider_key_id'])
    .select(['links.version', 'links.status as link_status', 'links.expires_at', 'links.access'])
    .select(['roots.version as root_version', 'roots.status as root_status', 'roots.parent_id as ceiling_id'])
    .select(['ceilings.version as ceiling_version', 'ceilings.status as ceiling_status'])
    .orderBy('path.height', 'desc')
    .orderBy('links.id')
    .compile();

type Row = ReturnType<typeof queryOf> extends CompiledQuery<infer Found> ? Found : never;

/** The grant as it stands; null if there is none. */
export type ReadLive = (by: FoundBy, value: string) => Promise<LiveGrant | null>;

/** Reads by either key, with statements that are put together once. `renewAtMs` says from when on a use has to be written down. */
export const liveReader = (
  db: Kysely<Schema>,
  now: () => number,
  renewAtMs: (links: readonly ChainLink[]) => number,
): ReadLive => {
  const queries = { id: queryOf(db, 'id'), key_token_hash: queryOf(db, 'key_token_hash') };
  return async (by, value) => {
    const { rows } = await db.executeQuery<Row>({ ...queries[by], parameters: [value] });
    const own = rows.filter(({ height }) => height === 0);
    const [row] = own;
    if (!row) return null;
    const hops = rows.filter(({ id }, at) => id !== rows[at - 1]?.id);
    const path = hops.map(hopOf);
    const links = linksOf(rows);
    const chains = own.map(({ link_id }) => chainOf(link_id, links));
    const parts = chains.map((chain, at) => livePart(chain, path, own[at]!.provider_key_id));
    return {
      grant: grantOf(row, own, parts, now()),
      parts: parts.filter(({ isPermitted }) => isPermitted),
      barredProviders: parts.filter(({ isPermitted }) => !isPermitted).map(({ provider }) => provider),
      path,
      tellsCredits: row.via === 'tpx',
      renewAtMs: renewAtMs(chains.flat()),
      keyTokenHash: row.key_token_hash,
      keyTokenThumbprint: row.key_thumbprint,
      revokedTokenIds: new Set(row.revoked_tokens?.split(' ')),
      devices: parseDevices(row.owner_devices),
      pins: hops.flatMap(({ devices }) => (devices === null ? [] : new Set(parsePins(devices)))),
    };
  };
};

const grantOf = (row: Row, own: readonly Row[], parts: readonly LivePart[], nowMs: number): Grant => {
  const links = own.map((each) => ({ ...each, id: each.link_id, status: each.link_status }));
  const ends = parts.flatMap(({ chain, endsAtMs }) =>
    endsAtMs === null ? [] : [[chain[0]!.linkId, endsAtMs] as const],
  );
  return toGrant(row, links, new Map(ends), null, nowMs);
};

const hopOf = (row: Row): DelegationHop => ({
  grantId: row.id,
  clientId: row.client_id,
  name: row.name,
  isActorAuthenticated: row.is_actor_authenticated === 1,
});

/** As `OWNER_DEVICES` writes them. */
const parseDevices = (text: string | null): ReadonlyMap<string, LiveDevice> =>
  new Map(
    text?.split(',').map((device) => {
      const [id = '', thumbprint = '', lost] = device.split(' ');
      return [thumbprint, { id, isLost: lost !== undefined }];
    }),
  );

const linksOf = (rows: readonly Row[]): ReadonlyMap<string, ChainLink> => {
  const links = new Map<string, ChainLink>();
  for (const row of rows) {
    links.set(row.link_id, {
      id: row.link_id,
      parentId: row.parent_id,
      version: row.version,
      status: row.link_status as LinkStatus,
      expiresAtMs: row.expires_at,
      access: JSON.parse(row.access ?? 'null') as ModelAccess | null,
    });
    const { root_version, root_status, ceiling_id, ceiling_version, ceiling_status } = row;
    links.set(row.provider_key_id, unlimited(row.provider_key_id, ceiling_id, root_version, root_status));
    if (ceiling_id !== null && ceiling_version !== null)
      links.set(ceiling_id, unlimited(ceiling_id, null, ceiling_version, ceiling_status));
  }
  return links;
};

/** A provider key or a ceiling: neither has rights of its own, nor an end. */
const unlimited = (
  id: string,
  parentId: string | null,
  version: number,
  status: string | null,
): ChainLink => ({
  id,
  parentId,
  version,
  status: status as LinkStatus,
  expiresAtMs: null,
  access: null,
});

/** From the leaf to the root. */
const chainOf = (leafId: string, links: ReadonlyMap<string, ChainLink>): readonly ChainLink[] => {
  const chain: ChainLink[] = [];
  for (let link = links.get(leafId); link; link = links.get(link.parentId ?? '')) chain.push(link);
  return chain;
};

/** What is effective, from the right that the owner gave downwards: every grant of `path` has a link in the chain, above them the provider key. */
const livePart = (links: readonly ChainLink[], path: readonly DelegationHop[], providerKeyId: string) => {
  const [top, ...below] = links.flatMap(({ access }) => access ?? []).reverse();
  const [leaf] = links;
  if (!top || !leaf || below.length !== path.length - 1)
    throw new Error(`link ${leaf?.id} has another chain than its grant`);
  const received = below.map((access, at) => ({ access, recipient: recipientOf(path[at + 1]!, path[at]!) }));
  const { access, isPermitted } = chainAccess(top, received);
  const part: LivePart = {
    provider: access.provider,
    providerKeyId,
    access,
    chain: links.map((link) => ({ linkId: link.id, version: link.version })),
    endsAtMs: links.reduce<number | null>((end, { expiresAtMs }) => earlier(end, expiresAtMs), null),
    // The one nearest to the root, as an admission finds it.
    status: links.findLast(({ status }) => status !== 'active')?.status ?? 'active',
  };
  return { ...part, isPermitted };
};
