// The owners of the house as its operator deals with them. What is decided about an owner stands in that owner's journal and, who decided
// it, in the operator's.

import { fail, type Limit, type Result, succeed } from '@valetkey/core';
import { sql } from 'kysely';
import type { Erasure } from '../erasure/contract.ts';
import type { Grants } from '../grants/contract.ts';
import { ceilingIdOf } from '../ledger/ceiling.ts';
import type { Balance, Ledger } from '../ledger/contract.ts';
import type { OwnerRefusal, OwnerRole, OwnerSummary, Owners } from './contract.ts';
import { type InvitationDeps, Invitations } from './invitations.ts';

/** What the room needs. */
export interface OwnersDeps extends InvitationDeps {
  readonly ledger: Pick<Ledger, 'change' | 'record' | 'balances' | 'link'>;
  readonly grants: Pick<Grants, 'stop' | 'resumeStopped'>;
  readonly erasure: Erasure;
}

interface Row {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly created: string | Date;
  readonly role: OwnerRole;
  readonly suspended_at: number | null;
}

const refuse = (reason: OwnerRefusal['reason'], detail: string) => fail<OwnerRefusal>({ reason, detail });

class TableOwners extends Invitations implements Owners {
  readonly #deps: OwnersDeps;

  constructor(deps: OwnersDeps) {
    super(deps);
    this.#deps = deps;
  }

  async roleOf(ownerId: string): Promise<OwnerRole | null> {
    const row = await this.#deps.db
      .selectFrom('owners')
      .select('role')
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    return (row?.role as OwnerRole | undefined) ?? null;
  }

  async maximaOf(ownerId: string) {
    const { ledger } = this.#deps;
    const ceilingId = ceilingIdOf(ownerId);
    const [link, balances] = await Promise.all([ledger.link(ceilingId), ledger.balances([ceilingId])]);
    return { limits: link?.limits ?? [], balances };
  }

  async list(): Promise<readonly OwnerSummary[]> {
    const { db } = this.#deps;
    const { rows } =
      await sql<Row>`select "user"."id", "email", "name", "createdAt" as created, role, suspended_at
      from "user" join owners on owner_id = "user"."id" order by "createdAt", "user"."id"`.execute(db);
    return Promise.all(
      rows.map(async ({ created, suspended_at, ...row }) => ({
        ...row,
        joinedAtMs: new Date(created).getTime(),
        suspendedAtMs: suspended_at,
        limits: (await this.maximaOf(row.id)).limits,
        balances: await this.#rootBalances(row.id),
      })),
    );
  }

  async openCallsOf(ownerId: string): Promise<number> {
    const roots = await this.#rootBalances(ownerId);
    return roots.reduce((sum, { openCalls }) => sum + openCalls, 0);
  }

  async suspend(operatorId: string, ownerId: string): Promise<Result<void, OwnerRefusal>> {
    const { db, ambient, grants } = this.#deps;
    const refusal = await this.#whyNot(ownerId);
    if (refusal) return fail(refusal);
    await this.#note(operatorId, 'owner.suspended', ownerId);
    // First of all nobody gets in any more, then what runs is stopped.
    await db
      .updateTable('owners')
      .set({ suspended_at: ambient.now() })
      .where('owner_id', '=', ownerId)
      .where('suspended_at', 'is', null)
      .execute();
    const stopped = await grants.stop(ownerId, { scope: 'suspension' });
    if (!stopped.ok) return refuse('unavailable', stopped.error.detail);
    await this.#endSessions(ownerId);
    return succeed(undefined);
  }

  async resume(operatorId: string, ownerId: string): Promise<Result<void, OwnerRefusal>> {
    const { db, grants } = this.#deps;
    const refusal = await this.#whyNot(ownerId);
    if (refusal) return fail(refusal);
    await this.#note(operatorId, 'owner.resumed', ownerId);
    // One that began while the owner was being suspended was worth nothing and stays so.
    await this.#endSessions(ownerId);
    const resumed = await grants.resumeStopped(ownerId, null);
    if (!resumed.ok && resumed.error.reason !== 'not_found')
      return refuse('unavailable', resumed.error.detail);
    await db.updateTable('owners').set({ suspended_at: null }).where('owner_id', '=', ownerId).execute();
    return succeed(undefined);
  }

  async setMaxima(
    operatorId: string,
    ownerId: string,
    limits: readonly Limit[],
  ): Promise<Result<void, OwnerRefusal>> {
    const refusal = await this.#whyNot(ownerId);
    if (refusal) return fail(refusal);
    await this.#note(operatorId, 'owner.maxima_set', ownerId, { to: limits });
    const changed = await this.#deps.ledger.change({
      links: [{ kind: 'update', linkId: ceilingIdOf(ownerId), set: { limits } }],
      rows: [],
      entries: [{ ownerId, kind: 'owner.maxima_set', body: { to: limits, by: 'operator' } }],
    });
    return changed.ok ? changed : refuse('unavailable', changed.error.detail);
  }

  async remove(operatorId: string, ownerId: string, email: string): Promise<Result<void, OwnerRefusal>> {
    const refusal = await this.#whyNot(ownerId);
    if (refusal) return fail(refusal);
    const owner = (await this.list()).find(({ id }) => id === ownerId);
    if (owner?.email !== email.trim().toLowerCase())
      return refuse('conflict', 'The address is not the one of this owner.');
    // Nothing of theirs may begin while it is taken down.
    const suspended = await this.suspend(operatorId, ownerId);
    if (!suspended.ok) return suspended;
    await this.#note(operatorId, 'owner.removed', ownerId);
    const erased = await this.#deps.erasure.erase(ownerId, { what: 'owner' });
    return erased.ok ? succeed(undefined) : refuse('unavailable', erased.error.detail);
  }

  async #whyNot(ownerId: string): Promise<OwnerRefusal | null> {
    const role = await this.roleOf(ownerId);
    if (role === null) return { reason: 'not_found', detail: 'There is no such owner.' };
    return role === 'operator'
      ? { reason: 'conflict', detail: 'Whoever runs the house cannot be suspended, limited or removed here.' }
      : null;
  }

  async #note(operatorId: string, kind: string, ownerId: string, more: object = {}): Promise<void> {
    await this.#deps.ledger.record([{ ownerId: operatorId, kind, body: { owner_id: ownerId, ...more } }]);
  }

  async #endSessions(ownerId: string): Promise<void> {
    await sql`delete from "session" where "userId" = ${ownerId}`.execute(this.#deps.db);
  }

  async #rootBalances(ownerId: string): Promise<readonly Balance[]> {
    const roots = await this.#deps.db
      .selectFrom('links')
      .select('id')
      .where('owner_id', '=', ownerId)
      .where('parent_id', 'is', null)
      .execute();
    return this.#deps.ledger.balances(roots.map(({ id }) => id));
  }
}

/** Owners over the tables of this house. */
export const createOwners = (deps: OwnersDeps): Owners => new TableOwners(deps);
