// What an app asks of an owner, between the room that speaks OAuth and the room that shows the page: neither knows the other, both know
// this.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModelAccess, Result } from '@valetkey/core';
import type { NewGrant } from './contract.ts';

/** Who asks. Its words are untrusted: they are shown as the app's own, escaped. */
export interface RequestingClient {
  readonly id: string;
  readonly name: string;
  readonly uri: string | null;
  /** The address of the metadata document was fetched, or an owner typed it in. */
  readonly identifiedBy: 'metadata_document' | 'registration';
  /** Who registered it; null for a metadata document. */
  readonly registeredByOwnerId: string | null;
  readonly registeredAtMs: number | null;
}

/** A request that waits for the owner's decision in this very browser. */
export interface PendingRequest {
  readonly uid: string;
  readonly client: RequestingClient;
  readonly redirectUri: string;
  readonly asked: readonly ModelAccess[];
  /** The grant that should have this on top of what it has; null for a request for a grant of its own. */
  readonly grantId: string | null;
  /** SHA-256 over everything the client asked for: what is shown and what is decided on MUST carry the same. */
  readonly fingerprint: string;
}

/** Why a decision was not taken. */
export type DecisionRefusal =
  | { readonly reason: 'gone' }
  | { readonly reason: 'already_decided' }
  | { readonly reason: 'refused'; readonly detail: string };

/** What the consent page may do. The two decisions answer with the address that the browser goes to next. */
export interface ConsentRequests {
  /** The request `uid`, if this browser started it and it has not ended; else null. */
  pending(request: IncomingMessage, response: ServerResponse, uid: string): Promise<PendingRequest | null>;
  allow(
    request: IncomingMessage,
    response: ServerResponse,
    pending: PendingRequest,
    grant: NewGrant,
  ): Promise<Result<string, DecisionRefusal>>;
  deny(
    request: IncomingMessage,
    response: ServerResponse,
    pending: PendingRequest,
    why?: string,
  ): Promise<Result<string, DecisionRefusal>>;
  /** After the owner has raised the grant that `pending` names: the app gets tokens for it. */
  raised(
    request: IncomingMessage,
    response: ServerResponse,
    pending: PendingRequest,
    ownerId: string,
  ): Promise<Result<string, DecisionRefusal>>;
}
