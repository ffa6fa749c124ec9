// The apps that owners registered, and those that were identified by a metadata document. Client secrets are stored as SHA-256 and shown
// once. A disabled client stays disabled: nothing here brings one back. Every change is an entry of its owner's journal, in one transaction.

import { fail, type Result, succeed } from '@valetkey/core';
import type { CompiledQuery, Kysely, Selectable } from 'kysely';
import type { AdapterPayload } from 'oidc-provider';
import { type Ambient, randomId } from '../clock.ts';
import { isSameDigest, sha256 } from '../digest.ts';
import type { Grants } from '../grants/contract.ts';
import { compiled } from '../grants/grant-rows.ts';
import type { Ledger } from '../ledger/contract.ts';
import { refusedFault } from '../store/outage.ts';
import type { ClientsTable, Schema } from '../store/schema.ts';
import { isStorableText } from '../store/storable-text.ts';
import {
  byCertificate,
  type ClientInput,
  type ClientMetadata,
  type ClientRefusal,
  certificateOfMetadata,
  parseClientInput,
} from './client-metadata.ts';

/** How a client became known: an owner registered it, it did so by itself, or it came with the address of its metadata document. */
export type ClientOrigin = 'registered' | 'self_registered' | 'metadata_document';

/** A client as its developer sees it. */
export interface Client {
  readonly id: string;
  /** Who registered it; null for one that did so by itself or was identified by its metadata document. */
  readonly ownerId: string | null;
  readonly origin: ClientOrigin;
  readonly metadata: ClientMetadata;
  readonly createdAtMs: number;
}

/** A client together with its secret, which is never shown again; null for public clients. */
export interface ClientWithSecret {
  readonly client: Client;
  readonly clientSecret: string | null;
}

/** The registry of apps. Every method that takes an owner acts on that owner's clients only. */
export interface Clients {
  register(ownerId: string, input: ClientInput): Promise<Result<ClientWithSecret, ClientRefusal>>;
  list(ownerId: string): Promise<readonly Client[]>;
  get(ownerId: string, id: string): Promise<Client | null>;
  /** Replaces everything the developer can say. A client that becomes confidential needs `rotateSecret` next. */
  update(ownerId: string, id: string, input: ClientInput): Promise<Result<Client, ClientRefusal>>;
  /** Makes a new secret; the old one is refused from now on. */
  rotateSecret(ownerId: string, id: string): Promise<Result<ClientWithSecret, ClientRefusal>>;
  /** Disables the client for ever and revokes every grant that anybody gave it. */
  remove(ownerId: string, id: string): Promise<Result<void, ClientRefusal>>;
  /** Revokes every grant that anybody gave the client. */
  revokeGrantsOf(id: string): Promise<void>;
  /** A client that is not disabled, whoever registered it, for the consent page. */
  find(id: string): Promise<Client | null>;
  /** As the OAuth library takes it; undefined for unknown, disabled and document-identified clients. */
  findForProvider(id: string): Promise<AdapterPayload | undefined>;
  /** Notes a client that nobody registered, so that its grants can be shown with a name. */
  note(id: string, origin: ClientOrigin, metadata: ClientMetadata): Promise<void>;
  /** Whether the client may be used: false once it was disabled. */
  isEnabled(id: string): Promise<boolean>;
}

/** What the registry needs. */
export interface ClientsDeps {
  readonly db: Kysely<Schema>;
  readonly grants: Pick<Grants, 'revoke'>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly ambient: Ambient;
  /** Whether apps can come with certificates here. */
  readonly hasMutualTls: boolean;
}

/** Whether `secret` is the one behind `hash`, in constant time. A high-entropy secret needs no slow hash. */
export const matchesSecretHash = (secret: string, hash: string): boolean =>
  isSameDigest(Buffer.from(sha256(secret)), Buffer.from(hash));

/** Whether a client with these metadata proves itself with a secret. */
export const hasSecret = ({ token_endpoint_auth_method: method }: ClientMetadata): boolean =>
  method === 'client_secret_basic' || method === 'client_secret_post';

const toClient = (row: Selectable<ClientsTable>): Client => ({
  id: row.id,
  ownerId: row.owner_id,
  origin: row.origin as ClientOrigin,
  metadata: JSON.parse(row.metadata),
  createdAtMs: row.created_at,
});

const NOT_FOUND = fail<ClientRefusal>({ reason: 'not_found', field: null, detail: 'There is no such app.' });

const NO_CERTIFICATES = fail<ClientRefusal>({
  reason: 'invalid_client',
  field: 'certificate',
  detail: 'No certificates are taken here: the operator has not set VALETKEY_MTLS_ORIGIN.',
});

/** The registry in the database. */
export const createClients = (deps: ClientsDeps): Clients => new ClientRegistry(deps);

class ClientRegistry implements Clients {
  readonly #db: Kysely<Schema>;
  readonly #grants: Pick<Grants, 'revoke'>;
  readonly #ledger: Pick<Ledger, 'change'>;
  readonly #ambient: Ambient;
  readonly #hasMutualTls: boolean;

  constructor({ db, grants, ledger, ambient, hasMutualTls }: ClientsDeps) {
    this.#hasMutualTls = hasMutualTls;
    this.#db = db;
    this.#grants = grants;
    this.#ledger = ledger;
    this.#ambient = ambient;
  }

  async register(ownerId: string, input: ClientInput): Promise<Result<ClientWithSecret, ClientRefusal>> {
    const metadata = parseClientInput(input);
    if (!metadata.ok) return metadata;
    if (!this.#canComeIn(metadata.value)) return NO_CERTIFICATES;
    const clientSecret = hasSecret(metadata.value) ? this.#newSecret() : null;
    const row = {
      id: randomId(this.#ambient, 'app_'),
      owner_id: ownerId,
      origin: 'registered',
      ...columnsOf(metadata.value),
      secret_hash: clientSecret === null ? null : sha256(clientSecret),
      registration_token_hash: null,
      created_at: this.#ambient.now(),
      disabled_at: null,
    };
    const client = toClient(row);
    await this.#write(client, 'client.registered', this.#db.insertInto('clients').values(row));
    return succeed({ client, clientSecret });
  }

  async list(ownerId: string): Promise<readonly Client[]> {
    const rows = await this.#allEnabled().where('owner_id', '=', ownerId).orderBy('created_at').execute();
    return rows.map(toClient);
  }

  async get(ownerId: string, id: string): Promise<Client | null> {
    const client = await this.find(id);
    return client?.ownerId === ownerId ? client : null;
  }

  async update(ownerId: string, id: string, input: ClientInput): Promise<Result<Client, ClientRefusal>> {
    const client = await this.get(ownerId, id);
    if (client === null) return NOT_FOUND;
    const { certificate = certificateOfMetadata(client.metadata) } = input;
    const metadata = parseClientInput({ ...input, certificate });
    if (!metadata.ok) return metadata;
    const update = this.#db
      .updateTable('clients')
      // A client that has no secret any more MUST NOT keep one that would come back to life when it is to have one again.
      .set({ ...columnsOf(metadata.value), ...(!hasSecret(metadata.value) && { secret_hash: null }) })
      .where('id', '=', id);
    const changed = { ...client, metadata: metadata.value };
    await this.#write(changed, 'client.changed', update);
    return succeed(changed);
  }

  async rotateSecret(ownerId: string, id: string): Promise<Result<ClientWithSecret, ClientRefusal>> {
    const client = await this.get(ownerId, id);
    if (client === null) return NOT_FOUND;
    if (!hasSecret(client.metadata))
      return fail({ reason: 'invalid_client', field: 'authMethod', detail: 'This app has no secret.' });
    const clientSecret = this.#newSecret();
    const update = this.#db
      .updateTable('clients')
      .set({ secret_hash: sha256(clientSecret) })
      .where('id', '=', id);
    await this.#write(client, 'client.secret_rotated', update);
    return succeed({ client, clientSecret });
  }

  async remove(ownerId: string, id: string): Promise<Result<void, ClientRefusal>> {
    const client = await this.get(ownerId, id);
    if (client === null) return NOT_FOUND;
    const update = this.#db
      .updateTable('clients')
      .set({ disabled_at: this.#ambient.now(), secret_hash: null })
      .where('id', '=', id);
    await this.#write(client, 'client.removed', update);
    await this.revokeGrantsOf(id);
    return succeed(undefined);
  }

  async revokeGrantsOf(id: string): Promise<void> {
    const grants = await this.#db
      .selectFrom('grants')
      .select(['id', 'owner_id'])
      .where('client_id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
    for (const grant of grants) {
      const revoked = await this.#grants.revoke(grant.owner_id, grant.id, 'client removed');
      if (!revoked.ok) throw new Error(`grant ${grant.id} could not be revoked: ${revoked.error.detail}`);
    }
  }

  async find(id: string): Promise<Client | null> {
    const row = await this.#enabled(id);
    return row ? toClient(row) : null;
  }

  async findForProvider(id: string): Promise<AdapterPayload | undefined> {
    const row = await this.#enabled(id);
    if (row === undefined || row.origin === 'metadata_document') return undefined;
    const metadata: ClientMetadata = JSON.parse(row.metadata);
    if (!this.#canComeIn(metadata)) return undefined;
    return {
      ...metadata,
      client_id: row.id,
      // A confidential client without a secret MUST match nothing: no secret hashes to this text.
      ...(hasSecret(metadata) && { client_secret: row.secret_hash ?? 'none' }),
    };
  }

  async note(id: string, origin: ClientOrigin, metadata: ClientMetadata): Promise<void> {
    const row = { id, owner_id: null, origin, disabled_at: null };
    const secrets = { secret_hash: null, registration_token_hash: null };
    const columns = columnsOf(metadata);
    await this.#db
      .insertInto('clients')
      .values({ ...row, ...secrets, ...columns, created_at: this.#ambient.now() })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute();
  }

  async isEnabled(id: string): Promise<boolean> {
    const row = await this.#db
      .selectFrom('clients')
      .select('disabled_at')
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined || row.disabled_at === null;
  }

  /** The row and the journal entry of one change. The entry holds no word that a person wrote: no name, addresses as a hash. */
  async #write(
    { id, ownerId, metadata }: Client,
    kind: string,
    row: { compile(): CompiledQuery },
  ): Promise<void> {
    if (ownerId === null) throw new Error(`app ${id} has no owner who could change it`);
    const body = {
      client_id: id,
      auth_method: metadata.token_endpoint_auth_method,
      dpop_bound: metadata.dpop_bound_access_tokens,
      redirect_uris_sha256: sha256(JSON.stringify(metadata.redirect_uris)),
      ...(metadata.tls_client_auth_san_dns && {
        certificate_dns_sha256: sha256(metadata.tls_client_auth_san_dns),
      }),
      ...(metadata.jwks && { keys_sha256: sha256(JSON.stringify(metadata.jwks.keys)) }),
    };
    const entries = [{ ownerId, kind, body }];
    const changed = await this.#ledger.change({ links: [], rows: [compiled(row)], entries });
    if (!changed.ok) throw refusedFault(changed.error);
  }

  /** An app that proves itself with a certificate cannot where none is believed any more. */
  #canComeIn({ token_endpoint_auth_method: method }: ClientMetadata): boolean {
    return this.#hasMutualTls || !byCertificate(method);
  }

  async #enabled(id: string) {
    return isStorableText(id) ? this.#allEnabled().where('id', '=', id).executeTakeFirst() : undefined;
  }

  #allEnabled() {
    return this.#db.selectFrom('clients').selectAll().where('disabled_at', 'is', null);
  }

  #newSecret(): string {
    return randomId(this.#ambient, 'vcs_', 43);
  }
}

/** The columns of a row that follow from its metadata. */
export const columnsOf = (metadata: ClientMetadata) => ({
  name: metadata.client_name,
  url: metadata.client_uri ?? null,
  metadata: JSON.stringify(metadata),
});
