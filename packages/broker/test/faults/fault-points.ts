// Kills this process with SIGKILL at a named point. The points are wrapped around the product's classes here, so that nothing of this is
// in the product.

import { EmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import type { AppendBatch } from '../../src/store/sqlite/messages.ts';
import { SqliteWriter } from '../../src/store/sqlite/writer.ts';
import type { FaultPoint } from './fault-point-names.ts';

let armed: FaultPoint | null = null;
let left = 0;

/** From now on the process dies when it passes `point` for the `times`th time. */
export const killAt = (point: FaultPoint, times: number): void => {
  armed = point;
  left = times;
};

/** Says that a point is passed. */
export const pass = (point: FaultPoint): void => {
  if (point !== armed) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};

/** Puts `around` in the place of a method; it gets the method, bound, to call. */
export const wrap = <Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  around: (method: Target[Name], ...input: never[]) => unknown,
): void => {
  const method = target[name] as (...input: unknown[]) => unknown;
  Object.defineProperty(target, name, {
    value(this: Target, ...input: never[]) {
      return around(method.bind(this) as Target[Name], ...input);
    },
  });
};

/** What a batch is, by an entry that only such a batch has. */
const KINDS = [
  ['admission', 'call.admitted'],
  ['settle', 'call.settled'],
  ['change', 'grant.edited'],
  ['delegation', 'grant.delegated'],
  ['revocation', 'grant.revoked'],
] as const;

/** Those that one call of `change` makes. */
const CHANGES = KINDS.slice(2) as readonly (readonly ['change' | 'delegation' | 'revocation', string])[];

const isRecovery = ({ entries }: AppendBatch): boolean =>
  entries.some((value) => typeof value === 'string' && value.includes('"reason":"crash"'));

wrap(SqliteWriter.prototype, 'append', async (append, batch: AppendBatch) => {
  const recovers = isRecovery(batch);
  if (recovers) pass('recovery.asked');
  const committed = append(batch);
  // Handed to the writing thread: it commits, or does not, while this process dies.
  for (const [kind, entry] of KINDS) if (batch.entries.includes(entry)) pass(`${kind}.committing`);
  if (recovers) pass('recovery.committing');
  const id = await committed;
  if (recovers) pass('recovery.committed');
  return id;
});
wrap(EmbeddedLedger.prototype, 'change', async (change, ...input: Parameters<typeof change>) => {
  const changed = await change(...input);
  for (const [point, entry] of CHANGES) {
    if (input[0].entries.some(({ kind }) => kind === entry)) pass(`${point}.committed`);
  }
  return changed;
});
