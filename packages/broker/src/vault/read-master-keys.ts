// The master keys as they are set now: the one that counts, and the one before while it is being replaced. Files are read anew each time, so
// that a running broker takes up a new key.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail, type Result, succeed } from '@valetkey/core';
import type { Ambient } from '../clock.ts';
import { createLocalKeyWrapper, type KeyWrapper, type MasterKeys } from './key-wrapper.ts';
import { loadMasterKey } from './master-key.ts';
import { isServiceAddress, openKeyService } from './services/open-key-service.ts';

/** Where master keys are set; part of the configuration. */
export interface MasterKeySettings {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** 32 bytes in base64, or the address of a key in a key service. */
  readonly masterKey: string | undefined;
  readonly masterKeyFile: string | undefined;
  readonly formerMasterKey: string | undefined;
  readonly formerMasterKeyFile: string | undefined;
  /** The variables by which key services are signed in to. MUST NOT be logged. */
  readonly keyServiceEnv: Readonly<Record<string, string | undefined>>;
}

const fileIn = (dataDir: string): string => join(dataDir, 'master.key');

/** Where the key before lies while the one in a file is being replaced. */
export const formerFileOf = (file: string): string => `${file}.old`;

const openKey = (
  value: string | undefined,
  file: string | undefined,
  settings: MasterKeySettings,
  ambient: Ambient,
  mayGenerate: boolean,
): Result<KeyWrapper, string> => {
  if (value !== undefined && file === undefined && isServiceAddress(value))
    return openKeyService(value, settings.keyServiceEnv, ambient);
  const key = loadMasterKey({ value, file, dataDir: settings.dataDir, mayGenerate, ambient });
  if (!key.ok) return key;
  const wrapper = createLocalKeyWrapper(key.value, ambient);
  key.value.fill(0);
  return succeed(wrapper);
};

const openFormer = (settings: MasterKeySettings, ambient: Ambient): Result<KeyWrapper | null, string> => {
  const { formerMasterKey: value, formerMasterKeyFile, masterKey, masterKeyFile, dataDir } = settings;
  const beside = masterKey === undefined ? formerFileOf(masterKeyFile ?? fileIn(dataDir)) : null;
  const isSet = value !== undefined || formerMasterKeyFile !== undefined;
  const found = !isSet && beside !== null && existsSync(beside) ? beside : undefined;
  if (!isSet && found === undefined) return succeed(null);
  return openKey(value, formerMasterKeyFile ?? found, settings, ambient, false);
};

/** The file that a former master key can be removed from once it is useless: only what this product wrote itself. */
export const removableFormerFile = (settings: MasterKeySettings): string | null => {
  const { masterKey, masterKeyFile, formerMasterKey, formerMasterKeyFile, dataDir } = settings;
  const isSet = masterKey ?? masterKeyFile ?? formerMasterKey ?? formerMasterKeyFile;
  return isSet === undefined ? formerFileOf(fileIn(dataDir)) : null;
};

/** Something that differs once one of the files was replaced. */
const stateOf = ({
  dataDir,
  masterKeyFile = fileIn(dataDir),
  formerMasterKeyFile,
}: MasterKeySettings): string =>
  [masterKeyFile, formerMasterKeyFile ?? formerFileOf(masterKeyFile)]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => `${found?.ino} ${found?.mtimeMs} ${found?.size}`)
    .join();

/**
 * The master keys, or why there are none, in a sentence that never repeats them. A key is only made beside a database that is made with it.
 * Replicas MUST be given one: each would make its own.
 */
const readMasterKeys = (settings: MasterKeySettings, ambient: Ambient): Result<MasterKeys, string> => {
  const { dataDir, databaseUrl, masterKey: value, masterKeyFile: file } = settings;
  const isGiven = value !== undefined || file !== undefined || existsSync(fileIn(dataDir));
  if (databaseUrl !== undefined && !isGiven) {
    return fail(
      'VALETKEY_DATABASE_URL needs VALETKEY_MASTER_KEY (or _FILE), the same for every replica. Make one with: openssl rand -base64 32',
    );
  }
  const mayGenerate = !existsSync(join(dataDir, 'valetkey.sqlite'));
  // The current one first: whoever replaces a file puts the one before beside it before that.
  const current = openKey(value, file, settings, ambient, mayGenerate);
  if (!current.ok) return current;
  const former = openFormer(settings, ambient);
  return former.ok ? succeed({ current: current.value, former: former.value }) : former;
};

/** What reads the master keys, and reads them again only when a file was replaced: each reading leaves traces in memory. */
export const masterKeyReader = (
  settings: MasterKeySettings,
  ambient: Ambient,
): (() => Result<MasterKeys, string>) => {
  let state = '';
  let last: Result<MasterKeys, string> = fail('');
  return () => {
    const now = stateOf(settings);
    if (now !== state || !last.ok) last = readMasterKeys(settings, ambient);
    state = now;
    return last;
  };
};
