// This process among the replicas: registered in the database, kept alive by a heartbeat that the database's own clock measures. A replica
// whose heart has stopped is declared dead by any other; its commits are refused from then on, and its open calls are posted.

import type { Connection } from './statements.ts';

/** A call that a dead replica left open. */
export interface OrphanedCall {
  readonly callId: string;
  readonly ownerId: string;
  readonly linkId: string;
}

const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms`;

/** A living process has this replica's name. There is nothing to do but to wait until it has ended. */
export class NameTakenError extends Error {
  constructor(name: string) {
    super(
      `another process runs as the replica ${name} and took the place of this one, which admits nothing until that has ended: give each process a VALETKEY_REPLICA_NAME of its own`,
    );
    this.name = 'NameTakenError';
  }
}

/**
 * Registers under `name`. At a start (`takeOver`) an earlier process of the same name is declared dead: this one takes its place. A process
 * that comes back MUST NOT do so, or two of one name would end each other for ever: it throws `NameTakenError` while another lives.
 * Returns the database's clock in epoch milliseconds.
 */
export async function register(
  connection: Connection,
  id: string,
  name: string,
  takeOver: boolean,
): Promise<number> {
  await connection.query({ text: 'begin' });
  await connection.query({ text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [name] });
  if (takeOver) {
    const text = 'update replicas set ended_at = clock_timestamp() where name = $1 and ended_at is null';
    await connection.query({ text, values: [name] });
  }
  const { rows } = await connection.query({
    text: `insert into replicas (id, name, heartbeat_at) select $1, $2, clock_timestamp()
      where not exists (select from replicas where name = $2 and ended_at is null) returning ${NOW_MS}`,
    values: [id, name],
  });
  await connection.query({ text: 'commit' });
  if (rows.length === 0) throw new NameTakenError(name);
  return rows[0]?.now_ms as number;
}

/** Tells the others that this replica lives. Returns the database's clock; null if it was declared dead. */
export async function beat(connection: Connection, id: string): Promise<number | null> {
  const { rows } = await connection.query({
    text: `update replicas set heartbeat_at = clock_timestamp() where id = $1 and ended_at is null returning ${NOW_MS}`,
    values: [id],
  });
  return (rows[0]?.now_ms as number | undefined) ?? null;
}

/** The others that are registered and not declared dead. */
export async function readOthers(connection: Connection, id: string): Promise<readonly string[]> {
  const { rows } = await connection.query({
    text: 'select id from replicas where id <> $1 and ended_at is null',
    values: [id],
  });
  return rows.map((row) => row.id as string);
}

/** Ends a registration in order. */
export async function endRegistration(connection: Connection, id: string): Promise<void> {
  await connection.query({
    text: 'update replicas set ended_at = clock_timestamp() where id = $1 and ended_at is null',
    values: [id],
  });
}

/**
 * Declares replicas dead that have been silent for `silentMs`. Time in which the database itself was down does not count: after its
 * restart everyone has as long again to come back.
 */
export async function endSilentReplicas(connection: Connection, silentMs: number): Promise<void> {
  await connection.query({
    text: `update replicas set ended_at = clock_timestamp()
      where ended_at is null and heartbeat_at < clock_timestamp() - $1 * interval '1 millisecond'
        and pg_postmaster_start_time() < clock_timestamp() - $1 * interval '1 millisecond'`,
    values: [silentMs],
  });
  await connection.query({
    text: `delete from replicas where ended_at < clock_timestamp() - interval '1 day'
      and not exists (select from open_calls where replica_id = replicas.id)`,
  });
}

/** Calls that replicas left open which have ended; at most `most` of them, oldest first. */
export async function readOrphanedCalls(connection: Connection, most: number): Promise<OrphanedCall[]> {
  const { rows } = await connection.query({
    text: `select call_id, owner_id, link_id from open_calls
      where replica_id in (select id from replicas where ended_at is not null) order by admitted_at, call_id limit $1`,
    values: [most],
  });
  return rows.map((row) => ({
    callId: row.call_id as string,
    ownerId: row.owner_id as string,
    linkId: row.link_id as string,
  }));
}
