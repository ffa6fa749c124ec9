// Where checkpoints go: a file, the log, an address. The further from the database, the more they prove. What a sink throws is told to
// the operator and MUST NOT repeat an address, which may hold a credential.

import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkpointLine } from './checkpoint.ts';

/** Where checkpoints are to go, as the configuration says it. */
export type CheckpointTarget =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'url'; readonly url: string };

/** Keeps signed checkpoints (compact JWS). Rejects if it is not sure that all of them are kept. */
export type CheckpointSink = (checkpoints: readonly string[]) => Promise<void>;

const TIMEOUT_MS = 5_000;

/** The sink of this target. `writeLog` writes a line of the log at any level. */
export const openSink = (
  target: CheckpointTarget,
  writeLog: (fields: { readonly checkpoint: string }) => void,
): CheckpointSink => {
  switch (target.kind) {
    case 'file':
      return fileSink(target.path);
    case 'url':
      return urlSink(target.url);
    case 'stdout':
      return async (checkpoints) => {
        for (const checkpoint of checkpoints) writeLog({ checkpoint });
      };
  }
};

const linesOf = (checkpoints: readonly string[]): string =>
  checkpoints.map((jws) => `${checkpointLine(jws)}\n`).join('');

/** Appends durably. After a line that was cut off, by a crash or a full disk, it begins a new one. */
const fileSink =
  (path: string): CheckpointSink =>
  async (checkpoints) => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
      const isWhole = size === 0 || buffer.toString() === '\n';
      await file.appendFile(`${isWhole ? '' : '\n'}${linesOf(checkpoints)}`);
      await file.sync();
    } finally {
      await file.close();
    }
  };

const urlSink =
  (url: string): CheckpointSink =>
  async (checkpoints) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: linesOf(checkpoints),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: Error) => {
      const { code } = (error.cause ?? {}) as { code?: string };
      throw new Error(`the address was not reached (${code ?? error.name})`);
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the address answered ${response.status}`);
  };
