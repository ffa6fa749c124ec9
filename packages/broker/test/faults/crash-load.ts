// Requests to a gate until its process is dead, and what its callers have seen of it.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../sim/random.ts';
import type { CrashHouse } from './crash-house.ts';
import type { Life } from './crash-life.ts';
import { chatOf, post } from './start-gate.ts';

/** A request as its caller made it. */
interface Asked {
  readonly text: string;
  readonly body: object;
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly leaves: boolean;
  /** Whether its token had been revoked before it was sent, and the owner was told so. */
  readonly isLate: boolean;
}

/** What its callers have seen of one life. */
export interface Seen {
  /** The texts of requests that were answered with a provider's answer, whole or cut off. */
  readonly answered: Set<string>;
  /** Of those that did not fit. */
  readonly refused: Set<string>;
  /** Of those that were sent with a token that had been revoked before. */
  readonly late: Set<string>;
  /** Without an answer, with an Idempotency-Key: they are sent again in the next life. */
  readonly unanswered: Asked[];
  /** The kinds of the changes that were acknowledged. */
  readonly changes: readonly string[];
}

/** Far more than any point needs to be passed 25 times. */
const MOST_REQUESTS = 3000;
let sent = 0;

/** What the process has said of children: the tokens of all that were made, and of those that were revoked. */
const childrenOf = (output: string) => {
  const said = (kind: string) =>
    output.matchAll(new RegExp(`^grant\\.${kind} (\\S+)$`, 'gm')).map(([, token]) => token!);
  return { made: [...said('delegated')], revoked: new Set(said('revoked')) };
};

const draw = (house: CrashHouse, life: Life, random: Random, output: string): Asked => {
  sent += 1;
  const text = `crash-${sent}`;
  const { ample, scarce, chain } = house.template;
  const { made, revoked } = childrenOf(output);
  const held = chain.slice(1).map(({ token }) => token);
  const given = random.chance(life.scarce) ? scarce.token : ample.token;
  const delegated = [...held, ...made.slice(-4), ...[...revoked].slice(-1)];
  const token = random.chance(life.delegated) ? random.pick(delegated) : given;
  const stream = random.chance(life.streams);
  return {
    text,
    body: chatOf(text, { stream, max_tokens: 5 + random.upTo(40) }),
    token,
    headers: random.chance(life.keyed) ? { 'idempotency-key': text } : {},
    leaves: random.chance(life.leaving),
    isLate: revoked.has(token),
  };
};

/** Is the other process: nothing can be committed while it has the database. What is forwarded too early dies without its admission. */
const holdUp = async (dataDir: string, random: Random, isOver: () => boolean): Promise<void> => {
  const other = new DatabaseSync(join(dataDir, 'valetkey.sqlite'), { timeout: 20_000 });
  while (!isOver()) {
    other.exec('begin immediate');
    await delay(random.upTo(30));
    other.exec('rollback');
    // SQLite asks again every 100 ms at last: with less room between, a commit may find none within its five seconds.
    await delay(10);
  }
  other.close();
};

/** Starts a process for this life, loads it until it is dead, and tells what was seen. */
export async function liveAndDie(
  house: CrashHouse,
  life: Life,
  random: Random,
  again: readonly Asked[],
): Promise<Seen> {
  const { chunks, gapMs } = life;
  house.template.simulator.script({ when: { stream: true }, times: Number.POSITIVE_INFINITY, chunks, gapMs });
  const { url, broker } = await house.start(life);
  const seen = {
    answered: new Set<string>(),
    refused: new Set<string>(),
    late: new Set<string>(),
    unanswered: [] as Asked[],
  };
  const waiting = [...again];
  let isDead = false;
  void broker.ended.then(() => {
    isDead = true;
  });
  const mostSent = sent + MOST_REQUESTS;
  const caller = async () => {
    while (!isDead && sent < mostSent) {
      const asked = waiting.pop() ?? draw(house, life, random, broker.output());
      if (asked.isLate) seen.late.add(asked.text);
      const leaving = asked.leaves ? AbortSignal.timeout(1 + random.upTo(8)) : undefined;
      try {
        const answer = await post(url, asked.token, asked.body, undefined, leaving, asked.headers);
        if (answer.status === 200) seen.answered.add(asked.text);
        if (answer.status === 402) seen.refused.add(asked.text);
        if (!answer.isWhole && 'idempotency-key' in asked.headers) seen.unanswered.push(asked);
      } catch {
        if ('idempotency-key' in asked.headers) seen.unanswered.push(asked);
        if (!leaving?.aborted) await Promise.race([broker.ended, delay(50)]);
      }
    }
  };
  const callers = Array.from({ length: life.callers }, caller);
  await Promise.all([
    ...callers,
    life.slow ? holdUp(house.dataDir, random, () => isDead || sent >= mostSent) : null,
  ]);
  const changes = broker
    .output()
    .split('\n')
    .flatMap((line) => /^(?:grant|provider_key)\.\w+/.exec(line) ?? []);
  if (!isDead) await broker.stop('SIGKILL');
  if (!isDead || sent >= mostSent)
    throw new Error(`${life.point} was not passed ${life.times} times: ${broker.output()}`);
  if ((await broker.ended) !== null) throw new Error(`it ended by itself: ${broker.output()}`);
  return { ...seen, changes };
}
