// What the consent page needs from the other rooms. It decides nothing about OAuth: it shows what is asked and hands back what the owner
// chose.

import type { IncomingMessage } from 'node:http';
import type { AccessNames } from '@valetkey/core';
import type { AccessRequests } from '../access-requests/contract.ts';
import type { Accounts, SignedIn } from '../accounts/contract.ts';
import type { NamedClient } from '../grants/client-names.ts';
import type { Grants } from '../grants/contract.ts';
import type { KeyCeilings } from '../grants/key-ceilings.ts';
import type { ConsentRequests } from '../grants/requests-contract.ts';
import type { Ledger } from '../ledger/contract.ts';

/** The owner who is signed in. Only a browser's own session may decide. */
export type ConsentOwner = SignedIn;

/** A provider key that could pay. */
export interface PayingKey {
  readonly id: string;
  readonly provider: string;
  readonly label: string;
  readonly lastFour: string;
}

/** A device of the owner that is not lost. */
export interface OfferedDevice {
  readonly id: string;
  readonly name: string;
}

/** An app as the owner who registered it previews its page. */
export interface OwnClient {
  readonly metadata: {
    readonly client_name: string;
    readonly client_uri?: string;
    readonly redirect_uris: readonly string[];
  };
  readonly createdAtMs: number;
}

/** What the consent page stands on. */
export interface ConsentDeps {
  readonly issuer: string;
  readonly requests: ConsentRequests;
  /** What apps and agents ask for beyond what they have. */
  readonly accessRequests: AccessRequests;
  readonly sessionOf: (request: IncomingMessage) => Promise<ConsentOwner | null>;
  readonly stepUpFor: Accounts['stepUpFor'];
  readonly confirm: Accounts['confirm'];
  /** What may spend more than this in a month, its owner confirms in person. */
  readonly largeBudgetNanos: number;
  /** What the owner gave the same app before, so that it does not pile up unseen. */
  readonly grants: Pick<Grants, 'get' | 'list' | 'revoke' | 'stops'>;
  readonly providerKeysOf: (ownerId: string) => Promise<readonly PayingKey[]>;
  /** What stands above every grant, told beforehand where it leaves less than is allowed. */
  readonly ceilings: Pick<KeyCeilings, 'own' | 'list'>;
  /** The devices that a grant can be pinned to. */
  readonly devicesOf: (ownerId: string) => Promise<readonly OfferedDevice[]>;
  /** Where it is recorded what was shown and refused. */
  readonly ledger: Pick<Ledger, 'record'>;
  /** Binds a form to the request, the owner and what was shown. */
  readonly formSecret: string;
  readonly ambient: { readonly now: () => number };
  /** How providers and models are called in front of people. */
  readonly names: AccessNames;
  /** A client that is known, whoever registered it. */
  readonly findClient: (clientId: string) => Promise<NamedClient | null>;
  /** An app that this owner registered; null for any other. */
  readonly findOwnClient: (ownerId: string, clientId: string) => Promise<OwnClient | null>;
  /** Where an owner adds a key of `provider` and comes back from. */
  readonly addKeyUrl?: (provider: string, returnTo: string) => string;
  readonly onError: (error: unknown) => void;
}
