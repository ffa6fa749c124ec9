// The keys that sign checkpoints, and nothing else. They live sealed in the table `secrets`. A key that was replaced loses its private
// part at once; its public part is published for ever, because what it signed is to be believed for ever.

import { generateKeyPairSync } from 'node:crypto';
import { type CryptoKey, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { Vault } from '../vault/contract.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';

/** What the keys are made and kept with. */
export interface CheckpointKeyParts {
  readonly db: Kysely<Schema>;
  readonly vault: Pick<Vault, 'sealSecret' | 'openSecret'>;
  readonly ambient: Ambient;
}

/** How long one key signs. */
export const CHECKPOINT_KEY_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;

const PURPOSE = 'audit.checkpoints';

interface KeyRow {
  readonly id: string;
  readonly sealed: string;
  readonly createdAtMs: number;
  readonly isRetired: boolean;
}

/** See the top of this file. */
export class CheckpointKeys {
  readonly #parts: CheckpointKeyParts;
  #signing: { readonly kid: string; readonly key: CryptoKey; readonly untilMs: number } | null = null;

  constructor(parts: CheckpointKeyParts) {
    this.#parts = parts;
  }

  /** Makes the first key, or the next one when the one that signs is old enough. Replicas MUST NOT do so at once for the first. */
  async maintain(): Promise<void> {
    const { now } = this.#parts.ambient;
    if (this.#signing && now() < this.#signing.untilMs) return;
    const newest = (await this.#rows()).find(({ isRetired }) => !isRetired);
    if (!newest || now() - newest.createdAtMs >= CHECKPOINT_KEY_LIFETIME_MS) {
      await this.rotate();
      return;
    }
    const key = (await importJWK(this.#open(newest), 'ES256')) as CryptoKey;
    this.#signing = { kid: newest.id, key, untilMs: newest.createdAtMs + CHECKPOINT_KEY_LIFETIME_MS };
  }

  /** Signs with a new key from now on. */
  async rotate(): Promise<void> {
    const { db, vault, ambient } = this.#parts;
    const before = (await this.#rows()).filter(({ isRetired }) => !isRetired);
    const id = randomId(ambient, 'sec_');
    await db
      .insertInto('secrets')
      .values({
        id,
        purpose: PURPOSE,
        sealed: vault.sealSecret(`${PURPOSE}/${id}`, JSON.stringify(newKey())),
        created_at: ambient.now(),
        retired_at: null,
      })
      .execute();
    for (const row of before) {
      const sealed = vault.sealSecret(`${PURPOSE}/${row.id}`, JSON.stringify(publicPart(this.#open(row))));
      const retired = { sealed, retired_at: ambient.now() };
      await db.updateTable('secrets').set(retired).where('id', '=', row.id).execute();
    }
    this.#signing = null;
    await this.maintain();
  }

  /** The checkpoint, signed. */
  async sign(checkpoint: Checkpoint): Promise<string> {
    await this.maintain();
    const { kid, key } = this.#signing!;
    return signCheckpoint(checkpoint, kid, key);
  }

  /** The public part of every key there ever was. */
  async published(): Promise<JSONWebKeySet> {
    const rows = await this.#rows();
    return {
      keys: rows.map((row) => ({ ...publicPart(this.#open(row)), kid: row.id, alg: 'ES256', use: 'sig' })),
    };
  }

  async #rows(): Promise<KeyRow[]> {
    const rows = await this.#parts.db
      .selectFrom('secrets')
      .selectAll()
      .where('purpose', '=', PURPOSE)
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

  #open({ id, sealed }: KeyRow): JWK {
    return JSON.parse(this.#parts.vault.openSecret(`${PURPOSE}/${id}`, sealed));
  }
}

const publicPart = ({ d: _private, ...rest }: JWK): JWK => rest;

const newKey = (): JWK =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as JWK;
