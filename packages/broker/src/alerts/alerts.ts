// What an owner does with alerts: reads and acknowledges them, says at which shares of a limit and where to be told. Whatever changes where
// messages go is an entry in the journal, in one change with it.

import { fail, type Result, succeed } from '@valetkey/core';
import { type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import { type Ambient, randomId, timedId } from '../clock.ts';
import { compiled } from '../grants/grant-rows.ts';
import type { Ledger } from '../ledger/contract.ts';
import { createQuotas, type Quotas } from '../store/quotas.ts';
import type { AlertDeliveriesTable, AlertDestinationsTable, Schema } from '../store/schema.ts';
import type { Vault } from '../vault/contract.ts';
import type {
  AlertFilter,
  AlertRefusal,
  Alerts,
  Delivery,
  Destination,
  SendOutcome,
  Threshold,
} from './contract.ts';
import { FIRST_SETTINGS } from './follower.ts';
import { testMessage } from './message.ts';
import { purposeOf, type SendParts, sendTo } from './outbox.ts';
import { readAlerts } from './read-alerts.ts';
import { isOwnMachine, newWebhookSecret, parseWebhookUrl } from './send-webhook.ts';

/** What the room needs. */
export interface AlertsParts extends SendParts {
  readonly vault: Pick<Vault, 'sealSecret' | 'openSecret'>;
  readonly ledger: Pick<Ledger, 'change'>;
}

const MOST_DESTINATIONS = 10;
const MOST_DELIVERIES = 100;
/** Nobody is to be flooded with them. */
const TESTS = { most: 10, windowSeconds: 60 };
const DAY_MS = 86_400_000;
const DELIVERY_DAYS = 30;
const ALERT_DAYS = 365;

/** What would be raised anew if it were forgotten: what looks at how things stand, and is told once for as long as they stand so. */
const STANDS = sql<SqlBool>`(kind = 'idle' or event like 'limit:%:total:%')`;

const NOT_VOUCHED_FOR =
  'Your invitation named no address, so nobody has said that yours is your own. Use a webhook, or ask for an invitation to your address.';

const toDestination = (row: Selectable<AlertDestinationsTable>): Destination => ({
  id: row.id,
  kind: row.kind === 'email' ? 'email' : 'webhook',
  url: row.url,
  createdAtMs: row.created_at,
});

const toDelivery = (row: Selectable<AlertDeliveriesTable>): Delivery => ({
  id: row.id,
  alertId: row.alert_id,
  destinationId: row.destination_id,
  status: row.status as Delivery['status'],
  attempts: row.attempts,
  nextAtMs: row.status === 'pending' ? row.next_at : null,
  problem: row.problem,
  createdAtMs: row.created_at,
  endedAtMs: row.ended_at,
});

const refuse = (reason: AlertRefusal['reason'], detail: string) => fail<AlertRefusal>({ reason, detail });

class TableAlerts implements Alerts {
  readonly #parts: AlertsParts;
  readonly #db: Kysely<Schema>;
  readonly #ambient: Ambient;
  readonly #quotas: Quotas;

  constructor(parts: AlertsParts) {
    this.#parts = parts;
    this.#db = parts.db;
    this.#ambient = parts.ambient;
    this.#quotas = createQuotas(parts.db, parts.ambient.now);
  }

  get canMail(): boolean {
    return this.#parts.sendMail !== null;
  }

  list(ownerId: string, filter: AlertFilter): ReturnType<Alerts['list']> {
    return readAlerts(this.#db, ownerId, filter);
  }

  async acknowledge(ownerId: string, id: string | 'all'): Promise<Result<void, AlertRefusal>> {
    const own = this.#db.updateTable('alerts').where('owner_id', '=', ownerId);
    const wanted = id === 'all' ? own : own.where('id', '=', id);
    await wanted.where('acknowledged_at', 'is', null).set({ acknowledged_at: this.#ambient.now() }).execute();
    if (id === 'all') return succeed(undefined);
    const found = await this.#db
      .selectFrom('alerts')
      .select('id')
      .where('owner_id', '=', ownerId)
      .where('id', '=', id)
      .executeTakeFirst();
    return found ? succeed(undefined) : refuse('not_found', 'There is no such alert.');
  }

  async thresholds(ownerId: string): Promise<readonly Threshold[]> {
    const row = await this.#db
      .selectFrom('alert_owners')
      .select('thresholds')
      .where('owner_id', '=', ownerId)
      .executeTakeFirst();
    return JSON.parse((row ?? FIRST_SETTINGS).thresholds) as Threshold[];
  }

  async setThresholds(
    ownerId: string,
    thresholds: readonly Threshold[],
  ): Promise<Result<void, AlertRefusal>> {
    const set = { thresholds: JSON.stringify([...new Set(thresholds)].sort((a, b) => a - b)) };
    const row = this.#db
      .insertInto('alert_owners')
      .values({ ...FIRST_SETTINGS, ...set, owner_id: ownerId })
      .onConflict((conflict) => conflict.column('owner_id').doUpdateSet(set));
    return this.#change(ownerId, 'alert.thresholds_changed', { thresholds }, row);
  }

  async destinations(ownerId: string): Promise<readonly Destination[]> {
    return (await this.#destinationRows(ownerId)).map(toDestination);
  }

  async addDestination(
    ownerId: string,
    what: { readonly kind: 'webhook'; readonly url: string } | { readonly kind: 'email' },
  ): ReturnType<Alerts['addDestination']> {
    const known = await this.#destinationRows(ownerId);
    if (known.length >= MOST_DESTINATIONS)
      return refuse('too_many', `There are ${MOST_DESTINATIONS} destinations. Remove one first.`);
    const url = what.kind === 'webhook' ? parseWebhookUrl(what.url, isOwnMachine(this.#parts.issuer)) : null;
    if (url?.ok === false) return refuse('invalid_url', url.error);
    if (what.kind === 'email' && !this.canMail)
      return refuse('no_mail', 'The operator of this broker has set up no mail server (VALETKEY_SMTP_URL).');
    if (what.kind === 'email' && !(await this.#isVouchedFor(ownerId)))
      return refuse('no_mail', NOT_VOUCHED_FOR);
    if (known.some((each) => each.kind === what.kind && each.url === (url?.value ?? null)))
      return refuse('known', 'Alerts are sent there already.');
    const id = randomId(this.#ambient, 'ad_');
    const secret = url ? newWebhookSecret(this.#ambient.randomBytes) : null;
    const row = {
      id,
      owner_id: ownerId,
      kind: what.kind,
      url: url?.value ?? null,
      sealed: secret === null ? '' : this.#parts.vault.sealSecret(purposeOf(id), secret),
      created_at: this.#ambient.now(),
      leased_until: null,
    };
    const insert = this.#db.insertInto('alert_destinations').values(row);
    const body = { destination_id: id, kind: what.kind };
    const added = await this.#change(ownerId, 'alert.destination_added', body, insert);
    return added.ok ? succeed({ destination: toDestination(row), secret }) : added;
  }

  async removeDestination(ownerId: string, id: string): Promise<Result<void, AlertRefusal>> {
    const found = await this.#destination(ownerId, id);
    if (!found) return refuse('not_found', 'There is no such destination.');
    const body = { destination_id: id, kind: found.kind };
    return this.#change(
      ownerId,
      'alert.destination_removed',
      body,
      this.#db.deleteFrom('alert_destinations').where('id', '=', id),
      this.#db.deleteFrom('alert_deliveries').where('destination_id', '=', id),
    );
  }

  async testDestination(ownerId: string, id: string): Promise<Result<SendOutcome, AlertRefusal>> {
    const found = await this.#destination(ownerId, id);
    if (!found) return refuse('not_found', 'There is no such destination.');
    if (!(await this.#quotas.take(`alert_test.${ownerId}`, TESTS)))
      return refuse('too_often', 'There were 10 tests within a minute. Try again in another one.');
    const message = testMessage(timedId(this.#ambient, 'al_'), this.#ambient.now(), this.#parts.issuer);
    const { ok, message: said } = await sendTo(this.#parts, found, message);
    return succeed({ ok, message: said });
  }

  async deliveries(ownerId: string): Promise<readonly Delivery[]> {
    const rows = await this.#db
      .selectFrom('alert_deliveries')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('id', 'desc')
      .limit(MOST_DELIVERIES)
      .execute();
    return rows.map(toDelivery);
  }

  async retry(ownerId: string, deliveryId: string): Promise<Result<void, AlertRefusal>> {
    const set = { status: 'pending', attempts: 0, next_at: this.#ambient.now(), ended_at: null };
    const row = await this.#db
      .updateTable('alert_deliveries')
      .set(set)
      .where('id', '=', deliveryId)
      .where('owner_id', '=', ownerId)
      .where('status', '=', 'dead')
      .returning('id')
      .executeTakeFirst();
    return row ? succeed(undefined) : refuse('not_found', 'There is no such delivery that was given up.');
  }

  /** Forgets what is a year old, or older than calls are kept; what would be raised anew, once its grant has ended. */
  async purge(retentionDays: number | null): Promise<void> {
    const nowMs = this.#ambient.now();
    await this.#db
      .deleteFrom('alert_deliveries')
      .where('ended_at', '<', nowMs - DELIVERY_DAYS * DAY_MS)
      .execute();
    const alive = this.#db
      .selectFrom('grants')
      .select('id')
      .where('status', '=', 'active')
      .where('expired_at', 'is', null);
    await this.#db
      .deleteFrom('alerts')
      .where('last_at', '<', nowMs - Math.min(ALERT_DAYS, retentionDays ?? ALERT_DAYS) * DAY_MS)
      .where((row) => row.or([row.not(STANDS), row('grant_id', 'not in', alive)]))
      .execute();
  }

  /** Whether somebody else than the owner says that the address is the owner’s: nobody proves one here, so strangers’ could be typed. */
  async #isVouchedFor(ownerId: string): Promise<boolean> {
    const own = this.#db.selectFrom('invitations').select('id').where('accepted_by', '=', ownerId);
    return (await own.where('email', 'is', null).executeTakeFirst()) === undefined;
  }

  #destinationRows(ownerId: string) {
    return this.#db
      .selectFrom('alert_destinations')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
  }

  async #destination(ownerId: string, id: string) {
    return (await this.#destinationRows(ownerId)).find((row) => row.id === id);
  }

  async #change(
    ownerId: string,
    kind: string,
    body: Readonly<Record<string, unknown>>,
    ...rows: readonly Parameters<typeof compiled>[0][]
  ): Promise<Result<void, AlertRefusal>> {
    const entries = [{ ownerId, kind, body }];
    const changed = await this.#parts.ledger.change({ links: [], rows: rows.map(compiled), entries });
    return changed.ok ? changed : refuse('unavailable', changed.error.detail);
  }
}

/** The alerts of every owner, over the tables of this house. */
export const createAlerts = (
  parts: AlertsParts,
): Alerts & { purge(retentionDays: number | null): Promise<void> } => new TableAlerts(parts);
