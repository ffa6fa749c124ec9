// Replaces the master key while the house is open. A new data key is made, wrapped by the new master key alone; once every replica can open
// what it seals it seals, all rows are sealed anew under it, and the data key before is deleted: from then on the master key before opens
// nothing. Each step is a conditional write that another process, or the next start, can take up. MUST NOT delete a key that a row needs.

import type { Result } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Ambient } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import { DATA_KEY_ROWS, type DataKey, type DataKeyPlace, type DataKeys } from './data-keys.ts';
import type { KeyWrapper, MasterKeys } from './key-wrapper.ts';
import { sealAnew } from './seal-anew.ts';

/** The processes on one database, as far as keys go. */
export interface KeyPeers {
  /** Says what this one seals with and can open. */
  announce(text: string): Promise<void>;
  /** What each that lives has said, this one among them; null for one that has said nothing. */
  announced(): Promise<readonly (string | null)[]>;
}

/** What is said of a rotation in every owner's journal: which data key, and which master key it is wrapped by. Holds nothing secret. */
export type RotationFacts = Readonly<Record<'data_key' | 'replaced' | 'master_key', string>>;

/** What it works with. */
export interface RotationParts {
  readonly db: Kysely<Schema>;
  readonly keys: DataKeys;
  readonly ambient: Ambient;
  /** The master keys as they are configured now; a sentence for the log if they can not be read. */
  readonly masterKeys: () => Result<MasterKeys, string>;
  /** Runs a step while no other replica does. */
  readonly alone: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Null where there is only one process. */
  readonly peers: KeyPeers | null;
  /** Writes it into every journal where it does not stand yet. Called before the data key before is deleted, perhaps more than once. */
  readonly record: (facts: RotationFacts) => Promise<void>;
  /** The former master key is not needed any more. */
  readonly onFormerUseless: () => void;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/**
 * How many looks in a row must find everything sealed anew, and everyone sealing with the new key. What somebody sealed just before is
 * written by then: nothing waits for the database as long as the time between two looks.
 */
const QUIET_LOOKS = 3;

/** See the top of this file. */
export class MasterKeyRotation {
  readonly #parts: RotationParts;
  #running: Promise<void> | null = null;
  #quietLooks = 0;
  #told = '';
  #isClosed = false;
  #isWrappedAnew = false;

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  /** Looks at the keys, and takes every step that can be taken. To be called every few seconds. Rejects if the store or a wrapper fails. */
  async tend(): Promise<void> {
    if (this.#isClosed) return;
    this.#running ??= this.#tend().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  /** Takes no more steps; resolves when the last one is over. The next start goes on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running?.catch(() => undefined);
  }

  async #tend(): Promise<void> {
    const { keys, masterKeys: read } = this.#parts;
    const masterKeys = read();
    if (!masterKeys.ok) return this.#tell('error', masterKeys.error);
    await this.#look(masterKeys.value);
    const { current, former } = masterKeys.value;
    if (this.#isDue(masterKeys.value)) await this.#prepare(masterKeys.value);
    if (keys.at('next')?.opened) await this.#promote(masterKeys.value);
    if (keys.at('last')) return this.#finish(masterKeys.value);
    if (keys.at('current')?.wrappedBy === current.name) await this.#wrapAnew(current);
    if (former && former.name !== current.name && keys.at('current')?.wrappedBy === current.name)
      this.#parts.onFormerUseless();
    else if (keys.sealing === null || keys.at('current')?.wrappedBy === null)
      this.#tell(
        'error',
        'the master key that is set now does not open this database; the one before is still used',
      );
  }

  /** Once in a process: whoever made a new version of a key in a key service starts the brokers anew, and may then retire the one before. */
  async #wrapAnew(wrapper: KeyWrapper): Promise<void> {
    if (!wrapper.hasVersions || this.#isWrappedAnew) return;
    this.#isWrappedAnew = true;
    await this.#parts.keys
      .wrapAnew(wrapper)
      .catch(({ message }: Error) =>
        this.#tell(
          'error',
          `the data key was not wrapped by the newest version of its master key: ${message}`,
        ),
      );
  }

  async #look(masterKeys: MasterKeys): Promise<void> {
    const { keys, peers } = this.#parts;
    await keys.read(masterKeys);
    // Also of a rotation that another replica ended.
    if (!keys.at('last')) this.#quietLooks = 0;
    await peers?.announce(announcement(keys));
  }

  /** The key that seals is wrapped by the former master key, and no other is on its way. */
  #isDue({ current, former }: MasterKeys): boolean {
    const { keys } = this.#parts;
    const isOld =
      former !== null && keys.at('current')?.wrappedBy === former.name && former.name !== current.name;
    return isOld && !keys.at('last') && keys.at('next')?.wrappedBy !== current.name;
  }

  async #prepare(masterKeys: MasterKeys): Promise<void> {
    const { db, keys, ambient, alone, log } = this.#parts;
    await alone(async () => {
      await keys.read(masterKeys);
      if (!this.#isDue(masterKeys)) return;
      const value = await keys.make(masterKeys.current, ambient);
      await db
        .insertInto('house')
        .values({ key: DATA_KEY_ROWS.next, value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute();
      log.info({ master_key: masterKeys.current.name }, 'the master key is being replaced');
    });
    await this.#look(masterKeys);
  }

  /** From here on the new key seals. Not before everyone can open what it seals. */
  async #promote(masterKeys: MasterKeys): Promise<void> {
    const { db, keys, alone } = this.#parts;
    await alone(async () => {
      await this.#look(masterKeys);
      const { current, next, last } = placesOf(keys);
      const name = next?.opened?.fingerprint;
      if (!current || !next || last || name === undefined) return;
      if (!(await this.#everyone((said) => said.split(' ').includes(name))))
        return this.#tell('info', 'the master key is replaced once every replica has been given the new one');
      await db.transaction().execute(async (transaction) => {
        await move(transaction, current, 'current', 'last');
        await move(transaction, next, 'next', 'current');
      });
    });
    await this.#look(masterKeys);
  }

  async #finish(masterKeys: MasterKeys): Promise<void> {
    const { keys, alone, log } = this.#parts;
    if (keys.sealing === null)
      return this.#tell('error', 'the former master key is needed to finish its rotation');
    const { count, unreadable } = await sealAnew(this.#parts);
    if (count > 0) log.info({ count }, 'values were sealed anew');
    if (unreadable.length > 0)
      return this.#tell(
        'error',
        `the former master key is kept for what does not open: ${unreadable.join(', ')}`,
      );
    const name = keys.at('current')?.opened?.fingerprint ?? '';
    const isQuiet = count === 0 && (await this.#everyone((said) => said.startsWith(name)));
    this.#quietLooks = isQuiet ? this.#quietLooks + 1 : 0;
    if (this.#quietLooks >= QUIET_LOOKS) await alone(() => this.#deleteLast(masterKeys));
  }

  async #deleteLast(masterKeys: MasterKeys): Promise<void> {
    const { db, keys, record, log } = this.#parts;
    await keys.read(masterKeys);
    const { current, last } = placesOf(keys);
    if (!last || !current?.opened) return;
    const facts = {
      data_key: current.opened.fingerprint,
      replaced: last.opened?.fingerprint ?? '',
      master_key: masterKeys.current.name,
    };
    await record(facts);
    await db
      .deleteFrom('house')
      .where('key', '=', DATA_KEY_ROWS.last)
      .where('value', '=', last.value)
      .execute();
    log.info(facts, 'the master key was replaced: the former one opens nothing any more');
    await this.#look(masterKeys);
  }

  async #everyone(holds: (said: string) => boolean): Promise<boolean> {
    const said = (await this.#parts.peers?.announced()) ?? [];
    return said.every((text) => text !== null && holds(text));
  }

  /** Once, until there is something else to say. */
  #tell(level: 'info' | 'error', message: string): void {
    if (message === this.#told) return;
    this.#told = message;
    this.#parts.log[level](message);
  }
}

const placesOf = (keys: DataKeys): Readonly<Record<DataKeyPlace, DataKey | undefined>> => ({
  current: keys.at('current'),
  next: keys.at('next'),
  last: keys.at('last'),
});

/** What this process seals with, then what else it opens. */
const announcement = (keys: DataKeys): string =>
  (['current', 'next', 'last'] as const)
    .flatMap((place) => keys.at(place)?.opened?.fingerprint ?? [])
    .join(' ');

const move = async (
  db: Kysely<Schema>,
  { value }: DataKey,
  from: DataKeyPlace,
  to: DataKeyPlace,
): Promise<void> => {
  const moved = await db
    .updateTable('house')
    .set({ key: DATA_KEY_ROWS[to] })
    .where('key', '=', DATA_KEY_ROWS[from])
    .where('value', '=', value)
    .executeTakeFirst();
  if (moved.numUpdatedRows !== 1n) throw new Error('the data keys were changed by somebody else');
};
