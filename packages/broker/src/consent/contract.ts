// What the consent page needs from the other rooms. It decides nothing about OAuth: it shows what is asked and hands back what the owner
// chose.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessNames, ModelAccess, Result } from '@valetkey/core';
import type { Grants, NewGrant } from '../grants/contract.ts';

/** Who asks. Everything here but the id came from outside: MUST be shown escaped, cleaned and as the app's own words. */
export interface RequestingClient {
  readonly id: string;
  readonly name: string;
  readonly uri: string | null;
  readonly identifiedBy: 'metadata_document' | 'registration';
  readonly registeredByOwnerId: string | null;
  readonly registeredAtMs: number | null;
}

/** A request that waits for the owner of this browser. `fingerprint` changes with anything that the client asked for. */
export interface PendingRequest {
  readonly uid: string;
  readonly client: RequestingClient;
  readonly redirectUri: string;
  readonly asked: readonly ModelAccess[];
  readonly fingerprint: string;
}

/** Why a decision was not taken. */
export type DecisionRefusal =
  | { readonly reason: 'gone' }
  | { readonly reason: 'already_decided' }
  | { readonly reason: 'refused'; readonly detail: string };

/** The authorization server's side: finds requests, takes decisions, and says where the browser goes next. */
export interface ConsentRequests {
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
  ): Promise<Result<string, DecisionRefusal>>;
}

/** The owner who is signed in. */
export interface ConsentOwner {
  readonly ownerId: string;
  readonly email: string;
  /** Only a browser's own session may decide. */
  readonly via: 'cookie' | 'bearer';
}

/** A provider key that could pay. */
export interface PayingKey {
  readonly id: string;
  readonly provider: string;
  readonly label: string;
  readonly lastFour: string;
}

/** What the consent page stands on. */
export interface ConsentDeps {
  readonly issuer: string;
  readonly requests: ConsentRequests;
  readonly sessionOf: (request: IncomingMessage) => Promise<ConsentOwner | null>;
  /** What the owner gave the same app before, so that it does not pile up unseen. */
  readonly grants: Pick<Grants, 'list' | 'revoke'>;
  readonly providerKeysOf: (ownerId: string) => Promise<readonly PayingKey[]>;
  /** Binds a form to the request, the owner and what was shown. */
  readonly formSecret: string;
  readonly ambient: { readonly now: () => number };
  /** How providers and models are called in front of people. */
  readonly names: AccessNames;
  /** Where an owner adds a key of `provider` and comes back from. */
  readonly addKeyUrl?: (provider: string, returnTo: string) => string;
  readonly onError: (error: unknown) => void;
}
