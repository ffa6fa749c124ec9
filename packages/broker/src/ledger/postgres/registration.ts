// The registration of this process among the replicas, over its whole life: under which id it admits, and how far its clock is from the
// database's. It may be declared dead while it lives; then it goes on under another id.

import { type Ambient, randomId } from '../../clock.ts';
import { beat, endRegistration, endSilentReplicas, register } from './replica.ts';
import type { Connection } from './statements.ts';

/** How a process is registered; see `PostgresLedgerOptions`. */
export interface RegistrationOptions {
  readonly ambient: Ambient;
  readonly name: string;
  readonly silentMs: number;
  readonly maxClockSkewMs: number;
  /** Told that it has another id: calls that were admitted under the one before may have been posted by others. */
  readonly onNewId: () => void;
}

/** See the head of this file. */
export class Registration {
  readonly #options: RegistrationOptions;
  #id = '';
  /** The database's clock over this machine's monotonic one, which does not jump, as of the last heartbeat. */
  #databaseAheadMs = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** Empty before the first registration. */
  get id(): string {
    return this.#id;
  }

  /** Registers under a new id; `takeOver` as for `register`. */
  async begin(connection: Connection, takeOver: boolean): Promise<void> {
    const { ambient, name, onNewId } = this.#options;
    const id = randomId(ambient, 'rp_');
    this.#noteClock(await register(connection, id, name, takeOver));
    this.#id = id;
    onNewId();
  }

  /** Tells the others that this replica lives; if they took it for dead, it starts anew under another id. */
  async renew(connection: Connection): Promise<void> {
    const databaseMs = await beat(connection, this.#id);
    if (databaseMs !== null) return this.#noteClock(databaseMs);
    await endSilentReplicas(connection, this.#options.silentMs);
    await this.begin(connection, false);
  }

  /** Ends it in order. */
  end(connection: Connection): Promise<void> {
    return endRegistration(connection, this.#id);
  }

  /**
   * Windows and expiries are judged by this machine's clock: one that is far off MUST NOT admit. Asked before every batch, because the
   * time of an entry holds for all replicas and never goes back. Throws.
   */
  checkClock(): void {
    const databaseMs = this.#databaseAheadMs + performance.now();
    const skewMs = Math.abs(databaseMs - this.#options.ambient.now());
    if (skewMs <= this.#options.maxClockSkewMs) return;
    throw new Error(`the clock of this machine is ${Math.round(skewMs / 1000)} s away from the database's`);
  }

  #noteClock(databaseMs: number): void {
    this.#databaseAheadMs = databaseMs - performance.now();
    this.checkClock();
  }
}
