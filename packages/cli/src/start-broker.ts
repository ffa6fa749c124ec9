// The only place that knows the broker. It is loaded when asked for: every other command starts without it.

import { fail, type Result, succeed } from '@valetkey/core';
import type { BackupReport, FileReport, MigrateReport, RotationState, World } from './world.ts';

/** Runs the broker in this process; false if it could not start, after it has said why. */
export async function startBroker(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const { main } = await import('@valetkey/broker');
  // Ctrl-C is the broker's from here on: it has calls to bring to an end.
  process.removeAllListeners('SIGINT');
  return (await main(env)) !== null;
}

/** Verifies the ledger of a data folder; fails with a sentence when there is no database that could be read. */
export async function verifyLedger(dataDir: string): Promise<Result<FileReport, string>> {
  const { verifyFile } = await import('@valetkey/broker/verify-file');
  try {
    return succeed(verifyFile(dataDir));
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Verifies an exported journal. What it loads is the verifier alone, nothing of a broker that runs. */
export const verifyExport: World['verifyExport'] = async (files) => {
  const { verifyExport: verify } = await import('@valetkey/broker/verify-export');
  return verify(files);
};

/** Reads an exported journal for one call. What it loads is that rule alone. */
export const graphOfExport: World['graphOfExport'] = async (file, callId) => {
  const { graphOfExport: read } = await import('@valetkey/broker/graph-of-export');
  return read(file, callId);
};

/** Reads what an exported journal says of calls. What it loads is that rule alone. */
export const claimsOfExport: World['claimsOfExport'] = async (file, callIds) => {
  const { claimsOfExport: read } = await import('@valetkey/broker/claims-of-export');
  return read(file, callIds);
};

/** Moves a data folder's database to PostgreSQL; fails with a sentence when it does not add up on both sides. */
export async function migrate(dataDir: string, url: string): Promise<Result<MigrateReport, string>> {
  const { migrateToPostgres } = await import('@valetkey/broker/migrate');
  try {
    return succeed(await migrateToPostgres({ dataDir, url }));
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Copies a data folder's database into a file that does not exist yet; fails with a sentence. */
export async function backUp(dataDir: string, file: string): Promise<Result<BackupReport, string>> {
  const { backUp: write } = await import('@valetkey/broker/back-up');
  try {
    return succeed(await write(dataDir, file));
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Puts a new master key into a data folder and waits for the broker there; fails with a sentence when that can not be. */
export async function rotateMasterKey(dataDir: string): Promise<Result<RotationState, string>> {
  const { rotateMasterKey: rotate } = await import('@valetkey/broker/rotate-master-key');
  try {
    return succeed(await rotate(dataDir));
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Makes a data folder of a backup if all of it adds up; fails with a sentence when it could not even be looked at. */
export async function restore(file: string, dataDir: string): Promise<Result<FileReport, string>> {
  const { restore: read } = await import('@valetkey/broker/restore');
  try {
    return succeed(read(file, dataDir));
  } catch (error) {
    return fail((error as Error).message);
  }
}
