// Opens what every room stands on: the store, the vault, the ledger and the grants. With the wrong master key only the vault's lock is
// looked at and nothing is written.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, type Result } from '@valetkey/core';
import type { Logger } from 'pino';
import { RefusalTally } from './audit/refusal-tally.ts';
import type { Ambient } from './clock.ts';
import type { Config } from './config.ts';
import type { Devices } from './devices/contract.ts';
import { createDevices } from './devices/devices.ts';
import { builtInProviders } from './gateway/providers/registry.ts';
import { ProviderDirectory } from './gateway/read.ts';
import type { Grants } from './grants/contract.ts';
import { createGrants } from './grants/grants.ts';
import type { Ledger } from './ledger/contract.ts';
import { type Engine, openEngine, type ReplicaNews } from './open-engine.ts';
import type { Store } from './store/contract.ts';
import type { Vault } from './vault/contract.ts';
import { createVault } from './vault/create-vault.ts';
import { createLocalKeyWrapper } from './vault/key-wrapper.ts';
import { loadMasterKey } from './vault/master-key.ts';

/** The rooms that the others stand on. */
export interface House {
  readonly store: Store;
  readonly directory: ProviderDirectory;
  readonly vault: Vault;
  readonly ledger: Ledger;
  readonly grants: Grants;
  readonly devices: Devices;
  readonly replayGuard: Engine['replayGuard'];
  readonly alone: Engine['alone'];
  readonly written: Engine['written'];
  /** What other replicas do; null when this process is the only one. */
  readonly news: ReplicaNews | null;
  /** Counts floods of refusals. MUST be flushed about once a minute. */
  readonly refusals: RefusalTally;
  readonly ambient: Ambient;
  readonly log: Logger;
}

const DAY_MS = 86_400_000;

/** Why a start was refused, in a sentence for the operator. */
export class StartRefused extends Error {}

/** A provider key that is removed takes the grants that draw on it along. */
const revokeGrantsOf = async (grants: Grants, ownerId: string, providerKeyId: string): Promise<void> => {
  for (const grant of await grants.list(ownerId)) {
    const drawsOnIt = grant.parts.some((part) => part.providerKeyId === providerKeyId);
    if (drawsOnIt && grant.status !== 'revoked')
      await grants.revoke(ownerId, grant.id, 'provider_key.removed');
  }
};

/** A key is only made beside a database that is made with it. Replicas MUST be given one: each would make its own. */
const findMasterKey = (
  { dataDir, databaseUrl, masterKey: value, masterKeyFile: file }: Config,
  ambient: Ambient,
): Result<Uint8Array, string> => {
  const isGiven = value !== undefined || file !== undefined || existsSync(join(dataDir, 'master.key'));
  if (databaseUrl !== undefined && !isGiven) {
    return fail(
      'VALETKEY_DATABASE_URL needs VALETKEY_MASTER_KEY (or _FILE), the same for every replica. Make one with: openssl rand -base64 32',
    );
  }
  const mayGenerate = !existsSync(join(dataDir, 'valetkey.sqlite'));
  return loadMasterKey({ value, file, dataDir, mayGenerate, ambient });
};

/** Opens the house, or only the store (`house` null) when the master key does not open the database. */
export const openHouse = async (
  config: Config,
  ambient: Ambient,
  log: Logger,
): Promise<{ readonly store: Store; readonly house: House | null }> => {
  const masterKey = findMasterKey(config, ambient);
  if (!masterKey.ok) throw new StartRefused(masterKey.error);
  const directory = new ProviderDirectory(builtInProviders);
  const { store, openLedger, replayGuard, alone, written } = await openEngine(config, ambient, log);
  // The vault comes first because it tells whether anything may be written; it uses the two others only once there are some.
  const later: { grants?: Grants; ledger?: Ledger } = {};
  const vault = await createVault({
    db: store.db,
    ledger: { change: (change) => later.ledger!.change(change) },
    ambient,
    wrapper: createLocalKeyWrapper(masterKey.value, ambient),
    findProvider: (name) => directory.byName.get(name),
    revokeGrantsOf: (ownerId, keyId) => revokeGrantsOf(later.grants!, ownerId, keyId),
    onBadSeal: (id) =>
      log.error({ provider_key_id: id }, 'a sealed provider key does not open: it was moved or altered'),
  });
  if (!vault.unlocked) return { store, house: null };
  const { ledger, news } = await openLedger();
  const refusals = new RefusalTally(ledger);
  const grants = createGrants({
    db: store.db,
    ledger,
    ambient,
    refusals,
    maxDelegationDepth: config.maxDelegationDepth,
    idleMs: config.idleGrantDays === 0 ? null : config.idleGrantDays * DAY_MS,
  });
  const devices = createDevices({ db: store.db, ledger, grants, ambient });
  Object.assign(later, { ledger, grants });
  return {
    store,
    house: {
      store,
      directory,
      vault,
      ledger,
      grants,
      devices,
      replayGuard,
      alone,
      written,
      news,
      refusals,
      ambient,
      log,
    },
  };
};
