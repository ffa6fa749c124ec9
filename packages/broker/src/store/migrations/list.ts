// Every migration in the order it is applied. Add to the end; MUST NOT change or remove one that was released.

import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';
import { createTables } from './0001-initial.ts';
import { createSignInTables } from './0002-sign-in.ts';
import { createIdempotencyKeys } from './0003-idempotency-keys.ts';
import { createCorrections } from './0004-corrections.ts';
import { addLimitResets } from './0005-limit-resets.ts';
import { addKeyThumbprints } from './0006-bound-key-tokens.ts';
import { addProvenActors } from './0007-proven-actors.ts';
import { createAccessRequests } from './0008-access-requests.ts';
import { createDevices } from './0009-devices.ts';
import { createStops } from './0010-stops.ts';
import { createJournalChanges } from './0011-journal-changes.ts';
import { createJournalGaps } from './0012-journal-gaps.ts';
import { addAskingApps } from './0013-asking-apps.ts';
import { addSignInMethods } from './0014-sign-in-methods.ts';
import { createAlerts } from './0016-alerts.ts';
import { createOwners } from './0017-owners.ts';
import { indexRareCalls } from './0020-rare-calls.ts';
import { addOwnerLanguage } from './0021-owner-language.ts';
import { addAlertLeases } from './0022-alert-leases.ts';

/** One step of the schema. `name` is recorded in the database for ever. */
export interface Migration {
  readonly name: string;
  /**
   * The migration that a release MUST know to run on a database that has this one; this one itself unless told, so that no older release
   * runs on it. What only adds (a table, a column that may be null, an index) can name the first of all.
   */
  readonly compatibleFrom?: string;
  readonly up: (db: Kysely<Schema>) => Promise<void>;
}

/** The steps from an empty database to this release. */
export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-initial', up: createTables },
  { name: '0002-sign-in', up: createSignInTables },
  { name: '0003-idempotency-keys', up: createIdempotencyKeys },
  { name: '0004-corrections', up: createCorrections },
  { name: '0005-limit-resets', up: addLimitResets },
  { name: '0006-bound-key-tokens', up: addKeyThumbprints },
  { name: '0007-proven-actors', up: addProvenActors },
  { name: '0008-access-requests', compatibleFrom: '0001-initial', up: createAccessRequests },
  { name: '0009-devices', up: createDevices },
  { name: '0010-stops', up: createStops },
  { name: '0011-journal-changes', compatibleFrom: '0001-initial', up: createJournalChanges },
  { name: '0012-journal-gaps', compatibleFrom: '0001-initial', up: createJournalGaps },
  { name: '0013-asking-apps', compatibleFrom: '0001-initial', up: addAskingApps },
  { name: '0014-sign-in-methods', compatibleFrom: '0001-initial', up: addSignInMethods },
  { name: '0016-alerts', compatibleFrom: '0001-initial', up: createAlerts },
  { name: '0017-owners', up: createOwners },
  { name: '0020-rare-calls', compatibleFrom: '0001-initial', up: indexRareCalls },
  { name: '0021-owner-language', compatibleFrom: '0001-initial', up: addOwnerLanguage },
  { name: '0022-alert-leases', compatibleFrom: '0001-initial', up: addAlertLeases },
];
