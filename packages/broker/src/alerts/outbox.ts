// Sends what is on its way: each delivery by whoever claims it first, again and again with longer and longer waits, until it is taken or given
// up. A crash between sending and writing that down sends once more, under the same id.

import { type Kysely, type Selectable, sql } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { AlertDeliveriesTable, AlertDestinationsTable, Schema } from '../store/schema.ts';
import type { Vault } from '../vault/contract.ts';
import type { SendOutcome } from './contract.ts';
import { type Message, messageOf } from './message.ts';
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

const AT_ONCE = 10;

/** The secret of a destination is sealed for this. */
export const purposeOf = (destinationId: string): string => `alert_destination.${destinationId}`;

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
  if (!rows[0] || !sendMail) return { ok: false, isGone: true, message: 'No mail server is set up.' };
  return { ...(await sendMail(rows[0].email, message)), isGone: false };
};

type Row = Selectable<AlertDeliveriesTable>;

/** See the head of this file. */
export class Outbox {
  readonly #parts: SendParts;
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: SendParts) {
    this.#parts = parts;
  }

  /** Tries everything that is due, some at a time. Rejects when the store can not be used: then it is tried later. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Begins nothing more. What is under way is not waited for: if its end is not written down, it is tried again. */
  close(): void {
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    const { db, ambient } = this.#parts;
    while (!this.#isClosed) {
      const due = await db
        .selectFrom('alert_deliveries')
        .selectAll()
        .where('status', '=', 'pending')
        .where('next_at', '<=', ambient.now())
        .orderBy('next_at')
        .limit(AT_ONCE)
        .execute();
      await Promise.all(due.map((delivery) => this.#attempt(delivery)));
      if (due.length < AT_ONCE) return;
    }
  }

  async #attempt(delivery: Row): Promise<void> {
    const { db, ambient, issuer } = this.#parts;
    if (!(await this.#claim(delivery))) return;
    const attempts = delivery.attempts + 1;
    const alert = await readAlert(db, delivery.owner_id, delivery.alert_id);
    const destination = await db
      .selectFrom('alert_destinations')
      .selectAll()
      .where('id', '=', delivery.destination_id)
      .executeTakeFirst();
    if (!alert || !destination) return this.#end(delivery, { status: 'dead', problem: 'It was removed.' });
    const { ok, isGone, message } = await sendTo(this.#parts, destination, messageOf(alert, issuer));
    if (ok) return this.#end(delivery, { status: 'delivered', problem: null });
    if (isGone || attempts >= MOST_ATTEMPTS) return this.#end(delivery, { status: 'dead', problem: message });
    const [random = 0] = ambient.randomBytes(1);
    const next_at = ambient.now() + waitAfter(attempts, random);
    const pending = db.updateTable('alert_deliveries').where('id', '=', delivery.id);
    await pending.where('attempts', '=', attempts).set({ next_at, problem: message }).execute();
  }

  /** One of any number that see it due gets it; the others find that there was one attempt more. */
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

  async #end({ id }: Row, end: Pick<Row, 'status' | 'problem'>): Promise<void> {
    const { db, ambient } = this.#parts;
    await db
      .updateTable('alert_deliveries')
      .set({ ...end, ended_at: ambient.now() })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .execute();
  }
}
