// Erases what people wrote, from the tables where it stands: names, reasons, messages, addresses. MUST NOT touch the journal: entries hold
// ids, amounts and hashes, and the erasure is one more of them, in the transaction of what it erases.

import { fail, type ModelAccess, type Result, succeed } from '@valetkey/core';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { Devices } from '../devices/contract.ts';
import type { Grant, Grants } from '../grants/contract.ts';
import { compiled } from '../grants/grant-rows.ts';
import type { ChangeRefusal, EntryInput, Ledger, LinkChange } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type { Vault } from '../vault/contract.ts';
import type { Erased, EraseRefusal, EraseTarget, Erasure } from './contract.ts';

// What stands where a name stood.
const ERASED = 'erased';

/** What is needed to end and to erase. */
export interface ErasureDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly grants: Pick<Grants, 'list' | 'revoke'>;
  readonly vault: Pick<Vault, 'list' | 'remove'>;
  readonly devices: Pick<Devices, 'list' | 'lose'>;
  readonly clients: {
    list(ownerId: string): Promise<readonly { readonly id: string }[]>;
    remove(ownerId: string, id: string): Promise<Result<void, { readonly detail: string }>>;
  };
}

/** Grants of one change: other owners are served between two of them. */
const AT_ONCE = 500;

type Rows = readonly { compile(): CompiledQuery }[];

const refuse = (reason: EraseRefusal['reason'], detail: string) => fail<EraseRefusal>({ reason, detail });

const hasEnded = ({ status }: Grant): boolean => status !== 'active' && status !== 'suspended';

/** The grants of these roots and all below them, parents first. */
const withAllBelow = (owned: readonly Grant[], roots: readonly Grant[]): readonly Grant[] => {
  const byParent = Map.groupBy(owned, ({ parentGrantId }) => parentGrantId);
  const found = [...new Set(roots)];
  for (const grant of found)
    found.push(...(byParent.get(grant.id) ?? []).filter((each) => !found.includes(each)));
  return found;
};

class TableErasure implements Erasure {
  readonly #deps: ErasureDeps;

  constructor(deps: ErasureDeps) {
    this.#deps = deps;
  }

  async erase(ownerId: string, target: EraseTarget): Promise<Result<Erased, EraseRefusal>> {
    if (target.what === 'owner') return this.#eraseOwner(ownerId);
    const owned = await this.#deps.grants.list(ownerId);
    const roots = owned.filter((grant) =>
      target.what === 'grant' ? grant.id === target.grantId : grant.clientId === target.clientId,
    );
    const isOwnApp = target.what === 'app' && (await this.#isOwnApp(ownerId, target.clientId));
    if (roots.length === 0 && !isOwnApp) return refuse('not_found', 'There is no such access or app.');
    const grants = withAllBelow(owned, roots);
    if (!grants.every(hasEnded)) return refuse('in_use', 'It can still be used. End it first.');
    if (isOwnApp && !(await this.#isRemoved(target.clientId)))
      return refuse('in_use', 'The app is still registered. Remove it first.');
    const erased = await this.#eraseGrants(ownerId, grants);
    if (!erased.ok || target.what === 'grant') return erased;
    return this.#change(this.#clientRows(ownerId, target.clientId), [
      { ownerId, kind: 'data.erased', body: { what: 'app', client_id: target.clientId } },
    ]).then((changed) => (changed.ok ? erased : changed));
  }

  /** Ends everything first, so that nobody goes on with an access whose owner is not known any more. */
  async #eraseOwner(ownerId: string): Promise<Result<Erased, EraseRefusal>> {
    const { grants, vault, devices, clients } = this.#deps;
    for (const grant of await grants.list(ownerId)) {
      const ended = hasEnded(grant)
        ? succeed(undefined)
        : await grants.revoke(ownerId, grant.id, 'owner erased');
      if (!ended.ok) return refuse('unavailable', ended.error.detail);
    }
    const ends = [
      ...(await clients.list(ownerId)).map(
        ({ id }) =>
          () =>
            clients.remove(ownerId, id),
      ),
      ...(await vault.list(ownerId)).map(
        ({ id }) =>
          () =>
            vault.remove(ownerId, id),
      ),
      ...(await devices.list(ownerId)).map(
        ({ id }) =>
          () =>
            devices.lose(ownerId, id),
      ),
    ];
    for (const end of ends) {
      const ended = await end();
      if (!ended.ok) return refuse('unavailable', ended.error.detail);
    }
    const erased = await this.#eraseGrants(ownerId, await grants.list(ownerId));
    if (!erased.ok) return erased;
    const body = { what: 'owner', grants: erased.value.grants };
    const changed = await this.#change(this.#ownerRows(ownerId), [{ ownerId, kind: 'data.erased', body }]);
    return changed.ok ? erased : changed;
  }

  async #eraseGrants(ownerId: string, grants: readonly Grant[]): Promise<Result<Erased, EraseRefusal>> {
    for (let start = 0; start < grants.length; start += AT_ONCE) {
      const some = grants.slice(start, start + AT_ONCE).map(({ id }) => id);
      const entries = some.map((grantId) => ({
        ownerId,
        kind: 'data.erased',
        grantId,
        body: { what: 'grant' },
      }));
      const changed = await this.#change(this.#grantRows(some), entries, await this.#withoutReasons(some));
      if (!changed.ok) return changed;
    }
    return succeed({ grants: grants.length });
  }

  async #withoutReasons(grantIds: readonly string[]): Promise<readonly LinkChange[]> {
    const links = await this.#deps.db
      .selectFrom('links')
      .select(['id', 'access'])
      .where('grant_id', 'in', grantIds)
      .execute();
    return links.flatMap(({ id, access }) => {
      const right = access === null ? null : (JSON.parse(access) as ModelAccess);
      if (!right?.reason) return [];
      return { kind: 'update' as const, linkId: id, set: { access: { ...right, reason: null } } };
    });
  }

  #grantRows(grantIds: readonly string[]): Rows {
    const { db } = this.#deps;
    return [
      db.updateTable('grants').set({ name: ERASED }).where('id', 'in', grantIds),
      db.deleteFrom('access_requests').where('grant_id', 'in', grantIds),
      db.deleteFrom('idempotency_keys').where('grant_id', 'in', grantIds),
      db.deleteFrom('oauth_artifacts').where('grant_id', 'in', grantIds),
    ];
  }

  /** The row stays, without a word of what it said: an app that was removed MUST stay removed. */
  #clientRows(ownerId: string, clientId?: string): Rows {
    const metadata = JSON.stringify({
      client_name: ERASED,
      redirect_uris: [],
      token_endpoint_auth_method: 'none',
      dpop_bound_access_tokens: false,
    });
    const update = this.#deps.db
      .updateTable('clients')
      .set({ name: ERASED, url: null, metadata })
      .where('owner_id', '=', ownerId)
      .where('disabled_at', 'is not', null);
    return [clientId === undefined ? update : update.where('id', '=', clientId)];
  }

  #ownerRows(ownerId: string): Rows {
    const { db } = this.#deps;
    const ofOwner = (table: string, column = 'userId') => ({
      compile: () => sql`delete from ${sql.table(table)} where ${sql.ref(column)} = ${ownerId}`.compile(db),
    });
    return [
      ...this.#clientRows(ownerId),
      db.updateTable('provider_keys').set({ label: ERASED, last_four: '' }).where('owner_id', '=', ownerId),
      db.updateTable('devices').set({ name: ERASED }).where('owner_id', '=', ownerId),
      db.deleteFrom('alert_destinations').where('owner_id', '=', ownerId),
      db.deleteFrom('alert_deliveries').where('owner_id', '=', ownerId),
      db.deleteFrom('alerts').where('owner_id', '=', ownerId),
      ...['session', 'account', 'passkey', 'deviceCode'].map((table) => ofOwner(table)),
      ofOwner('user', 'id'),
      db.deleteFrom('invitations').where('accepted_by', '=', ownerId),
      db.deleteFrom('owners').where('owner_id', '=', ownerId),
      // Those of an operator who is no more.
      db
        .deleteFrom('invitations')
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('owners').select('owner_id').where('role', '=', 'operator'))),
        ),
    ];
  }

  async #isOwnApp(ownerId: string, clientId: string): Promise<boolean> {
    const rows = this.#deps.db.selectFrom('clients').select('id').where('owner_id', '=', ownerId);
    return (await rows.where('id', '=', clientId).executeTakeFirst()) !== undefined;
  }

  async #isRemoved(clientId: string): Promise<boolean> {
    const row = await this.#deps.db
      .selectFrom('clients')
      .select('disabled_at')
      .where('id', '=', clientId)
      .executeTakeFirst();
    return row?.disabled_at !== null;
  }

  async #change(
    rows: Rows,
    entries: readonly EntryInput[],
    links: readonly LinkChange[] = [],
  ): Promise<Result<void, EraseRefusal>> {
    const changed = await this.#deps.ledger.change({ links, rows: rows.map(compiled), entries });
    return changed.ok ? changed : refuse('unavailable', (changed.error as ChangeRefusal).detail);
  }
}

/** Erasure over the tables of this house. */
export const createErasure = (deps: ErasureDeps): Erasure => new TableErasure(deps);
