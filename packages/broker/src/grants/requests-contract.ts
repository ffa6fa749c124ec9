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
  /** The address of the metadata document was fetched, an owner typed it in, it registered by itself, only its callback is known, or not even that. */
  readonly identifiedBy:
    | 'metadata_document'
    | 'registration'
    | 'self_registration'
    | 'callback'
    | 'own_words';
  /** Who registered it; null if no owner did. */
  readonly registeredByOwnerId: string | null;
  readonly registeredAtMs: number | null;
}

/** A request that waits for the owner's decision. */
export interface PendingRequest {
  readonly uid: string;
  readonly client: RequestingClient;
  /** Where the browser goes afterwards; null for an app on a device, which fetches the answer itself. */
  readonly redirectUri: string | null;
  /** The code that the device shows; null for an app that came with this browser. */
  readonly userCode: string | null;
  /** The address of the one owner who may decide, as that owner gave it out; null where it is meant for nobody in particular. */
  readonly address: string | null;
  /** The languages in which the app asks to speak to its person, separated by spaces; null where it names none. */
  readonly uiLocales: string | null;
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
  /** The request `uid`, if this browser started it, or it came with a device's code, and it has not ended; else null. */
  pending(request: IncomingMessage, response: ServerResponse, uid: string): Promise<PendingRequest | null>;
  /** Whether this owner may decide on it. */
  isFor(pending: Pick<PendingRequest, 'address'>, ownerId: string): boolean;
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
