// The judge is no rubber stamp: a true account passes, and each defect that is planted in the tables, in what reached the provider or in what
// callers were told is found.

import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startSimulator } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemAmbient } from '../../src/clock.ts';
import { openGate } from '../faults/open-gate.ts';
import { chatOf, makeGrant, post } from '../faults/start-gate.ts';
import { forwardedSince } from './forwarded.ts';
import { JournalCopy } from './journal-copy.ts';
import { Judge, type News } from './judge.ts';
import type { Told } from './traffic.ts';

const scratch = mkdtempSync(join(tmpdir(), 'valetkey-judge-'));
const dataDir = join(scratch, 'true');
let grantId: string;
let providerKey: string;
let news: News;

const answered = (text: string): Told => ({
  text,
  status: 200,
  code: null,
  isWhole: true,
  isLate: false,
  isRepeated: false,
  isDisturbed: false,
  answerIds: [],
});

beforeAll(async () => {
  const simulator = await startSimulator({ provider: 'openai' });
  const parts = {
    dataDir,
    masterKey: randomBytes(32),
    upstreamOrigin: simulator.origin,
    ambient: systemAmbient,
  };
  const gate = await openGate(parts);
  const grant = await makeGrant(gate, { total_spend: 1 });
  ({ id: grantId, providerKey } = grant);
  const told: Told[] = [];
  for (const number of [1, 2, 3]) {
    const text = `${grantId}/${number}`;
    expect((await post(gate.url, grant.token, chatOf(text))).status).toBe(200);
    told.push(answered(text));
  }
  await gate.grants.revoke(grant.ownerId, grantId, 'owner');
  await gate.close();
  const { forwarded } = forwardedSince(simulator, 0);
  news = { forwarded, told, retired: [], isEnd: true };
  await simulator.close();
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** What is found once `sql` was run on a copy of the tables and `changes` made to the news. */
const found = async (sql = '', changes: Partial<News> = {}): Promise<readonly string[]> => {
  const copy = mkdtempSync(join(scratch, 'copy-'));
  cpSync(dataDir, copy, { recursive: true });
  const tables = new DatabaseSync(join(copy, 'valetkey.sqlite'));
  tables.exec(sql);
  tables.close();
  const judge = new Judge(new JournalCopy({ dataDir: copy }), new Map([[grantId, providerKey]]));
  return (await judge.poll({ ...news, ...changes }, Date.now())).violations;
};
const alsoTold = (changes: Partial<Told>) => ({ told: [...news.told, { ...news.told[0]!, ...changes }] });
const alsoForwarded = (changes: object) => ({
  forwarded: [...news.forwarded, { ...news.forwarded[0]!, ...changes }],
});

describe('the judge', () => {
  it('passes a true account', async () => {
    expect(await found()).toEqual([]);
    expect(news.forwarded.map(({ billedNanos }) => billedNanos > 0)).toEqual([true, true, true]);
  });

  it.each<[string, string, RegExp]>([
    [
      'an outcome of a nano less',
      `update journal set settled_nanos = settled_nanos - 1 where kind = 'call.settled'`,
      /was billed/,
    ],
    [
      'an outcome of a nano more',
      `update journal set settled_nanos = settled_nanos + 1 where kind = 'call.settled'`,
      /was billed/,
    ],
    [
      'a call given back that was billed',
      `update journal set kind = 'call.released', settled_nanos = 0 where kind = 'call.settled'`,
      /was billed/,
    ],
    [
      'an outcome that was lost',
      `delete from journal where id = (select max(id) from journal where kind = 'call.settled')`,
      /is open/,
    ],
    [
      'an admission that was lost',
      `delete from journal where id = (select min(id) from journal where kind = 'call.admitted')`,
      /without an admission/,
    ],
    [
      'a limit below what was spent',
      `update links set limits = '[{"unit":"usd","per":"total","amount":1}]' where grant_id is not null`,
      /limit .* is exceeded/,
    ],
    [
      'an end before the calls',
      `update journal set seq = 0 where kind = 'grant.revoked'`,
      /after its grant was revoked/,
    ],
    [
      'an entry that was changed',
      `update journal set body = '{}' where id = (select max(id) from journal)`,
      /breaks the chain/,
    ],
  ])('finds %s', async (_, sql, sentence) => {
    expect((await found(sql)).join()).toMatch(sentence);
  });

  it.each<[string, () => Partial<News>, RegExp]>([
    [
      'a request forwarded without an admission',
      () => alsoForwarded({ text: 'x/9', bodyHash: 'none' }),
      /without an admission/,
    ],
    ['a request forwarded twice', () => alsoForwarded({}), /forwarded twice/],
    [
      'a request with the key of another owner',
      () => alsoForwarded({ text: `${grantId}/9`, key: 'other' }),
      /another owner's key/,
    ],
    [
      'a request with a replaced key',
      () => ({ retired: [{ key: providerKey, fromSeq: 3 }] }),
      /replaced key/,
    ],
    ['a caller who hears nothing', () => alsoTold({ status: 'lost' }), /neither an answer nor an error/],
    ['a connection broken off for nothing', () => alsoTold({ status: 'broken' }), /broken off/],
    ['an error of our own', () => alsoTold({ status: 500, code: 'internal_error' }), /internal_error/],
    [
      'a good token called bad',
      () => alsoTold({ text: 'x/9', status: 401, code: 'invalid_token' }),
      /invalid_token/,
    ],
    [
      'a refusal of what was forwarded',
      () => alsoTold({ status: 503, code: 'unavailable' }),
      /and was forwarded/,
    ],
    ['what was forwarded after an end', () => alsoTold({ isLate: true }), /revoked, and was forwarded/],
    ['an answer that nobody made', () => ({ told: [answered('x/9')] }), /never forwarded/],
    ['the answer to another', () => alsoTold({ answerIds: [news.forwarded[1]!.id] }), /answer to another/],
  ])('finds %s', async (_, changes, sentence) => {
    expect((await found('', changes())).join()).toMatch(sentence);
  });
});
