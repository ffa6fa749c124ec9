// The keys that seal rows. A house has one, made at its first start and stored wrapped, and two or three while its master key is being
// replaced. They prove at start whether the master key is the right one. MUST NOT keep a key in the clear but as the cipher's own object.

import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import { fingerprintOf, type KeyWrapper, type MasterKeys } from './key-wrapper.ts';
import type { NamedKey } from './sealing.ts';

/**
 * Where a data key stands in `house`. `current` seals. `next` is to seal, once every replica can open what it seals. `last` sealed before, and
 * opens what is not sealed anew yet.
 */
export const DATA_KEY_ROWS = {
  current: 'vault_data_key',
  next: 'vault_data_key_next',
  last: 'vault_data_key_last',
} as const;

/** The row that names this house to key services. */
const INSTALLATION = 'installation';

/** See `DATA_KEY_ROWS`. */
export type DataKeyPlace = keyof typeof DATA_KEY_ROWS;

/** A data key of the house. */
export interface DataKey {
  /** What the row holds: the name, unless it is the first of the house, and the wrapped key. */
  readonly value: string;
  /** The key; null if no master key of this process opens it. */
  readonly opened: (NamedKey & { readonly key: KeyObject; readonly fingerprint: string }) | null;
  /** The master key that it is wrapped by; null if that is none of this process. */
  readonly wrappedBy: string | null;
}

const PLACES = Object.keys(DATA_KEY_ROWS) as DataKeyPlace[];

const holdsSealedRows = async (db: Kysely<Schema>): Promise<boolean> => {
  const providerKey = await db.selectFrom('provider_keys').select('id').limit(1).executeTakeFirst();
  const secret = await db.selectFrom('secrets').select('id').limit(1).executeTakeFirst();
  return providerKey !== undefined || secret !== undefined;
};

const openValue = async (
  value: string,
  { current, former }: MasterKeys,
  installation: string,
): Promise<DataKey> => {
  const [wrapped = '', name = null] = value.split(' ').toReversed();
  for (const wrapper of former ? [current, former] : [current]) {
    const bytes = await wrapper.unwrap(wrapped, installation);
    if (bytes === null) continue;
    const fingerprint = fingerprintOf(bytes);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    // A key that is not the one that the rows name is none, whoever wrapped it.
    if (name !== null && name !== fingerprint) continue;
    return { value, opened: { key, name, fingerprint }, wrappedBy: wrapper.name };
  }
  return { value, opened: null, wrappedBy: null };
};

/** The data keys of one database, as this process last read them. */
export class DataKeys {
  readonly #db: Kysely<Schema>;
  #places = new Map<DataKeyPlace, DataKey>();
  /** The master keys that they were read with. */
  #readWith = '';

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The key in that place; undefined if there is none. */
  at(place: DataKeyPlace): DataKey | undefined {
    return this.#places.get(place);
  }

  /** What seals; null when the master key does not open all that is sealed. */
  get sealing(): NamedKey | null {
    const last = this.at('last');
    return last && !last.opened ? null : (this.at('current')?.opened ?? null);
  }

  /** The key under which something was sealed. */
  find(name: string | null): KeyObject | undefined {
    for (const { opened } of this.#places.values()) if (opened?.name === name) return opened.key;
    return undefined;
  }

  /** Reads what has changed. What was opened once stays open for as long as its row is there. Rejects if a wrapper cannot be reached. */
  async read(masterKeys: MasterKeys): Promise<void> {
    const rows = await this.#db
      .selectFrom('house')
      .selectAll()
      .where('key', 'in', [INSTALLATION, ...Object.values(DATA_KEY_ROWS)])
      .execute();
    const valueIn = (name: string) => rows.find(({ key }) => key === name)?.value;
    const installation = valueIn(INSTALLATION) ?? '';
    const readWith = `${masterKeys.current.name} ${masterKeys.former?.name ?? ''}`;
    const known = new Map([...this.#places.values()].map((key) => [key.value, key]));
    const places = new Map<DataKeyPlace, DataKey>();
    for (const place of PLACES) {
      const value = valueIn(DATA_KEY_ROWS[place]);
      if (value === undefined) continue;
      const before = known.get(value);
      const isKnown = before !== undefined && readWith === this.#readWith;
      const key = isKnown ? before : await openValue(value, masterKeys, installation);
      places.set(place, { ...key, opened: key.opened ?? before?.opened ?? null });
    }
    this.#places = places;
    this.#readWith = readWith;
  }

  /**
   * Makes the first key of a new database, as it was always kept: what it seals opens in older releases. Replicas that start together agree
   * on one: the first insert wins and everyone reads it back.
   */
  async makeFirst(masterKeys: MasterKeys, ambient: Ambient): Promise<void> {
    // Rows without their data key can never be opened: a new key would only hide that the database is damaged.
    if (this.#places.size > 0 || (await holdsSealedRows(this.#db))) return;
    const [, value = ''] = (await this.make(masterKeys.current, ambient)).split(' ');
    await this.#add(DATA_KEY_ROWS.current, value);
    await this.read(masterKeys);
  }

  /** A new data key as its row is to hold it, under its name. */
  async make(wrapper: KeyWrapper, ambient: Ambient): Promise<string> {
    await this.#add(INSTALLATION, randomId(ambient, 'in_'));
    const bytes = ambient.randomBytes(32);
    const wrapped = await this.#wrap(wrapper, bytes);
    const name = fingerprintOf(bytes);
    bytes.fill(0);
    return `${name} ${wrapped}`;
  }

  /** The same key that seals, wrapped anew by the newest version of its master key; nothing if somebody else did so meanwhile. */
  async wrapAnew(wrapper: KeyWrapper): Promise<void> {
    const current = this.at('current');
    if (!current?.opened) return;
    const bytes = current.opened.key.export();
    const wrapped = await this.#wrap(wrapper, bytes);
    bytes.fill(0);
    const value = current.opened.name === null ? wrapped : `${current.opened.name} ${wrapped}`;
    const row = this.#db.updateTable('house').set({ value }).where('key', '=', DATA_KEY_ROWS.current);
    await row.where('value', '=', current.value).execute();
  }

  /** Rejects if the wrapper does not open again what it made: its row may be the only place where this key is. */
  async #wrap(wrapper: KeyWrapper, key: Uint8Array): Promise<string> {
    const row = this.#db.selectFrom('house').select('value').where('key', '=', INSTALLATION);
    const { value: installation } = await row.executeTakeFirstOrThrow();
    const wrapped = await wrapper.wrap(key, installation);
    const opened = await wrapper.unwrap(wrapped, installation);
    if (opened === null || fingerprintOf(opened) !== fingerprintOf(key))
      throw new Error('the master key does not open what it has just wrapped');
    opened.fill(0);
    return wrapped;
  }

  async #add(key: string, value: string): Promise<void> {
    const row = this.#db.insertInto('house').values({ key, value });
    await row.onConflict((conflict) => conflict.column('key').doNothing()).execute();
  }
}

/** The data keys of this database, the first made if there is none. They seal nothing (`sealing` is null) if `masterKeys` do not open them. */
export const openDataKeys = async (
  db: Kysely<Schema>,
  masterKeys: MasterKeys,
  ambient: Ambient,
): Promise<DataKeys> => {
  const keys = new DataKeys(db);
  await keys.read(masterKeys);
  await keys.makeFirst(masterKeys, ambient);
  return keys;
};
