// How owners prove who they are. Everyone else asks `sessionOf` and gets an owner or nobody.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '@valetkey/core';

/** Who made a request. */
export interface SignedIn {
  readonly ownerId: string;
  readonly email: string;
  readonly name: string;
  /** A cookie is sent by browsers unasked: changes made with one MUST come from our own pages (`isSameOrigin`). */
  readonly via: 'cookie' | 'bearer';
}

/** The first owner, as entered. */
export interface NewOwner {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

/** Why an owner was not made: a sentence per field; `''` for the whole. Never repeats the password. */
export type OwnerProblems = Readonly<Record<string, string>>;

/** Sign-in, sessions and the pages for them. */
export interface Accounts {
  /** Answers `/api/auth/*`, the sign-in pages and their assets; false, with nothing sent, if the address is none of them. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The owner whose session cookie or bearer session token came with the request. With an `Authorization` header, cookies do not count. */
  sessionOf(request: IncomingMessage): Promise<SignedIn | null>;
  /** Makes the first owner; refused once there is one. */
  createFirstOwner(
    owner: NewOwner,
    via: 'environment' | 'setup_link',
  ): Promise<Result<{ readonly ownerId: string }, OwnerProblems>>;
  /** A new one-time address at which the first owner can be made, in place of the one before; null when there is an owner. */
  setupLink(): Promise<string | null>;
}
