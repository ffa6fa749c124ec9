// The product's own start as a process that is killed at a named point: FAULT=<point>:<times> sends it SIGKILL the given time that the
// point is passed. The points are wrapped around the product's classes here, so that nothing of this is in the product.

import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { Exchange } from '../../src/gateway/exchange.ts';
import type { AdmissionRequest, Outcome } from '../../src/ledger/contract.ts';
import { EmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import { main } from '../../src/main.ts';
import type { AppendBatch } from '../../src/store/sqlite/messages.ts';
import { SqliteWriter } from '../../src/store/sqlite/writer.ts';
import type { FaultPoint } from './fault-points.ts';

const [point, times] = (process.env.FAULT ?? ':').split(':');
let left = Number(times || 1);

const pass = (name: FaultPoint): void => {
  if (name !== point) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};

/** Puts `around` in the place of a method; it gets the method, bound, to call. */
const wrap = <Target extends object, Name extends keyof Target>(
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

wrap(EmbeddedLedger.prototype, 'admit', async (admit, request: AdmissionRequest) => {
  const admitted = await admit(request);
  if (admitted.ok) pass('admission.committed');
  return admitted;
});
wrap(Pool.prototype, 'dispatch', (dispatch, ...input: Parameters<Dispatcher['dispatch']>) => {
  pass('forward.dispatching');
  return dispatch(...input);
});
wrap(Exchange.prototype, 'onRequestStart', (start, ...input: Parameters<typeof start>) => {
  start(...input);
  pass('forward.started');
});
wrap(Exchange.prototype, 'onResponseStart', (start, ...input: Parameters<typeof start>) => {
  start(...input);
  pass('answer.status');
});
wrap(Exchange.prototype, 'onResponseData', (take, ...input: Parameters<typeof take>) => {
  take(...input);
  pass('answer.streaming');
  if (input[1].includes('total_tokens')) pass('answer.usage_seen');
});
wrap(Exchange.prototype, 'onResponseEnd', (end, ...input: Parameters<typeof end>) => {
  pass('answer.ending');
  return end(...input);
});
wrap(EmbeddedLedger.prototype, 'settle', async (settle, outcome: Outcome) => {
  pass('settle.asked');
  const settlement = await settle(outcome);
  pass('settle.committed');
  return settlement;
});
wrap(SqliteWriter.prototype, 'append', async (append, batch: AppendBatch) => {
  const isRecovery = batch.entries.some(
    (value) => typeof value === 'string' && value.includes('"reason":"crash"'),
  );
  if (isRecovery) pass('recovery.asked');
  const committed = append(batch);
  // Handed to the writing thread: it commits, or does not, while this process dies.
  if (batch.entries.includes('call.admitted')) pass('admission.committing');
  if (batch.entries.includes('call.settled')) pass('settle.committing');
  if (isRecovery) pass('recovery.committing');
  const id = await committed;
  if (isRecovery) pass('recovery.committed');
  return id;
});

await main();
