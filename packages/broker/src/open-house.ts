// Opens what every room stands on: the store, the vault, the ledger and the grants. With the wrong master key only the vault's lock is
// looked at and nothing is written.

import { rmSync } from 'node:fs';
import type { Logger } from 'pino';
import { readOwnerIds, recordConfiguration } from './audit/record-configuration.ts';
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
import { type Engine, type OpenLedger, openEngine, type ReplicaNews } from './open-engine.ts';
import type { Store } from './store/contract.ts';
import type { Vault } from './vault/contract.ts';
import { createVault } from './vault/create-vault.ts';
import { openDataKeys } from './vault/data-keys.ts';
import { MasterKeyRotation } from './vault/master-key-rotation.ts';
import { masterKeyReader, removableFormerFile } from './vault/read-master-keys.ts';

/** The rooms that the others stand on. */
export interface House {
  readonly store: Store;
  readonly directory: ProviderDirectory;
  readonly vault: Vault;
  /** Takes up a new master key. MUST be tended every few seconds. */
  readonly masterKey: MasterKeyRotation;
  readonly ledger: Ledger;
  readonly grants: Grants;
  readonly devices: Devices;
  readonly replayGuard: Engine['replayGuard'];
  readonly alone: Engine['alone'];
  readonly written: Engine['written'];
  /** What other replicas do; null when this process is the only one. */
  readonly news: ReplicaNews | null;
  readonly checkpoint: OpenLedger['checkpoint'];
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

/** Opens the house, or only the store (`house` null) when the master key does not open the database. */
export const openHouse = async (
  config: Config,
  ambient: Ambient,
  log: Logger,
): Promise<{ readonly store: Store; readonly house: House | null }> => {
  const readMasterKeys = masterKeyReader(config, ambient);
  const masterKeys = readMasterKeys();
  if (!masterKeys.ok) throw new StartRefused(masterKeys.error);
  const directory = new ProviderDirectory(builtInProviders);
  const { store, openLedger, replayGuard, alone, written } = await openEngine(config, ambient, log);
  // The vault comes first because it tells whether anything may be written; it uses the two others only once there are some.
  const later: { grants?: Grants; ledger?: Ledger } = {};
  const keys = await openDataKeys(store.db, masterKeys.value, ambient).catch(async (error: Error) => {
    await store.close();
    throw new StartRefused(`The master key can not be used: ${error.message}`);
  });
  const vault = createVault({
    db: store.db,
    keys,
    ledger: { change: (change) => later.ledger!.change(change) },
    ambient,
    findProvider: (name) => directory.byName.get(name),
    revokeGrantsOf: (ownerId, keyId) => revokeGrantsOf(later.grants!, ownerId, keyId),
    onBadSeal: (id) =>
      log.error({ provider_key_id: id }, 'a sealed provider key does not open: it was moved or altered'),
  });
  if (!vault.unlocked) return { store, house: null };
  const { ledger, news, peers, checkpoint } = await openLedger();
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
  const masterKey = new MasterKeyRotation({
    db: store.db,
    keys,
    ambient,
    masterKeys: readMasterKeys,
    alone,
    peers,
    record: async (facts) => {
      for (const ownerId of await readOwnerIds(store.db))
        await recordConfiguration({ db: store.db, ledger }, ownerId, facts, 'broker.master_key_rotated');
    },
    onFormerUseless: () => {
      const file = removableFormerFile(config);
      if (file !== null) rmSync(file, { force: true });
    },
    log,
  });
  return {
    store,
    house: {
      store,
      directory,
      vault,
      masterKey,
      ledger,
      grants,
      devices,
      replayGuard,
      alone,
      written,
      news,
      checkpoint,
      refusals,
      ambient,
      log,
    },
  };
};
