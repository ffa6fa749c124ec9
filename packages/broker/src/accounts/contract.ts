// How owners prove who they are. Everyone else asks `sessionOf` and gets an owner or nobody.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '@valetkey/core';

/** How a person proved who they are; `device`: a terminal that a session let in which had just been confirmed. */
export type SignInMethod = 'password' | 'passkey' | 'device';

/** Who made a request. */
export interface SignedIn {
  readonly ownerId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  /** A cookie is sent by browsers unasked: changes made with one MUST come from our own pages (`isSameOrigin`). */
  readonly via: 'cookie' | 'bearer';
  /** When this session’s person proved who they are, and how. */
  readonly authenticatedAtMs: number;
  readonly method: SignInMethod;
}

/** What a session lacks for what matters most: a proof of this kind, at most this old (RFC 9470, section 3). */
export interface StepUp {
  readonly method: 'password' | 'passkey';
  readonly maxAgeSeconds: number;
}

/** The first owner, as entered. */
export interface NewOwner {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

/** Why an owner was not made: a sentence per field; `''` for the whole. Never repeats the password. */
export type OwnerProblems = Readonly<Record<string, string>>;

/** A browser or a command line in which an owner is signed in. */
export interface SessionSummary {
  readonly id: string;
  readonly method: SignInMethod;
  /** What it calls itself, in a word; null if it says nothing. */
  readonly program: string | null;
  readonly ipAddress: string | null;
  readonly beganAtMs: number;
  /** At most a minute old. */
  readonly usedAtMs: number;
}

/** Where owners are signed in. */
export interface Sessions {
  /** The one that was used last first. */
  list(ownerId: string): Promise<readonly SessionSummary[]>;
  /** False if the owner has no such session. */
  end(ownerId: string, sessionId: string): Promise<boolean>;
  /** Ends all but this one; how many those were. */
  endOthers(ownerId: string, sessionId: string): Promise<number>;
}

/** Sign-in, sessions and the pages for them. */
export interface Accounts {
  /** Answers `/api/auth/*`, the sign-in pages and their assets; false, with nothing sent, if the address is none of them. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** The owner whose session cookie or bearer session token came with the request. With an `Authorization` header, cookies do not count. */
  sessionOf(request: IncomingMessage): Promise<SignedIn | null>;
  readonly sessions: Sessions;
  /** What the person still has to prove before what matters most; null if they just did. */
  stepUpFor(session: SignedIn): Promise<StepUp | null>;
  /** Proves by password that it is the session’s owner who asks, and gives the browser a new session in its place; else says what is wrong. */
  confirm(request: IncomingMessage, response: ServerResponse, password: string): Promise<string | null>;
  /** Makes the first owner; refused once there is one. */
  createFirstOwner(
    owner: NewOwner,
    via: 'environment' | 'setup_link',
  ): Promise<Result<{ readonly ownerId: string }, OwnerProblems>>;
  /** A new one-time address at which the first owner can be made, in place of the one before; null when there is an owner. */
  setupLink(): Promise<string | null>;
}
