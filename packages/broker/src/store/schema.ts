// Every table of the product, as Kysely sees it. Times are epoch milliseconds UTC, money is integer nanos, JSON columns hold canonical
// JSON text. `docs/reference/storage.md` says what is hashed or sealed and how long each row lives.

/** A provider key, sealed. `sealed` is version, nonce, tag and ciphertext in base64url; its additional data binds it to this row. */
export interface ProviderKeysTable {
  id: string;
  owner_id: string;
  provider: string;
  label: string;
  last_four: string;
  sealed: string;
  version: number;
  created_at: number;
  replaced_at: number | null;
  last_used_at: number | null;
  removed_at: number | null;
}

/** An app that an owner registered, or that was identified by its metadata document. `metadata` is the OAuth client metadata as JSON. */
export interface ClientsTable {
  id: string;
  owner_id: string | null;
  name: string;
  url: string | null;
  /** `registered`, `self_registered` or `metadata_document`. */
  origin: string;
  metadata: string;
  /** SHA-256 of the client secret, base64url; null for public clients. */
  secret_hash: string | null;
  created_at: number;
  disabled_at: number | null;
  /** SHA-256 of the token with which an app that registered by itself manages that; null for every other. */
  registration_token_hash: string | null;
}

/** A grant. Its rights and limits stand in `links`, one per provider. */
export interface GrantsTable {
  id: string;
  owner_id: string;
  client_id: string | null;
  name: string;
  parent_grant_id: string | null;
  status: string;
  unknown_fields: string;
  via: string;
  shown_hash: string | null;
  /** SHA-256 of the key-shaped token, base64url; null if none was made. */
  key_token_hash: string | null;
  /** Thumbprint of the key that the key-shaped token is bound to; null for none. */
  key_thumbprint: string | null;
  /** 1 if the holder of a delegated grant proved who it is when it was made; anything else: it was only named. */
  is_actor_authenticated: number | null;
  /** Ids of the devices that it is pinned to, as JSON; null if it is not pinned. */
  devices: string | null;
  created_at: number;
  revoked_at: number | null;
  /** When it was written down that its time is over; null before that, and again when it was given more. */
  expired_at: number | null;
}

/** A device: a key that an owner enrolled under a name. It stays when it is lost, because tokens that are bound to its key may live on. */
export interface DevicesTable {
  id: string;
  owner_id: string;
  name: string;
  /** SHA-256 thumbprint of its key (RFC 7638), base64url; once for each owner. */
  key_thumbprint: string;
  created_at: number;
  /** For display only: at most a minute old. */
  last_used_at: number | null;
  lost_at: number | null;
}

/** What an owner stopped as a whole and has not resumed. `target` is the client or the provider key; empty for `everything`. */
export interface StopsTable {
  id: string;
  owner_id: string;
  /** `everything`, `app`, `provider_key`. */
  scope: string;
  target: string;
  began_at: number;
}

/** A link of a chain: a provider key's root or one provider's part of a grant. Written only by the ledger. */
export interface LinksTable {
  id: string;
  owner_id: string;
  parent_id: string | null;
  grant_id: string | null;
  provider_key_id: string;
  /** The provider's name; for a provider key's link, what its row in `provider_keys` says. */
  provider: string;
  version: number;
  status: string;
  expires_at: number | null;
  access: string | null;
  limits: string;
  /** Resets of these limits by the owner, as JSON. */
  resets: string;
  max_concurrent: number | null;
}

/**
 * The append-only journal: ledger entries and audit entries are one log, so that money and evidence can not disagree. Balances are sums
 * over it. `hash` chains the entries of one owner: SHA-256 over the previous hash and every other column but `id`, which is the engine's own.
 */
export interface JournalTable {
  id: number;
  owner_id: string;
  /** Position in its owner's chain, from 1; without gaps, but for those in `journal_gaps`. */
  seq: number;
  at: number;
  kind: string;
  call_id: string | null;
  grant_id: string | null;
  /** The leaf link that an admission or outcome is charged to; its ancestors are charged the same. */
  link_id: string | null;
  /** Change of what is held and of what is settled by this entry. */
  held_nanos: number;
  settled_nanos: number;
  held_tokens: number;
  settled_tokens: number;
  held_requests: number;
  settled_requests: number;
  body: string;
  hash: string;
}

/** A run of entries whose calls were removed. An entry `calls.removed` names it; see `audit/removal.ts`. */
export interface JournalGapsTable {
  owner_id: string;
  from_seq: number;
  to_seq: number;
  /** The hash of the last of them, which the entry after it is chained to. */
  hash: string;
  /** Every entry of these calls was from before this moment. */
  until_at: number;
}

/** Balances as they stood after journal entry `journal_id`; written at checkpoints so that a start need not read the whole journal. */
export interface CheckpointsTable {
  link_id: string;
  journal_id: number;
  balances: string;
}

/** Access tokens refused one by one before they expired. */
export interface RevokedTokensTable {
  token_id: string;
  grant_id: string;
  expires_at: number;
}

/** Everything the OAuth library stores: sessions, codes, tokens, pushed requests, replay marks. */
export interface OauthArtifactsTable {
  kind: string;
  /** SHA-256 of the artefact's id for secrets (codes, tokens), the id itself otherwise. */
  id: string;
  payload: string;
  grant_id: string | null;
  uid: string | null;
  user_code: string | null;
  expires_at: number | null;
  consumed_at: number | null;
}

/** How often something was tried until the window ends, over all replicas. */
export interface QuotasTable {
  key: string;
  used: number;
  ends_at: number;
}

/** A request that came with an Idempotency-Key, and its answer. */
export interface IdempotencyKeysTable {
  /** SHA-256 over grant, client and key, base64url. */
  id: string;
  owner_id: string;
  grant_id: string;
  /** The call that was made for the first request. */
  call_id: string;
  /** SHA-256 over operation, path, model and canonical body, base64url. */
  request_hash: string;
  /** Sealed; null while the call runs, and for good if its answer was not kept. */
  answer: string | null;
  created_at: number;
  expires_at: number;
}

/** A request for more of a grant. Pending until it is decided once, withdrawn, or `expires_at` has passed. */
export interface AccessRequestsTable {
  id: string;
  owner_id: string;
  grant_id: string;
  /** How it came: `api`, `authorization`, `backchannel`. */
  via: string;
  /** What is asked for, as JSON. */
  asked: string;
  /** SHA-256 of `asked`, base64url. */
  asked_hash: string;
  /** The asker's own words; null if it said none. */
  message: string | null;
  /** What counted against the limits asked for when it was asked, by link, as JSON. */
  used: string;
  /** `pending`, `allowed`, `denied`, `withdrawn`. */
  status: string;
  /** What was given of it, as JSON; null unless it was allowed. */
  given: string | null;
  created_at: number;
  expires_at: number;
  decided_at: number | null;
}

/** How far an owner's journal was looked through for alerts, and at which shares of a limit, in percent, one is raised (JSON). */
export interface AlertOwnersTable {
  owner_id: string;
  seq: number;
  thresholds: string;
}

/** Something its owner is told of. */
export interface AlertsTable {
  id: string;
  owner_id: string;
  /** What it is about, word by word the same wherever and however often it is noticed; once for each owner. */
  event: string;
  kind: string;
  grant_id: string | null;
  /** Ids and amounts as JSON, never words of people. */
  body: string;
  /** How often it happened. */
  times: number;
  raised_at: number;
  last_at: number;
  acknowledged_at: number | null;
}

/** Where an owner has alerts sent. */
export interface AlertDestinationsTable {
  id: string;
  owner_id: string;
  /** `webhook`, or `email` to the address that the owner signs in with. */
  kind: string;
  url: string | null;
  /** The secret that its messages are signed with, sealed; empty where there is none. */
  sealed: string;
  created_at: number;
  /** Until when nobody else may send there; null where anybody may. */
  leased_until: number | null;
}

/** An alert on its way to a destination. */
export interface AlertDeliveriesTable {
  id: string;
  owner_id: string;
  alert_id: string;
  destination_id: string;
  /** `pending`, `delivered`, `dead`. */
  status: string;
  attempts: number;
  /** Not to be tried before; while somebody tries, when anybody else may. */
  next_at: number;
  problem: string | null;
  created_at: number;
  ended_at: number | null;
}

/** Who may sign in. The row of the person itself is the sign-in library's. */
export interface OwnersTable {
  owner_id: string;
  /** `operator`, who is one, or `owner`. */
  role: string;
  /** Null for the operator alone. */
  invitation_id: string | null;
  suspended_at: number | null;
  /** In which the owner is written to while nobody asks; null while none was said. */
  language: string | null;
}

/** An invitation to own an account here. */
export interface InvitationsTable {
  id: string;
  /** SHA-256 of the token in its link, base64url. */
  token_hash: string;
  /** The only address that may take it; null for any. */
  email: string | null;
  /** What whoever takes it may use in all, as JSON. */
  limits: string;
  created_at: number;
  expires_at: number;
  /** The owner that was made by it; null as long as nobody has taken it. */
  accepted_by: string | null;
}

/** The broker's own secrets, sealed: signing keys, cookie keys. */
export interface SecretsTable {
  id: string;
  purpose: string;
  sealed: string;
  created_at: number;
  retired_at: number | null;
}

/** Single values of the house: the master key's check value, the set-up link's hash, the issuer first seen. */
export interface HouseTable {
  key: string;
  value: string;
}

/** The migrations that were applied; see `migrate.ts`. */
export interface MigrationsTable {
  name: string;
  applied_at: number;
  /** Releases that know this migration can run on the database; null with those of the first releases. */
  compatible_from: string | null;
}

/** All tables, except those of the sign-in library (`user`, `session`, `account`, `verification`, `passkey`, `deviceCode`). */
export interface Schema {
  provider_keys: ProviderKeysTable;
  clients: ClientsTable;
  grants: GrantsTable;
  devices: DevicesTable;
  stops: StopsTable;
  links: LinksTable;
  journal: JournalTable;
  journal_gaps: JournalGapsTable;
  checkpoints: CheckpointsTable;
  revoked_tokens: RevokedTokensTable;
  oauth_artifacts: OauthArtifactsTable;
  quotas: QuotasTable;
  idempotency_keys: IdempotencyKeysTable;
  access_requests: AccessRequestsTable;
  alert_owners: AlertOwnersTable;
  alerts: AlertsTable;
  alert_destinations: AlertDestinationsTable;
  alert_deliveries: AlertDeliveriesTable;
  owners: OwnersTable;
  invitations: InvitationsTable;
  secrets: SecretsTable;
  house: HouseTable;
  migrations: MigrationsTable;
}
