// A gate on a data folder as a process of its own, killed at the point that its life says. Meanwhile its owner changes grants and replaces
// the provider key, and each change that was acknowledged is said on the standard output.

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import { Exchange } from '../../src/gateway/exchange.ts';
import { KeyRows } from '../../src/gateway/idempotency/key-rows.ts';
import { makeChild } from '../../src/grants/make-child.ts';
import type { AdmissionRequest, Outcome } from '../../src/ledger/contract.ts';
import { EmbeddedLedger } from '../../src/ledger/embedded/embedded-ledger.ts';
import type { Life } from './crash-life.ts';
import { killAt, pass, wrap } from './fault-points.ts';
import { openGate } from './open-gate.ts';

/** What the parent passes as JSON in `LIFE`. */
export interface LifeInput extends Life {
  readonly dataDir: string;
  readonly masterKey: string;
  readonly upstreamOrigin: string;
  readonly ownerId: string;
  /** The grant that is changed, and how much its limit rises each time. */
  readonly scarceGrantId: string;
  readonly raiseNanos: number;
  /** Grants that are delegated, from the owner's down: children are made below them, narrowed and revoked. */
  readonly chainIds: readonly string[];
}

wrap(KeyRows.prototype, 'claim', async (claim, ...input: Parameters<typeof claim>) => {
  const earlier = await claim(...input);
  pass('key.claimed');
  return earlier;
});
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

const life = JSON.parse(process.env.LIFE ?? '') as LifeInput;
const { ownerId, scarceGrantId, chainIds } = life;
const ambient = { now: () => Date.now(), randomBytes };
const { url, grants, vault } = await openGate({
  dataDir: life.dataDir,
  masterKey: Buffer.from(life.masterKey, 'base64'),
  upstreamOrigin: life.upstreamOrigin,
  ambient,
  ledger: { checkpointEntries: life.checkpointEntries },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Says the kind of the entry that a change has made, once the change is acknowledged. */
const acknowledge = async (kind: string, change: Promise<{ readonly ok: boolean }>): Promise<void> => {
  const changed = await change;
  if (!changed.ok) throw new Error(`${kind}: ${JSON.stringify(changed)}`);
  say(kind);
};

const raise = async (): Promise<void> => {
  const grant = await grants.get(ownerId, scarceGrantId);
  const { access } = grant!.parts[0]!;
  const limits = access.limits.map((limit) => ({ ...limit, amount: limit.amount + life.raiseNanos }));
  await acknowledge('grant.edited', grants.edit(ownerId, scarceGrantId, { ...access, limits }));
};

const reset = (): Promise<void> =>
  acknowledge(
    'grant.limit_reset',
    grants.resetLimit(ownerId, scarceGrantId, { provider: 'openai', unit: 'usd', per: 'month' }),
  );

const pause = async (): Promise<void> => {
  await acknowledge('grant.suspended', grants.suspend(ownerId, scarceGrantId));
  await acknowledge('grant.resumed', grants.resume(ownerId, scarceGrantId));
};

const replaceKey = async (): Promise<void> => {
  const [key] = await vault.list(ownerId);
  const replacement = `sk-proj-${randomBytes(36).toString('hex')}`;
  await acknowledge('provider_key.replaced', vault.replace(ownerId, key!.id, replacement));
};

let made = 0;
const children: { readonly id: string; readonly token: string }[] = [];

/** Makes a child of each grant of the chain in turn. Its token is said with the acknowledgement. */
const delegate = async (): Promise<void> => {
  made += 1;
  const id = chainIds[made % chainIds.length]!;
  const parent = (await grants.live(id))!;
  const { access } = parent.parts[0]!;
  const asked = [{ ...access, delegationMaxDepth: 0, delegationTo: null }];
  const child = await makeChild({ grants, ambient }, parent.grant, {
    name: 'child',
    asked,
    keyThumbprint: null,
  });
  if (!child.ok) throw new Error(child.error.detail);
  const { live, token } = child.value;
  children.push({ id: live.grant.id, token });
  say(`grant.delegated ${token}`);
};

/** Ends the oldest child. Its token is said, which is worth nothing from then on. */
const revoke = async (): Promise<void> => {
  const { id, token } = children.shift()!;
  await acknowledge(`grant.revoked ${token}`, grants.revoke(ownerId, id, 'owner'));
};

const ALL_MODELS = ['gpt-4o-mini'];

/** Takes every model from the grant in the middle of the chain, and gives them back. */
const narrow = async (models = ['none']): Promise<void> => {
  const middle = chainIds[1]!;
  const { access } = (await grants.get(ownerId, middle))!.parts[0]!;
  await acknowledge('grant.edited', grants.edit(ownerId, middle, { ...access, models }));
  if (models !== ALL_MODELS) await narrow(ALL_MODELS);
};

// A life that was killed while a grant was suspended or narrowed begins with it as it was.
if (life.changes) {
  await grants.resume(ownerId, scarceGrantId);
  await narrow(ALL_MODELS);
}
killAt(life.point, life.times);
say(`is listening on ${url}`);
while (life.changes) {
  for (const change of [raise, delegate, reset, raise, delegate, pause, narrow, raise, revoke, replaceKey]) {
    await change();
    await delay(2);
  }
}
