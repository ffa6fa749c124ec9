// The key with which a running world signs its tokens, read as only somebody could who has the database and the master key: for tokens that
// are wrong in nothing but what they are.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp } from '../../src/backup/back-up.ts';
import { systemAmbient as ambient } from '../../src/clock.ts';
import { createKeyStore, type SigningKey } from '../../src/oauth/keys.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';
import { createVault } from '../../src/vault/create-vault.ts';
import { openDataKeys } from '../../src/vault/data-keys.ts';
import { createLocalKeyWrapper } from '../../src/vault/key-wrapper.ts';
import type { World } from './worlds.ts';

/** Reads it; `dataDir` holds the database of one process, `masterKey` is base64. */
export const signingKeyOf = async (
  { databaseUrl }: Pick<World, 'databaseUrl'>,
  dataDir: string,
  masterKey: string,
): Promise<SigningKey> => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-copy-'));
  if (databaseUrl === null) await backUp(dataDir, join(folder, 'valetkey.sqlite'));
  const store =
    databaseUrl === null
      ? await openStore({ dataDir: folder, ambient })
      : await openPostgresStore({ url: databaseUrl, ambient });
  try {
    const current = createLocalKeyWrapper(Buffer.from(masterKey, 'base64'), ambient);
    const vault = createVault({
      db: store.db,
      ledger: { change: async () => ({ ok: true, value: undefined }) },
      ambient,
      keys: await openDataKeys(store.db, { current, former: null }, ambient),
      findProvider: () => undefined,
      revokeGrantsOf: async () => {},
      onBadSeal: () => {},
    });
    const [key] = await createKeyStore(store.db, vault, ambient).signingKeys();
    if (!key) throw new Error('this world signs nothing');
    return key;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
};
