// The rows of apps that registered by themselves. They belong to no owner, so no journal holds them; what owners give them is in theirs.
// Secrets and management tokens are stored as SHA-256 and shown once.

import { type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import { sha256 } from '../digest.ts';
import type { Schema } from '../store/schema.ts';
import { isStorableText } from '../store/storable-text.ts';
import {
  type ClientInput,
  type ClientMetadata,
  type ClientRefusal,
  parseClientInput,
} from './client-metadata.ts';
import { columnsOf, hasSecret, matchesSecretHash } from './clients.ts';

/** An app that registered by itself. */
export interface SelfRegistered {
  readonly id: string;
  readonly metadata: ClientMetadata;
  readonly createdAtMs: number;
  /** SHA-256 of its secret; null for a public app. */
  readonly secretHash: string | null;
}

/** What is shown once. */
export interface FreshSecret {
  readonly clientSecret: string | null;
}

/** The registry of such apps. */
export interface SelfRegisteredClients {
  register(
    input: ClientInput,
  ): Promise<Result<SelfRegistered & FreshSecret & { readonly registrationToken: string }, ClientRefusal>>;
  /** The app `id` that was not removed, if `token` is its own. */
  authenticate(id: string, token: string): Promise<SelfRegistered | null>;
  /** Replaces what the app says of itself; a new secret comes with a method that needs one which it had not before. */
  update(
    client: SelfRegistered,
    input: ClientInput,
  ): Promise<Result<SelfRegistered & FreshSecret, ClientRefusal>>;
  /** Disables the app for ever and revokes what it was given. */
  remove(id: string): Promise<void>;
  /** Forgets apps that nobody gave anything within a day. */
  purge(): Promise<void>;
}

/** How long an app is kept that was never given anything. */
export const UNUSED_CLIENT_MS = 24 * 60 * 60 * 1000;

/** The registry in the database. `revokeGrantsOf` ends every grant of an app. */
export const createSelfRegisteredClients = (
  db: Kysely<Schema>,
  ambient: Ambient,
  revokeGrantsOf: (clientId: string) => Promise<void>,
): SelfRegisteredClients => {
  const newSecret = (): string => randomId(ambient, 'vcs_', 43);
  return {
    async register(input) {
      const metadata = parseClientInput(input);
      if (!metadata.ok) return metadata;
      const clientSecret = hasSecret(metadata.value) ? newSecret() : null;
      const registrationToken = randomId(ambient, 'vrt_', 43);
      const secretHash = clientSecret === null ? null : sha256(clientSecret);
      const id = randomId(ambient, 'app_');
      const createdAtMs = ambient.now();
      await db
        .insertInto('clients')
        .values({
          id,
          owner_id: null,
          origin: 'self_registered',
          ...columnsOf(metadata.value),
          secret_hash: secretHash,
          registration_token_hash: sha256(registrationToken),
          created_at: createdAtMs,
          disabled_at: null,
        })
        .execute();
      return succeed({
        id,
        metadata: metadata.value,
        createdAtMs,
        secretHash,
        clientSecret,
        registrationToken,
      });
    },

    async authenticate(id, token) {
      const own = db.selectFrom('clients').selectAll().where('origin', '=', 'self_registered');
      const row = isStorableText(id)
        ? await own.where('id', '=', id).where('disabled_at', 'is', null).executeTakeFirst()
        : undefined;
      if (!row || !matchesSecretHash(token, row.registration_token_hash ?? '')) return null;
      return {
        id,
        metadata: JSON.parse(row.metadata),
        createdAtMs: row.created_at,
        secretHash: row.secret_hash,
      };
    },

    async update(client, input) {
      const metadata = parseClientInput(input);
      if (!metadata.ok) return metadata;
      const needsSecret = hasSecret(metadata.value);
      const clientSecret = needsSecret && client.secretHash === null ? newSecret() : null;
      const secretHash =
        clientSecret !== null ? sha256(clientSecret) : needsSecret ? client.secretHash : null;
      await db
        .updateTable('clients')
        .set({ ...columnsOf(metadata.value), secret_hash: secretHash })
        .where('id', '=', client.id)
        .where('disabled_at', 'is', null)
        .execute();
      return succeed({ ...client, metadata: metadata.value, secretHash, clientSecret });
    },

    async remove(id) {
      await db
        .updateTable('clients')
        .set({ disabled_at: ambient.now(), secret_hash: null, registration_token_hash: null })
        .where('id', '=', id)
        .execute();
      await revokeGrantsOf(id);
    },

    purge: () => purgeUnused(db, ambient.now() - UNUSED_CLIENT_MS),
  };
};

const purgeUnused = async (db: Kysely<Schema>, beforeMs: number): Promise<void> => {
  await db
    .deleteFrom('clients')
    .where('origin', '=', 'self_registered')
    .where('created_at', '<', beforeMs)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('grants').select('grants.id').whereRef('grants.client_id', '=', 'clients.id'))),
    )
    .execute();
};
