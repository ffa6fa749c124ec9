// The only place that knows the broker. It is loaded when asked for: every other command starts without it.

import { fail, type Result, succeed } from '@valetkey/core';
import type { FileReport } from './world.ts';

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
