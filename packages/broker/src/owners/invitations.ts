// Invitations: made by the operator, told as a link once, stored hashed. Whoever takes one becomes an owner in ONE transaction with the
// ceiling above everything that the owner will have, so that nobody is ever in the house without it.

import { fail, type Limit, type Result, succeed } from '@valetkey/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import { sha256 } from '../digest.ts';
import { compiled } from '../grants/grant-rows.ts';
import { ceilingIdOf } from '../ledger/ceiling.ts';
import type { EntryInput, Ledger, Statement } from '../ledger/contract.ts';
import { openRoot } from '../ledger/root-link.ts';
import type { InvitationsTable, Schema } from '../store/schema.ts';
import type { Invitation, NewMember, OwnerRefusal, Owners } from './contract.ts';

/** What invitations need. */
export interface InvitationDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change' | 'record'>;
  readonly ambient: Ambient;
}

const LIFE_MS = 7 * 86_400_000;

/** More than anybody sends out in a week; they are listed on one page. */
const MOST_OPEN = 100;

/** As an address is stored and compared. */
const normal = (email: string): string => email.trim().toLowerCase();

const toInvitation = (row: Selectable<InvitationsTable>): Invitation => ({
  id: row.id,
  email: row.email,
  limits: JSON.parse(row.limits) as Limit[],
  createdAtMs: row.created_at,
  expiresAtMs: row.expires_at,
});

const refuse = (reason: OwnerRefusal['reason'], detail: string) => fail<OwnerRefusal>({ reason, detail });

/** See the head of this file. */
export class Invitations
  implements Pick<Owners, 'invite' | 'invitations' | 'withdraw' | 'invitationOf' | 'accept'>
{
  readonly #deps: InvitationDeps;

  constructor(deps: InvitationDeps) {
    this.#deps = deps;
  }

  async invite(operatorId: string, { email, limits }: Parameters<Owners['invite']>[1]) {
    const { db, ambient, ledger } = this.#deps;
    const address = email === null ? null : normal(email);
    const open = await this.invitations();
    if (open.length >= MOST_OPEN)
      return refuse('conflict', `${MOST_OPEN} invitations are open. Revoke some first.`);
    if (address !== null && (await this.#isTaken(address)))
      return refuse('conflict', 'Somebody with this address has an account here.');
    if (address !== null && open.some((each) => each.email === address))
      return refuse('conflict', 'This address was invited already. Revoke that invitation first.');
    const token = Buffer.from(ambient.randomBytes(24)).toString('base64url');
    const now = ambient.now();
    const row = {
      id: randomId(ambient, 'inv_'),
      token_hash: sha256(token),
      email: address,
      limits: JSON.stringify(limits),
      created_at: now,
      expires_at: now + LIFE_MS,
      accepted_by: null,
    };
    // An address that nobody came with is not kept.
    const old = db.deleteFrom('invitations').where('accepted_by', 'is', null).where('expires_at', '<=', now);
    const body = { invitation_id: row.id, limits, expires_at: row.expires_at };
    const changed = await ledger.change({
      links: [],
      rows: [old, db.insertInto('invitations').values(row)].map(compiled),
      entries: [{ ownerId: operatorId, kind: 'owner.invited', body }],
    });
    return changed.ok
      ? succeed({ invitation: toInvitation(row), token })
      : refuse('unavailable', changed.error.detail);
  }

  async invitations(): Promise<readonly Invitation[]> {
    const rows = await this.#open().orderBy('created_at', 'desc').orderBy('id').execute();
    return rows.map(toInvitation);
  }

  async withdraw(operatorId: string, invitationId: string): Promise<Result<void, OwnerRefusal>> {
    const { db, ledger } = this.#deps;
    // This decides: whoever takes the invitation at the same moment finds it gone, or has taken it.
    const ended = await db
      .deleteFrom('invitations')
      .where('id', '=', invitationId)
      .where('accepted_by', 'is', null)
      .executeTakeFirst();
    if (ended.numDeletedRows === 0n)
      return refuse('not_found', 'There is no such invitation that is still open.');
    const body = { invitation_id: invitationId };
    await ledger.record([{ ownerId: operatorId, kind: 'owner.invitation_revoked', body }]);
    return succeed(undefined);
  }

  async invitationOf(token: string): Promise<Invitation | null> {
    const row = await this.#open().where('token_hash', '=', sha256(token)).executeTakeFirst();
    return row ? toInvitation(row) : null;
  }

  async accept(token: string, member: NewMember): ReturnType<Owners['accept']> {
    const invitation = await this.invitationOf(token);
    if (!invitation) return fail('used_up');
    const email = invitation.email ?? normal(member.email);
    const ownerId = randomId(this.#deps.ambient, '', 32);
    const entries: EntryInput[] = [
      { ownerId, kind: 'owner.created', body: { via: 'invitation', invitation_id: invitation.id } },
      { ownerId, kind: 'owner.maxima_set', body: { to: invitation.limits, by: 'operator' } },
    ];
    try {
      const changed = await this.#deps.ledger.change({
        links: [openRoot(ceilingIdOf(ownerId), ownerId, { limits: invitation.limits })],
        rows: this.#rowsOf(invitation.id, ownerId, { ...member, email }),
        entries,
      });
      if (!changed.ok) throw new Error(changed.error.detail);
      return succeed({ ownerId });
    } catch (error) {
      // The database has refused the rows of all but one.
      if ((await this.invitationOf(token)) === null) return fail('used_up');
      if (await this.#isTaken(email)) return fail('address_taken');
      throw error;
    }
  }

  /** The second statement fails, and all that is written with it, unless the first has taken the invitation for this owner. */
  #rowsOf(invitationId: string, id: string, { email, name, passwordHash }: NewMember): readonly Statement[] {
    const { db, ambient } = this.#deps;
    const now = ambient.now();
    const time = new Date(now).toISOString();
    const mine = db
      .selectFrom('invitations')
      .select('id')
      .where('id', '=', invitationId)
      .where('accepted_by', '=', id);
    const taken = db
      .updateTable('invitations')
      .set({ accepted_by: id })
      .where('id', '=', invitationId)
      .where('accepted_by', 'is', null)
      .where('expires_at', '>', now);
    const person = sql`insert into "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt")
      values (${id}, ${name}, ${email}, false, ${time}, ${time})`;
    const account = sql`insert into "account"
      ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
      values (${randomId(ambient, '')}, ${id}, 'credential', ${id}, ${passwordHash}, ${time}, ${time})`;
    const owner = db.insertInto('owners').values({
      owner_id: id,
      role: 'owner',
      invitation_id: sql<string>`(${mine})`,
      suspended_at: null,
    });
    const inserted = [person, ...(passwordHash === null ? [] : [account])];
    return [taken, owner, ...inserted.map((each) => ({ compile: () => each.compile(db) }))].map(compiled);
  }

  #open() {
    const { db, ambient } = this.#deps;
    return db
      .selectFrom('invitations')
      .selectAll()
      .where('accepted_by', 'is', null)
      .where('expires_at', '>', ambient.now());
  }

  async #isTaken(email: string): Promise<boolean> {
    const { rows } = await sql`select id from "user" where "email" = ${email}`.execute(this.#deps.db);
    return rows.length > 0;
  }
}
