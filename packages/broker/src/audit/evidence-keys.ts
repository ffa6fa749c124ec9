// Keys of one purpose that sign evidence for others, and nothing else. They live sealed in the table `secrets`. A key that was replaced
// loses its private part at once; its public part is published for ever, because what it signed is to be believed for ever.

import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { SecretSealer } from '../vault/contract.ts';

/** What the keys are made and kept with. */
export interface EvidenceKeyParts {
  readonly db: Kysely<Schema>;
  readonly vault: SecretSealer;
  readonly ambient: Ambient;
}

/** How long one key signs. */
export const EVIDENCE_KEY_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

/** A private key for ES256, and what it is called. */
export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
  readonly untilMs: number;
}

interface KeyRow {
  readonly id: string;
  readonly sealed: string;
  readonly createdAtMs: number;
  readonly isRetired: boolean;
}

/** See the top of this file. */
export class EvidenceKeys {
  readonly #parts: EvidenceKeyParts;
  readonly #purpose: string;
  #signing: SigningKey | null = null;

  /** `purpose` names what they sign, in the table and in the seal. */
  constructor(parts: EvidenceKeyParts, purpose: string) {
    this.#parts = parts;
    this.#purpose = purpose;
  }

  /** The key that signs. Throws before the first `maintain`. */
  get signing(): SigningKey {
    if (!this.#signing) throw new Error(`no key was opened for ${this.#purpose}`);
    return this.#signing;
  }

  /** Makes the first key, or the next one when the one that signs is old enough. Replicas MUST NOT do so at once for the first. */
  async maintain(): Promise<void> {
    const { now } = this.#parts.ambient;
    if (this.#signing && now() < this.#signing.untilMs) return;
    const newest = (await this.#rows()).find(({ isRetired }) => !isRetired);
    if (!newest || now() - newest.createdAtMs >= EVIDENCE_KEY_LIFETIME_MS) await this.rotate();
    else this.#use(newest);
  }

  /** Signs with a new key from now on. */
  async rotate(): Promise<void> {
    const { db, ambient } = this.#parts;
    const before = (await this.#rows()).filter(({ isRetired }) => !isRetired);
    const id = randomId(ambient, 'sec_');
    const made = { id, sealed: this.#seal(id, newKey()), createdAtMs: ambient.now(), isRetired: false };
    await db
      .insertInto('secrets')
      .values({
        id,
        purpose: this.#purpose,
        sealed: made.sealed,
        created_at: made.createdAtMs,
        retired_at: null,
      })
      .execute();
    this.#use(made);
    for (const row of before) {
      const retired = {
        sealed: this.#seal(row.id, publicPart(this.#open(row))),
        retired_at: made.createdAtMs,
      };
      await db.updateTable('secrets').set(retired).where('id', '=', row.id).execute();
    }
  }

  /** The public part of every key there ever was. */
  async published(): Promise<JSONWebKeySet> {
    const rows = await this.#rows();
    return {
      keys: rows.map((row) => ({ ...publicPart(this.#open(row)), kid: row.id, alg: 'ES256', use: 'sig' })),
    };
  }

  #use(row: KeyRow): void {
    const key = createPrivateKey({ key: this.#open(row) as Required<JWK>, format: 'jwk' });
    this.#signing = { kid: row.id, key, untilMs: row.createdAtMs + EVIDENCE_KEY_LIFETIME_MS };
  }

  async #rows(): Promise<KeyRow[]> {
    const rows = await this.#parts.db
      .selectFrom('secrets')
      .selectAll()
      .where('purpose', '=', this.#purpose)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(({ id, sealed, created_at: createdAtMs, retired_at }) => ({
      id,
      sealed,
      createdAtMs,
      isRetired: retired_at !== null,
    }));
  }

  #seal(id: string, key: JWK): string {
    return this.#parts.vault.sealSecret(`${this.#purpose}/${id}`, JSON.stringify(key));
  }

  #open({ id, sealed }: KeyRow): JWK {
    return JSON.parse(this.#parts.vault.openSecret(`${this.#purpose}/${id}`, sealed));
  }
}

const publicPart = ({ d: _private, ...rest }: JWK): JWK => rest;

const newKey = (): JWK =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as JWK;
