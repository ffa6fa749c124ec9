// Sends what is on its way, again and again with longer and longer waits, until it is taken or given up. To each destination one after
// another, from whichever process has its lease; no destination waits for another. A crash between sending and writing that down sends once
// more, under the same id.

import type { Language } from '@valetkey/core';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Ambient } from '../clock.ts';
import { inLanguage } from '../language.ts';
import { languageOf } from '../owners/owner-language.ts';
import type { AlertDeliveriesTable, AlertDestinationsTable, Schema } from '../store/schema.ts';
import type { Vault } from '../vault/contract.ts';
import type { SendOutcome } from './contract.ts';
import { type Message, messageOf } from './message.ts';
import { messages } from './messages.ts';
import { readAlert } from './read-alerts.ts';
import type { SendMail } from './send-mail.ts';
import type { SendWebhook } from './send-webhook.ts';

/** What sending needs. */
export interface SendParts {
  readonly db: Kysely<Schema>;
  readonly vault: Pick<Vault, 'openSecret'>;
  readonly ambient: Ambient;
  readonly issuer: string;
  readonly sendWebhook: SendWebhook;
  /** Null where the operator has set up no mail server. */
  readonly sendMail: SendMail | null;
}

/** After so many attempts, within 28 hours, a delivery is given up. */
export const MOST_ATTEMPTS = 8;

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 8 * 3_600_000;

/** Longer than any attempt takes: whoever claimed it and is not heard of by then has died. */
const CLAIM_MS = 60_000;

/**
 * To how many destinations a process sends at a time. Mailboxes share one mail server: when that hangs, webhooks MUST NOT wait for it.
 */
const LANES = { webhook: 40, email: 10 } as const;

/** How long a destination that did not take an alert is left alone, so that others have its turn. Less than any wait before another attempt. */
const REST_MS = 10_000;

/** The secret of a destination is sealed for this. */
export const purposeOf = (destinationId: string): string => `alert_destination.${destinationId}`;

const removedIn = (language: Language): string => inLanguage(language, () => messages.sent.removed);

/** How long after its attempt number `attempts` the next one waits: four times as long each time, a fifth more or less so that not all come together. */
const waitAfter = (attempts: number, random: number): number =>
  Math.round(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 4 ** (attempts - 1)) * (0.8 + (0.4 * random) / 256));

/** Sends a message to a destination, once. `isGone`: it is no use to try again. Never rejects for what a receiver does. */
export const sendTo = async (
  { db, vault, ambient, sendWebhook, sendMail }: SendParts,
  destination: Selectable<AlertDestinationsTable>,
  message: Message,
): Promise<SendOutcome & { readonly isGone: boolean }> => {
  if (destination.kind === 'webhook') {
    const secret = vault.openSecret(purposeOf(destination.id), destination.sealed);
    return sendWebhook({ url: destination.url ?? '', secret }, message, ambient.now());
  }
  const { rows } = await sql<{
    email: string;
  }>`select email from "user" where id = ${destination.owner_id}`.execute(db);
  if (!rows[0] || !sendMail) return { ok: false, isGone: true, message: messages.sent.noMail };
  return { ...(await sendMail(rows[0].email, message)), isGone: false };
};

type Row = Selectable<AlertDeliveriesTable>;
type DestinationRow = Selectable<AlertDestinationsTable>;

/** See the head of this file. */
export class Outbox {
  readonly #parts: SendParts;
  readonly #lanes = { webhook: 0, email: 0 };
  #isClosed = false;

  constructor(parts: SendParts) {
    this.#parts = parts;
  }

  /**
   * Sends what is due, and ends when that is done. May be called again meanwhile: what has become due then does not wait for the slow. Rejects
   * when the store can not be used: then it is tried later.
   */
  async run(): Promise<void> {
    await Promise.all([this.#sendAll('webhook'), this.#sendAll('email')]);
  }

  /** Begins nothing more. What is under way is not waited for: if its end is not written down, it is tried again. */
  close(): void {
    this.#isClosed = true;
  }

  async #sendAll(kind: keyof typeof LANES): Promise<void> {
    while (!this.#isClosed) {
      const lanes = await this.#begin(kind);
      if (lanes.length === 0) return;
      await Promise.all(lanes);
    }
  }

  /** Begins a lane for each destination that something is due for and nobody sends to, as far as there is room. */
  async #begin(kind: keyof typeof LANES): Promise<readonly Promise<void>[]> {
    const nowMs = this.#parts.ambient.now();
    const due = await this.#parts.db
      .selectFrom('alert_deliveries as delivery')
      .leftJoin('alert_destinations as destination', 'destination.id', 'delivery.destination_id')
      .select('delivery.destination_id as id')
      .where('delivery.status', '=', 'pending')
      .where('delivery.next_at', '<=', nowMs)
      // A destination that was removed while it was raised has none.
      .where((row) => row(row.fn.coalesce('destination.kind', sql.lit('webhook')), '=', kind))
      .where((row) => row(row.fn.coalesce('destination.leased_until', sql.lit(0)), '<=', nowMs))
      .groupBy('delivery.destination_id')
      .orderBy((row) => row.fn.min('delivery.next_at'))
      .limit(LANES[kind])
      .execute();
    return due.slice(0, Math.max(0, LANES[kind] - this.#lanes[kind])).map(async ({ id }) => {
      this.#lanes[kind] += 1;
      await this.#lane(id).finally(() => {
        this.#lanes[kind] -= 1;
      });
    });
  }

  /** Sends to one destination, the oldest first, until nothing is due or it does not take one. */
  async #lane(id: string): Promise<void> {
    const { ambient } = this.#parts;
    const until = ambient.now() + 2 * CLAIM_MS;
    const destination = await this.#lease(id, until);
    if (!destination) return this.#dropRemoved(id);
    let isTaken = true;
    try {
      while (isTaken && !this.#isClosed && ambient.now() + CLAIM_MS <= until) {
        const delivery = await this.#nextOf(id);
        if (!delivery) break;
        isTaken = await this.#attempt(delivery, destination);
      }
    } finally {
      await this.#release(id, until, isTaken ? null : ambient.now() + REST_MS);
    }
  }

  /** One of any number of processes gets it. */
  #lease(id: string, until: number): Promise<DestinationRow | undefined> {
    const { db, ambient } = this.#parts;
    return db
      .updateTable('alert_destinations')
      .set({ leased_until: until })
      .where('id', '=', id)
      .where((row) => row(row.fn.coalesce('leased_until', sql.lit(0)), '<=', ambient.now()))
      .returningAll()
      .executeTakeFirst();
  }

  async #release(id: string, until: number, leased_until: number | null): Promise<void> {
    const lease = this.#parts.db.updateTable('alert_destinations').where('id', '=', id);
    await lease.where('leased_until', '=', until).set({ leased_until }).execute();
  }

  #nextOf(destinationId: string): Promise<Row | undefined> {
    const { db, ambient } = this.#parts;
    return db
      .selectFrom('alert_deliveries')
      .selectAll()
      .where('destination_id', '=', destinationId)
      .where('status', '=', 'pending')
      .where('next_at', '<=', ambient.now())
      .orderBy('next_at')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
  }

  /** Sends it, once; whether the destination took what it was sent. */
  async #attempt(delivery: Row, destination: DestinationRow): Promise<boolean> {
    const { db, ambient, issuer } = this.#parts;
    if (!(await this.#claim(delivery))) return true;
    const attempts = delivery.attempts + 1;
    const alert = await readAlert(db, delivery.owner_id, delivery.alert_id);
    const language = await languageOf(db, delivery.owner_id);
    if (!alert) {
      await this.#end(delivery.id, { status: 'dead', problem: removedIn(language) });
      return true;
    }
    const { ok, isGone, message } = await inLanguage(language, () =>
      sendTo(this.#parts, destination, messageOf(alert, issuer)),
    );
    if (ok) await this.#end(delivery.id, { status: 'delivered', problem: null });
    else if (isGone || attempts >= MOST_ATTEMPTS)
      await this.#end(delivery.id, { status: 'dead', problem: message });
    else {
      const [random = 0] = ambient.randomBytes(1);
      const next_at = ambient.now() + waitAfter(attempts, random);
      const pending = db.updateTable('alert_deliveries').where('id', '=', delivery.id);
      await pending.where('attempts', '=', attempts).set({ next_at, problem: message }).execute();
    }
    return ok;
  }

  /** Counts the attempt before it is made. Who finds one attempt more than there was leaves it alone. */
  async #claim({ id, attempts }: Row): Promise<boolean> {
    const { db, ambient } = this.#parts;
    const claimed = await db
      .updateTable('alert_deliveries')
      .set({ attempts: attempts + 1, next_at: ambient.now() + CLAIM_MS })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .where('attempts', '=', attempts)
      .returning('id')
      .executeTakeFirst();
    return claimed !== undefined;
  }

  async #end(id: string, end: Pick<Row, 'status' | 'problem'>): Promise<void> {
    await this.#ending(end).where('id', '=', id).execute();
  }

  /** What was raised for a destination while it was removed. */
  async #dropRemoved(id: string): Promise<void> {
    const { db } = this.#parts;
    const delivery = await db
      .selectFrom('alert_deliveries')
      .select('owner_id')
      .where('destination_id', '=', id)
      .limit(1)
      .executeTakeFirst();
    if (!delivery) return;
    const problem = removedIn(await languageOf(db, delivery.owner_id));
    await this.#ending({ status: 'dead', problem })
      .where('destination_id', '=', id)
      .where('destination_id', 'not in', (row) => row.selectFrom('alert_destinations').select('id'))
      .execute();
  }

  #ending(end: Pick<Row, 'status' | 'problem'>) {
    const { db, ambient } = this.#parts;
    return db
      .updateTable('alert_deliveries')
      .set({ ...end, ended_at: ambient.now() })
      .where('status', '=', 'pending');
  }
}
