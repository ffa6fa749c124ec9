// What the management API needs of the rest of the house, as small as it can be: it imports no other room's code, so each need stands
// here with its shape.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Capability, RateCard, Result } from '@valetkey/core';
import type { Kysely } from 'kysely';
import type { AccessRequests } from '../access-requests/contract.ts';
import type { Accounts, Sessions, SignedIn } from '../accounts/contract.ts';
import type { Alerts } from '../alerts/contract.ts';
import type { Ambient } from '../clock.ts';
import type { Devices } from '../devices/contract.ts';
import type { Erasure } from '../erasure/contract.ts';
import type { Grants } from '../grants/contract.ts';
import type { KeyCeilings } from '../grants/key-ceilings.ts';
import type { CorrectedCall, CorrectionRefusal } from '../ledger/correct-call.ts';
import type { LedgerReport } from '../ledger/verify/report.ts';
import type { Owners } from '../owners/contract.ts';
import type { NoReceipt } from '../receipts/call-of-entries.ts';
import type { Schema } from '../store/schema.ts';
import type { ReplayGuard } from '../tokens/replay-guard.ts';
import type { Vault } from '../vault/contract.ts';
import type { EventStreams } from './events/event-streams.ts';

/** A provider as owners see it; the gate's `Provider` has all of it. */
export interface ApiProvider {
  readonly name: string;
  readonly label: string;
  readonly dialect: 'openai' | 'anthropic' | 'google';
  readonly keyRequired: boolean;
  readonly operations: readonly { readonly capability: Capability | null }[];
}

/** What a developer says about an app; the OAuth room's `ClientInput`. */
export interface ApiClientInput {
  readonly name: string;
  readonly url?: string | null;
  readonly redirectUris: readonly string[];
  readonly authMethod:
    | 'none'
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'private_key_jwt'
    | 'self_signed_tls_client_auth'
    | 'tls_client_auth';
  readonly keys?: readonly unknown[] | null;
  readonly certificate?: { readonly pem: string } | { readonly dns: string } | null;
  readonly dpopBound?: boolean;
}

/** A registered app, or one known by its metadata document (then `ownerId` is null). */
export interface ApiClient {
  readonly id: string;
  readonly ownerId: string | null;
  readonly origin: 'registered' | 'self_registered' | 'metadata_document';
  readonly metadata: {
    readonly client_name: string;
    readonly client_uri?: string;
    readonly redirect_uris: readonly string[];
    readonly token_endpoint_auth_method: ApiClientInput['authMethod'];
    readonly jwks?: { readonly keys: readonly unknown[] };
    readonly dpop_bound_access_tokens: boolean;
  };
  readonly createdAtMs: number;
}

/** Why an app was not accepted; `field` is the `ApiClientInput` field. */
export interface ApiClientRefusal {
  readonly reason: 'invalid_client' | 'not_found';
  readonly field: string | null;
  readonly detail: string;
}

interface WithSecret {
  readonly client: ApiClient;
  readonly clientSecret: string | null;
}

/** The registry of apps; the OAuth room's `Clients`. */
export interface ApiClients {
  register(ownerId: string, input: ApiClientInput): Promise<Result<WithSecret, ApiClientRefusal>>;
  list(ownerId: string): Promise<readonly ApiClient[]>;
  get(ownerId: string, id: string): Promise<ApiClient | null>;
  update(ownerId: string, id: string, input: ApiClientInput): Promise<Result<ApiClient, ApiClientRefusal>>;
  rotateSecret(ownerId: string, id: string): Promise<Result<WithSecret, ApiClientRefusal>>;
  remove(ownerId: string, id: string): Promise<Result<void, ApiClientRefusal>>;
  find(id: string): Promise<ApiClient | null>;
}

/** What a provider said when a key was tried. */
export interface KeyTest {
  readonly ok: boolean;
  /** The provider's HTTP status; null if it was not reached. */
  readonly status: number | null;
  /** For people. MUST NOT hold anything the provider sent: it may echo the key. */
  readonly message: string;
}

/** What models cost, and what of it the operator has set; the price book and the parsed price file. */
export interface ApiPrices {
  rateCard(provider: string, model: string, atMs: number): RateCard | null;
  readonly overrides: readonly {
    readonly provider: string;
    readonly model: string;
    readonly effectiveFromMs: number;
    readonly version: string;
  }[];
}

/** What the API is built from. */
export interface ApiParts {
  readonly db: Kysely<Schema>;
  readonly grants: Pick<
    Grants,
    | 'create'
    | 'issueKeyToken'
    | 'get'
    | 'list'
    | 'page'
    | 'edit'
    | 'suspend'
    | 'resetLimit'
    | 'resume'
    | 'pin'
    | 'revoke'
    | 'stop'
    | 'resumeStopped'
    | 'stops'
    | 'usage'
    | 'delegate'
    | 'live'
    | 'reread'
  >;
  readonly accessRequests: Pick<AccessRequests, 'get' | 'list' | 'proposal' | 'decide'>;
  readonly alerts: Alerts;
  readonly keyCeilings: KeyCeilings;
  readonly vault: Pick<Vault, 'add' | 'replace' | 'remove' | 'list'>;
  readonly devices: Pick<Devices, 'enrol' | 'list' | 'rename' | 'lose'>;
  /** Lets each DPoP proof through once. */
  readonly replayGuard: ReplayGuard;
  readonly clients: ApiClients;
  readonly erasure: Erasure;
  readonly owners: Owners;
  /** In the order in which people see them. */
  readonly providers: readonly ApiProvider[];
  readonly modelsOf: (provider: string) => readonly { readonly id: string; readonly name: string }[];
  readonly prices: ApiPrices;
  /** Corrects a call of the owner's that was posted at its ceiling. */
  readonly correctCall: (
    ownerId: string,
    callId: string,
    nanos: number,
  ) => Promise<Result<CorrectedCall, CorrectionRefusal>>;
  /** The signed receipt of a call of the owner's. */
  readonly receiptOf: (ownerId: string, callId: string) => Promise<Result<string, NoReceipt>>;
  /** Adds up the owner's entries anew and compares; null while nothing can be recorded. */
  readonly compareLedger: (ownerId: string) => Promise<LedgerReport | null>;
  readonly sessionOf: (request: IncomingMessage) => Promise<SignedIn | null>;
  readonly sessions: Sessions;
  readonly stepUpFor: Accounts['stepUpFor'];
  readonly events: EventStreams;
  /** What may spend more than this in a month, its owner confirms in person. */
  readonly largeBudgetNanos: number;
  /** Asks the provider, at its fixed origin, whether it takes the key. The key's owner was checked before. */
  readonly testKey: (ownerId: string, providerKeyId: string) => Promise<KeyTest>;
  readonly ambient: Ambient;
  /** Public origin, without a slash at the end. */
  readonly issuer: string;
  readonly version: string;
  /** Told of every fault of our own, with the id that the caller got. */
  readonly onFault: (error: unknown, requestId: string) => void;
}

/** The management API behind one Node handler: `/api/v1/*` and `/openapi.json`. */
export interface Api {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}
