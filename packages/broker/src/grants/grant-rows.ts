// Reads grants as their owner sees them: a row of `grants`, its links and when it was last used.

import { formatAccess, type ModelAccess, type WireAccess } from '@valetkey/core';
import type { CompiledQuery, ExpressionBuilder, Kysely, Selectable } from 'kysely';
import { sha256 } from '../digest.ts';
import type { LinkReading, Statement } from '../ledger/contract.ts';
import type { GrantsTable, LinksTable, Schema } from '../store/schema.ts';
import type { Grant, GrantPage, GrantPart, GrantStatus, PageOfGrants } from './contract.ts';
import { parsePins } from './pins.ts';

type GrantRow = Selectable<GrantsTable>;
type LinkRow = Pick<
  Selectable<LinksTable>,
  'id' | 'provider' | 'provider_key_id' | 'status' | 'expires_at' | 'access'
>;

const partOf = (link: LinkRow): GrantPart => ({
  provider: link.provider,
  providerKeyId: link.provider_key_id,
  access: JSON.parse(link.access ?? 'null') as ModelAccess,
});

/** The latest end of a grant's parts; null as soon as one part has none. */
const latest = (ends: readonly (number | null)[]): number | null =>
  ends.includes(null) ? null : Math.max(0, ...ends.map((end) => end ?? 0));

const statusOf = (
  row: GrantRow,
  links: readonly LinkRow[],
  endsAtMs: number | null,
  nowMs: number,
): GrantStatus => {
  if (row.status !== 'active') return row.status as GrantStatus;
  if (links.length > 0 && links.every((link) => link.status === 'revoked')) return 'revoked';
  if (endsAtMs !== null && endsAtMs <= nowMs) return 'expired';
  // What is stopped with others is not paused by itself.
  return links.length > 0 && links.every((link) => link.status === 'suspended') ? 'suspended' : 'active';
};

/** For links of what was delegated, the earliest end of those above; none for a link that has none above it that ends. */
type EndsAbove = ReadonlyMap<string, number>;

const endOfChain = ({ id, expires_at: own }: LinkRow, endsAbove: EndsAbove): number | null => {
  const above = endsAbove.get(id) ?? null;
  return above === null ? own : Math.min(above, own ?? above);
};

/** A grant from its row and those of its links. One that stands below what has ended has ended. */
export const toGrant = (
  row: GrantRow,
  links: readonly LinkRow[],
  endsAbove: EndsAbove,
  lastUsedAtMs: number | null,
  nowMs: number,
): Grant => {
  const parts = links.map(partOf);
  const endsAtMs = latest(links.map(({ expires_at }) => expires_at));
  const chainsEndAtMs = latest(links.map((link) => endOfChain(link, endsAbove)));
  const expiresAtMs = latest(parts.map(({ access }) => access.expiresAtMs));
  return {
    id: row.id,
    ownerId: row.owner_id,
    clientId: row.client_id,
    name: row.name,
    parentGrantId: row.parent_grant_id,
    isActorAuthenticated: row.is_actor_authenticated === 1,
    status: statusOf(row, links, chainsEndAtMs, nowMs),
    parts,
    unknownFields: row.unknown_fields === 'pass' ? 'pass' : 'refuse',
    deviceIds: parsePins(row.devices),
    createdAtMs: row.created_at,
    expiresAtMs,
    idleEndsAtMs: endsAtMs === expiresAtMs ? null : endsAtMs,
    lastUsedAtMs,
    revokedAtMs: row.revoked_at,
  };
};

const linksOf = async (db: Kysely<Schema>, grantIds: readonly string[]): Promise<Map<string, LinkRow[]>> => {
  const rows = await db
    .selectFrom('links')
    .selectAll()
    .where('grant_id', 'in', [...grantIds])
    .orderBy('id')
    .execute();
  return Map.groupBy(rows, (row) => row.grant_id ?? '');
};

const readEndsAbove = async (db: Kysely<Schema>, rows: readonly GrantRow[]): Promise<EndsAbove> => {
  const childIds = rows.flatMap(({ id, parent_grant_id }) => (parent_grant_id === null ? [] : [id]));
  if (childIds.length === 0) return new Map();
  const ends = await db
    .withRecursive('above(link_id, parent_id, expires_at)', (chain) =>
      chain
        .selectFrom('links')
        .innerJoin('links as parent', 'parent.id', 'links.parent_id')
        .select(['links.id as link_id', 'parent.parent_id', 'parent.expires_at'])
        .where('links.grant_id', 'in', childIds)
        .unionAll((also) =>
          also
            .selectFrom('above')
            .innerJoin('links as parent', 'parent.id', 'above.parent_id')
            .select(['above.link_id', 'parent.parent_id', 'parent.expires_at']),
        ),
    )
    .selectFrom('above')
    .select(({ fn }) => ['link_id', fn.min<number>('expires_at').as('ends_at')])
    .where('expires_at', 'is not', null)
    .groupBy('link_id')
    .execute();
  return new Map(ends.map(({ link_id, ends_at }) => [link_id, Number(ends_at)]));
};

/** The newest admission of each grant, found at the end of its index: a grant may have millions of them. */
const lastUseOf = async (db: Kysely<Schema>, grantIds: readonly string[]): Promise<Map<string, number>> => {
  const newest = grantIds.map((grantId) =>
    db
      .selectFrom('journal')
      .select(['grant_id', 'at'])
      .where('grant_id', '=', grantId)
      .where('kind', '=', 'call.admitted')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst(),
  );
  const found = await Promise.all(newest);
  return new Map(found.flatMap((row) => (row ? [[row.grant_id ?? '', row.at]] : [])));
};

type LastUses = ReadonlyMap<string, number>;

const withLinks = async (
  db: Kysely<Schema>,
  rows: readonly GrantRow[],
  uses: LastUses,
  nowMs: number,
): Promise<Grant[]> => {
  if (rows.length === 0) return [];
  const links = await linksOf(
    db,
    rows.map((row) => row.id),
  );
  const endsAbove = await readEndsAbove(db, rows);
  return rows.map((row) => toGrant(row, links.get(row.id) ?? [], endsAbove, uses.get(row.id) ?? null, nowMs));
};

/** One grant whoever owns it, or null. `lastUsedAtMs` is left out. */
export const readGrant = async (
  db: Kysely<Schema>,
  grantId: string,
  nowMs: number,
): Promise<Grant | null> => {
  const rows = await db.selectFrom('grants').selectAll().where('id', '=', grantId).execute();
  return (await withLinks(db, rows, new Map(), nowMs))[0] ?? null;
};

/** All grants of an owner with their last use, newest first; or the one with `grantId`. */
export const readOwnerGrants = async (
  db: Kysely<Schema>,
  ownerId: string,
  nowMs: number,
  grantId?: string,
): Promise<Grant[]> => {
  let query = db
    .selectFrom('grants')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .orderBy('created_at', 'desc');
  if (grantId !== undefined) query = query.where('id', '=', grantId);
  const rows = await query.execute();
  const uses = await lastUseOf(
    db,
    rows.map((row) => row.id),
  );
  return withLinks(db, rows, uses, nowMs);
};

/** Time and id of the last one, as they stand in the order of the pages. */
const CURSOR = /^(\d{1,15})\.(\w{1,100})$/;

/** One page of an owner's grants with their last use, newest first. A cursor that is none begins at the first page. */
export const readGrantPage = async (
  db: Kysely<Schema>,
  ownerId: string,
  { isLiveOnly, before, limit }: GrantPage,
  nowMs: number,
): Promise<PageOfGrants> => {
  let query = db
    .selectFrom('grants')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .where('status', 'not in', ['pending', 'denied'])
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (isLiveOnly) query = query.where('status', '=', 'active').where(isLiveRow(nowMs));
  const [, at, id = ''] = CURSOR.exec(before ?? '') ?? [];
  if (at !== undefined)
    query = query.where(({ and, or, eb }) =>
      or([eb('created_at', '<', Number(at)), and([eb('created_at', '=', Number(at)), eb('id', '<', id)])]),
    );
  const found = await query.execute();
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  const uses = await lastUseOf(
    db,
    rows.map((row) => row.id),
  );
  const grants = await withLinks(db, rows, uses, nowMs);
  return { grants, next: last ? `${last.created_at}.${last.id}` : null };
};

/** Has a part that has not expired and one that is not revoked: the same as `statusOf` says of a row that is active. */
const isLiveRow =
  (nowMs: number) =>
  ({ and, exists, selectFrom }: ExpressionBuilder<Schema, 'grants'>) => {
    const parts = selectFrom('links').select('links.id').whereRef('links.grant_id', '=', 'grants.id');
    return and([
      exists(parts.where('links.status', '!=', 'revoked')),
      exists(parts.where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))),
    ]);
  };

const MOST_CHILDREN = 200;

/** Parameters that a statement takes are limited. */
const IDS_AT_ONCE = 1000;

/** The newest children of a grant that have not ended. */
export const readLiveChildren = async (
  db: Kysely<Schema>,
  grantId: string,
  nowMs: number,
): Promise<Grant[]> => {
  const rows = await db
    .selectFrom('grants')
    .selectAll()
    .where('parent_grant_id', '=', grantId)
    .where('status', '=', 'active')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('links')
          .select('links.id')
          .whereRef('links.grant_id', '=', 'grants.id')
          .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)])),
      ),
    )
    .orderBy('created_at', 'desc')
    .limit(MOST_CHILDREN)
    .execute();
  return withLinks(db, rows, new Map(), nowMs);
};

/** Grants below these in any depth, of these statuses in their row; the grants themselves are not in it. */
export const readDescendantIds = async (
  db: Kysely<Schema>,
  grantIds: readonly string[],
  statuses: readonly string[],
): Promise<string[]> => {
  const found: string[] = [];
  for (let start = 0; start < grantIds.length; start += IDS_AT_ONCE) {
    const rows = await db
      .withRecursive('below(id, status)', (tree) =>
        tree
          .selectFrom('grants')
          .select(['id', 'status'])
          .where('parent_grant_id', 'in', grantIds.slice(start, start + IDS_AT_ONCE))
          .unionAll((also) =>
            also
              .selectFrom('below')
              .innerJoin('grants', 'grants.parent_grant_id', 'below.id')
              .select(['grants.id', 'grants.status']),
          ),
      )
      .selectFrom('below')
      .select('id')
      .where('status', 'in', statuses)
      .execute();
    found.push(...rows.map(({ id }) => id));
  }
  return found;
};

/** What the links of a grant are to be changed on. MUST be read before what the change is decided on. */
export const readReadings = (db: Kysely<Schema>, grantId: string): Promise<LinkReading[]> =>
  db.selectFrom('links').select(['id as linkId', 'version']).where('grant_id', '=', grantId).execute();

/** What tells one state of a grant's terms and devices from another; the same as long as those are the same. */
export const versionOf = ({ parts, deviceIds }: Pick<Grant, 'parts' | 'deviceIds'>): string =>
  sha256(JSON.stringify([parts.map(({ access }) => formatAccess(access)), deviceIds]));

/** A query as a statement that goes into a ledger change. */
export const compiled = (query: { compile(): CompiledQuery }): Statement => {
  const { sql, parameters } = query.compile();
  return { sql, parameters };
};

/** A right as journal entries hold it: without the words that people wrote, which can be erased where they are kept. */
export const accessInJournal = (access: ModelAccess): WireAccess => formatAccess({ ...access, reason: null });

/** The parts of a grant as `authorization_details`, for journal entries. */
export const wireParts = (parts: readonly { readonly access: ModelAccess }[]): WireAccess[] =>
  parts.map((part) => accessInJournal(part.access));
