// Reads alerts as their owner sees them. The names in them are those of now: an alert holds ids, so that what is erased is gone from it, too.

import type { Kysely, Selectable } from 'kysely';
import type { AlertsTable, Schema } from '../store/schema.ts';
import type { Alert, AlertFilter, AlertMatter } from './contract.ts';

type Row = Selectable<AlertsTable>;

const matterOf = ({ kind, body }: Row): AlertMatter => ({ kind, details: JSON.parse(body) }) as AlertMatter;

const byId = <Found extends { readonly id: string }>(rows: readonly Found[]): ReadonlyMap<string, Found> =>
  new Map(rows.map((row) => [row.id, row]));

const namesIn = (db: Kysely<Schema>, table: 'grants' | 'devices', ownerId: string, ids: readonly string[]) =>
  db
    .selectFrom(table)
    .select(['id', 'name'])
    .where('owner_id', '=', ownerId)
    .where('id', 'in', [...ids, ''])
    .execute();

/** The alerts of these rows, all of one owner. */
const withNames = async (
  db: Kysely<Schema>,
  ownerId: string,
  rows: readonly Row[],
): Promise<readonly Alert[]> => {
  if (rows.length === 0) return [];
  const matters = rows.map(matterOf);
  const grantIds = rows.flatMap(({ grant_id }) => grant_id ?? []);
  const keyIds = matters.flatMap((each) => (each.kind === 'limit' ? [each.details.link_id] : []));
  const deviceIds = matters.flatMap((each) => (each.kind === 'device' ? [each.details.device_id] : []));
  const grants = byId(await namesIn(db, 'grants', ownerId, grantIds));
  const devices = byId(await namesIn(db, 'devices', ownerId, deviceIds));
  const keys = byId(
    await db
      .selectFrom('provider_keys')
      .select(['id', 'provider', 'label'])
      .where('owner_id', '=', ownerId)
      .where('id', 'in', [...keyIds, ''])
      .execute(),
  );
  return rows.map((row, at): Alert => {
    const matter = matters[at]!;
    return {
      ...matter,
      id: row.id,
      grant: grants.get(row.grant_id ?? '') ?? null,
      providerKey: matter.kind === 'limit' ? (keys.get(matter.details.link_id) ?? null) : null,
      deviceName: matter.kind === 'device' ? (devices.get(matter.details.device_id)?.name ?? null) : null,
      times: row.times,
      raisedAtMs: row.raised_at,
      lastAtMs: row.last_at,
      acknowledgedAtMs: row.acknowledged_at,
    };
  });
};

/** The owner's alerts, newest first. Those that were raised in one moment stand in the order of their ids. */
export const readAlerts = async (
  db: Kysely<Schema>,
  ownerId: string,
  { which, before, limit }: AlertFilter,
): Promise<readonly Alert[]> => {
  let query = db.selectFrom('alerts').selectAll().where('owner_id', '=', ownerId);
  if (which === 'open') query = query.where('acknowledged_at', 'is', null);
  // Ids begin with the time.
  if (before !== undefined) query = query.where('id', '<', before);
  return withNames(db, ownerId, await query.orderBy('id', 'desc').limit(limit).execute());
};

/** One of them; null if there is none, or of another owner. */
export const readAlert = async (db: Kysely<Schema>, ownerId: string, id: string): Promise<Alert | null> => {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('id', '=', id)
    .where('owner_id', '=', ownerId)
    .execute();
  return (await withNames(db, ownerId, rows))[0] ?? null;
};
