// The authorization server's own secrets: ES256 keys that sign access tokens, and random secrets for cookies and forms. They live sealed in
// the table `secrets`, each bound to its row. A private key MUST NOT leave this room but into the OAuth library.

import { generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Schema } from '../store/schema.ts';
import type { SecretSealer } from '../vault/contract.ts';
import { houseSecret } from '../vault/house-secret.ts';

/** One signing key with its private part. */
export interface SigningKey {
  readonly kid: string;
  readonly privateJwk: JWK;
}

/** Where the secrets of this room are kept. */
export interface KeyStore {
  /** The keys that sign or still verify; the first one signs. Makes one if there is none. */
  signingKeys(): Promise<readonly SigningKey[]>;
  /** Makes a new signing key. The ones before it stay published for `SIGNING_KEY_OVERLAP_MS`, until their tokens are gone. */
  rotateSigningKey(): Promise<void>;
  /** Whether the key that signs has done so for `SIGNING_KEY_LIFETIME_MS`. */
  isRotationDue(): Promise<boolean>;
  /** The random secret for this purpose, 256 bits in base64url; made at first use. */
  secret(purpose: string): Promise<string>;
}

/** How long a replaced key still verifies: longer than any access token lives. */
export const SIGNING_KEY_OVERLAP_MS = 60 * 60 * 1000;

/** How long one key signs. */
export const SIGNING_KEY_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

const SIGNING = 'oauth.signing';

/** The room's secrets in the database, sealed by the vault. */
export const createKeyStore = (db: Kysely<Schema>, vault: SecretSealer, ambient: Ambient): KeyStore => {
  const rows = () =>
    db
      .selectFrom('secrets')
      .selectAll()
      .where('purpose', '=', SIGNING)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
  const addSigningKey = async (): Promise<void> => {
    const id = randomId(ambient, 'sec_');
    const sealed = vault.sealSecret(`${SIGNING}/${id}`, JSON.stringify(newSigningKey()));
    await db
      .insertInto('secrets')
      .values({ id, purpose: SIGNING, sealed, created_at: ambient.now(), retired_at: null })
      .execute();
  };

  return {
    async signingKeys() {
      const horizon = ambient.now() - SIGNING_KEY_OVERLAP_MS;
      const usable = (await rows()).filter((row) => row.retired_at === null || row.retired_at > horizon);
      const active = usable.filter((row) => row.retired_at === null);
      if (active.length === 0) {
        await addSigningKey();
        return this.signingKeys();
      }
      return [...active, ...usable.filter((row) => row.retired_at !== null)].map((row) => ({
        kid: row.id,
        privateJwk: JSON.parse(vault.openSecret(`${SIGNING}/${row.id}`, row.sealed)),
      }));
    },

    async rotateSigningKey() {
      const before = (await rows()).filter((row) => row.retired_at === null).map((row) => row.id);
      await addSigningKey();
      if (before.length === 0) return;
      await db.updateTable('secrets').set({ retired_at: ambient.now() }).where('id', 'in', before).execute();
    },

    async isRotationDue() {
      const newest = (await rows()).find((row) => row.retired_at === null);
      return newest !== undefined && ambient.now() - newest.created_at >= SIGNING_KEY_LIFETIME_MS;
    },

    secret: (purpose) => houseSecret({ db, vault, ambient }, purpose),
  };
};

const newSigningKey = (): JWK =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as JWK;
