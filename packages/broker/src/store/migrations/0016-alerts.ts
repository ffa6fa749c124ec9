// Alerts, where they go, and what is on its way there. What was written before is told to nobody: every journal is followed from where it
// stands now.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

const STATEMENTS = [
  `create table alert_owners (owner_id text primary key, seq bigint not null, thresholds text not null)`,
  `insert into alert_owners select owner_id, max(seq), '[50,80,100]' from journal group by owner_id`,
  `create table alerts (
    id text primary key,
    owner_id text not null,
    event text not null,
    kind text not null,
    grant_id text,
    body text not null,
    times integer not null,
    raised_at bigint not null,
    last_at bigint not null,
    acknowledged_at bigint
  )`,
  // What happened is told once, whatever races or is read again.
  `create unique index alerts_event on alerts (owner_id, event)`,
  `create index alerts_owner on alerts (owner_id, id)`,
  `create index alerts_grant on alerts (grant_id) where grant_id is not null`,
  `create table alert_destinations (
    id text primary key,
    owner_id text not null,
    kind text not null,
    url text,
    sealed text not null,
    created_at bigint not null
  )`,
  `create index alert_destinations_owner on alert_destinations (owner_id)`,
  `create table alert_deliveries (
    id text primary key,
    owner_id text not null,
    alert_id text not null,
    destination_id text not null,
    status text not null,
    attempts integer not null,
    next_at bigint not null,
    problem text,
    created_at bigint not null,
    ended_at bigint
  )`,
  `create unique index alert_deliveries_once on alert_deliveries (alert_id, destination_id)`,
  `create index alert_deliveries_due on alert_deliveries (next_at) where status = 'pending'`,
  `create index alert_deliveries_owner on alert_deliveries (owner_id, id)`,
  `create index alert_deliveries_destination on alert_deliveries (destination_id)`,
];

/** Creates the tables. */
export async function createAlerts(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
