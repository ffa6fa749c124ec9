// The tables of the sign-in library (better-auth 1.7 with its passkey and device-authorization plugins), and the journal indexes that the
// owner's pages read calls and usage by. The library checks its tables against its own expectation when it starts.

import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

// Column types are PostgreSQL's; in SQLite, which keeps what it is given, times are ISO 8601 text and booleans 0 or 1.
const STATEMENTS = [
  `create table "user" (
    "id" text primary key,
    "name" text not null,
    "email" text not null unique,
    "emailVerified" boolean not null,
    "image" text,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null
  )`,

  `create table "session" (
    "id" text primary key,
    "expiresAt" timestamptz not null,
    "token" text not null unique,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null,
    "ipAddress" text,
    "userAgent" text,
    "userId" text not null references "user" ("id") on delete cascade
  )`,
  `create index "session_user" on "session" ("userId")`,

  `create table "account" (
    "id" text primary key,
    "accountId" text not null,
    "providerId" text not null,
    "userId" text not null references "user" ("id") on delete cascade,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamptz,
    "refreshTokenExpiresAt" timestamptz,
    "scope" text,
    "password" text,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null
  )`,
  `create index "account_user" on "account" ("userId")`,

  `create table "verification" (
    "id" text primary key,
    "identifier" text not null,
    "value" text not null,
    "expiresAt" timestamptz not null,
    "createdAt" timestamptz not null,
    "updatedAt" timestamptz not null
  )`,
  `create index "verification_identifier" on "verification" ("identifier")`,

  `create table "passkey" (
    "id" text primary key,
    "name" text,
    "publicKey" text not null,
    "userId" text not null references "user" ("id") on delete cascade,
    "credentialID" text not null unique,
    "counter" bigint not null,
    "deviceType" text not null,
    "backedUp" boolean not null,
    "transports" text,
    "createdAt" timestamptz,
    "aaguid" text
  )`,
  `create index "passkey_user" on "passkey" ("userId")`,

  `create table "deviceCode" (
    "id" text primary key,
    "deviceCode" text not null unique,
    "userCode" text not null unique,
    "userId" text,
    "expiresAt" timestamptz not null,
    "status" text not null,
    "lastPolledAt" timestamptz,
    "pollingInterval" bigint,
    "clientId" text,
    "scope" text
  )`,

  `create index journal_calls on journal (owner_id, id) where kind in ('call.admitted', 'call.refused')`,
  `create index journal_spent on journal (owner_id, at, settled_nanos)
    where kind in ('call.settled', 'call.ceiling')`,
];

/** Creates what owners sign in with, and the indexes of their pages. */
export async function createSignInTables(db: Kysely<Schema>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
