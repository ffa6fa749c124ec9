// The vault over the database: provider keys as sealed rows, each the root of its chains in the ledger. Plaintext exists only in the call
// that needs it; what is cached is ciphertext. MUST NOT write a key, or anything made from it but its last four, anywhere.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Kysely, Selectable } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import { ceilingIdOf } from '../ledger/ceiling.ts';
import type { EntryInput, Ledger, LinkChange, Statement } from '../ledger/contract.ts';
import { openRoot } from '../ledger/root-link.ts';
import type { ProviderKeysTable, Schema } from '../store/schema.ts';
import { checkKeyMaterial, type KeyChecker, lastFourOf } from './check-key-material.ts';
import type { KeyRefusal, ProviderKeySummary, Vault } from './contract.ts';
import type { DataKeys } from './data-keys.ts';
import { type ProviderKeyPlace, providerKeyBinding, secretBinding } from './sealed-columns.ts';
import { type Binding, openSealed, openText, readSealed, type SealedText, sealText } from './sealing.ts';

/** What a vault is made of. */
export interface VaultParts {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly ambient: Ambient;
  readonly keys: DataKeys;
  /** The provider of that name, or undefined if there is none. */
  readonly findProvider: (name: string) => KeyChecker | undefined;
  /** Marks every grant that draws on the key as revoked and cuts its streams. By then the ledger already admits nothing on it. */
  readonly revokeGrantsOf: (ownerId: string, providerKeyId: string) => Promise<void>;
  /** Told when a sealed row does not open: someone moved or altered it, or the disk did. */
  readonly onBadSeal: (providerKeyId: string) => void;
}

type Row = Selectable<ProviderKeysTable>;

const LAST_USED_RESOLUTION_MS = 60_000;

const summarise = (row: Row): ProviderKeySummary => ({
  id: row.id,
  ownerId: row.owner_id,
  provider: row.provider,
  label: row.label,
  lastFour: row.last_four,
  createdAtMs: row.created_at,
  replacedAtMs: row.replaced_at,
  lastUsedAtMs: row.last_used_at,
});

const LOCKED: KeyRefusal = {
  reason: 'unavailable',
  detail: 'The vault is locked: the master key does not open it.',
};
const NOT_FOUND: KeyRefusal = { reason: 'not_found', detail: 'There is no such provider key.' };

/** A vault over the sealed rows of one database. */
class SealedVault implements Vault {
  readonly #parts: VaultParts;
  /**
   * Live keys by id, as sealed: the gate unseals at every call and must not wait for the database. Each is at least as new as `version` of
   * its link, so that another replica's change is never missed, even if nobody told of it.
   */
  readonly #sealed = new Map<string, { readonly text: SealedText; readonly version: number }>();
  readonly #usedAtMs = new Map<string, number>();
  #changes = 0;

  constructor(parts: VaultParts) {
    this.#parts = parts;
  }

  get unlocked(): boolean {
    return this.#parts.keys.sealing !== null;
  }

  async add(input: Parameters<Vault['add']>[0]): ReturnType<Vault['add']> {
    const { ambient, db } = this.#parts;
    const key = this.#check(input.provider, input.key);
    if (!key.ok) return key;
    const place: ProviderKeyPlace = {
      id: randomId(ambient, 'pk_'),
      owner_id: input.ownerId,
      provider: input.provider,
      version: 1,
    };
    const row: Row = {
      ...place,
      label: input.label ?? input.provider,
      last_four: lastFourOf(key.value),
      sealed: this.#seal(providerKeyBinding(place), key.value),
      created_at: ambient.now(),
      replaced_at: null,
      last_used_at: null,
      removed_at: null,
    };
    const link = openRoot(row.id, row.owner_id, { parentId: await this.#ceilingOf(input.ownerId) });
    return this.#write(row, 'provider_key.added', db.insertInto('provider_keys').values(row).compile(), link);
  }

  async replace(ownerId: string, id: string, pasted: string): ReturnType<Vault['replace']> {
    const { ambient, db } = this.#parts;
    if (!this.unlocked) return fail(LOCKED);
    const before = await this.#read(ownerId, id);
    if (!before || before.removed_at !== null) return fail(NOT_FOUND);
    const key = this.#check(before.provider, pasted);
    if (!key.ok) return key;
    const version = before.version + 1;
    const set = {
      version,
      sealed: this.#seal(providerKeyBinding({ ...before, version }), key.value),
      last_four: lastFourOf(key.value),
      replaced_at: ambient.now(),
    };
    const update = db
      .updateTable('provider_keys')
      .set(set)
      .where('id', '=', id)
      .where('removed_at', 'is', null);
    // Raising the link's version makes every admission that knew the old key stale.
    const link: LinkChange = { kind: 'update', linkId: id, set: {} };
    return this.#write({ ...before, ...set }, 'provider_key.replaced', update.compile(), link);
  }

  async remove(ownerId: string, id: string): ReturnType<Vault['remove']> {
    const { ambient, db, revokeGrantsOf } = this.#parts;
    if (!this.unlocked) return fail(LOCKED);
    const row = await this.#read(ownerId, id);
    if (!row) return fail(NOT_FOUND);
    if (row.removed_at === null) {
      const set = { removed_at: ambient.now(), sealed: '' };
      const update = db.updateTable('provider_keys').set(set).where('id', '=', id);
      const link: LinkChange = { kind: 'update', linkId: id, set: { status: 'revoked' } };
      const written = await this.#write({ ...row, ...set }, 'provider_key.removed', update.compile(), link);
      if (!written.ok) return written;
    }
    // Repeated when a removal is repeated, so that one that broke off here can be finished.
    await revokeGrantsOf(ownerId, id);
    return succeed(undefined);
  }

  async list(ownerId: string): Promise<readonly ProviderKeySummary[]> {
    const { db } = this.#parts;
    const live = db.selectFrom('provider_keys').selectAll().where('removed_at', 'is', null);
    const rows = await live.where('owner_id', '=', ownerId).orderBy('created_at').orderBy('id').execute();
    return rows.map(summarise);
  }

  async unseal(id: string, version?: number): ReturnType<Vault['unseal']> {
    const { keys } = this.#parts;
    if (!this.unlocked) return fail({ reason: 'unavailable' });
    const known = this.#sealed.get(id);
    // What was read under a key that is no more was sealed anew since.
    const isFresh = known?.version === version && keys.find(known?.text.keyName ?? null) !== undefined;
    const sealed = known && isFresh ? known.text : await this.#load(id, version);
    if (typeof sealed === 'string') return fail({ reason: sealed });
    const sealingKey = sealed && keys.find(sealed.keyName);
    const key = sealed && sealingKey ? openSealed(sealingKey, sealed) : null;
    if (key === null) {
      this.#sealed.delete(id);
      this.#parts.onBadSeal(id);
      return fail({ reason: 'sealed_badly' });
    }
    this.#noteUse(id);
    return succeed(key);
  }

  forget(ids: readonly string[] = [...this.#sealed.keys()]): void {
    this.#changes += 1;
    for (const id of ids) this.#sealed.delete(id);
  }

  sealSecret(purpose: string, secret: string): string {
    return this.#seal(secretBinding(purpose), secret);
  }

  openSecret(purpose: string, sealed: string): string {
    if (!this.unlocked) throw new Error(LOCKED.detail);
    const secret = openText((name) => this.#parts.keys.find(name), secretBinding(purpose), sealed);
    if (secret === null) throw new Error(`The sealed secret for ${purpose} was moved or altered.`);
    return secret;
  }

  #seal(binding: Binding, text: string): string {
    const { keys, ambient } = this.#parts;
    if (keys.sealing === null) throw new Error(LOCKED.detail);
    return sealText(keys.sealing, binding, text, ambient.randomBytes(12));
  }

  #check(providerName: string, pasted: string): Result<string, KeyRefusal> {
    if (!this.unlocked) return fail(LOCKED);
    const provider = this.#parts.findProvider(providerName);
    if (!provider) return fail({ reason: 'unknown_provider', detail: 'There is no provider of that name.' });
    return checkKeyMaterial(pasted, provider);
  }

  /** What the operator allows the owner in all, above every key; null for the operator. */
  async #ceilingOf(ownerId: string): Promise<string | null> {
    const links = this.#parts.db.selectFrom('links').select('id').where('id', '=', ceilingIdOf(ownerId));
    return (await links.executeTakeFirst())?.id ?? null;
  }

  /** The row, its place in the ledger and the journal entry, in one durable transaction. */
  async #write(row: Row, kind: string, statement: Statement, link: LinkChange): ReturnType<Vault['add']> {
    const entry: EntryInput = {
      ownerId: row.owner_id,
      kind,
      body: { provider_key_id: row.id, provider: row.provider, version: row.version },
    };
    const changed = await this.#parts.ledger.change({
      links: [link],
      rows: [statement],
      entries: [entry],
    });
    this.#changes += 1;
    this.#sealed.delete(row.id);
    return changed.ok
      ? succeed(summarise(row))
      : fail({ reason: 'unavailable', detail: 'The change could not be recorded; nothing was changed.' });
  }

  async #read(ownerId: string, id: string): Promise<Row | undefined> {
    const byId = this.#parts.db.selectFrom('provider_keys').selectAll().where('id', '=', id);
    return byId.where('owner_id', '=', ownerId).executeTakeFirst();
  }

  async #load(id: string, version?: number): Promise<SealedText | null | 'not_found' | 'unavailable'> {
    const changes = this.#changes;
    try {
      const live = this.#parts.db.selectFrom('provider_keys').selectAll().where('removed_at', 'is', null);
      const row = await live.where('id', '=', id).executeTakeFirst();
      if (!row) return 'not_found';
      const sealed = readSealed(providerKeyBinding(row), row.sealed);
      // A row read while a change was under way may be the one before it: good for this call, not to be kept.
      if (sealed && version !== undefined && changes === this.#changes) {
        this.#sealed.set(id, { text: sealed, version });
      }
      return sealed;
    } catch {
      return 'unavailable';
    }
  }

  // For display only, so once a minute is enough and a failure costs nothing.
  #noteUse(id: string): void {
    const { ambient, db } = this.#parts;
    const now = ambient.now();
    if (now - (this.#usedAtMs.get(id) ?? 0) < LAST_USED_RESOLUTION_MS) return;
    this.#usedAtMs.set(id, now);
    const update = db.updateTable('provider_keys').set({ last_used_at: now }).where('id', '=', id);
    update.execute().catch(() => this.#usedAtMs.delete(id));
  }
}

/** The vault of a database; with the wrong master key it stays locked and writes nothing. */
export const createVault = (parts: VaultParts): Vault => new SealedVault(parts);
