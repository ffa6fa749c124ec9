// Callers that ask one replica after the other without a pause until they are told to end, and what they were answered.

import { expect } from 'vitest';
import type { Fleet, FleetGrant } from './fleet.ts';

/** What callers were told, by status; `broken` are connections that ended without an answer. */
export interface Told {
  readonly statuses: Map<number | 'broken', number>;
  /** The longest that anyone waited for an answer. */
  longestMs: number;
}

/** Running callers. */
export interface Load {
  readonly told: Told;
  count(status: number | 'broken'): number;
  /** Ends the callers once each has its answer. */
  end(): Promise<Told>;
}

const PAUSE_MS = 5;

/** Nobody was told anything else. On a machine that is too busy a commit or a connection may come too late: a 503, which costs nothing. */
export const expectOnly = (
  { statuses }: Pick<Told, 'statuses'>,
  expected: readonly (number | 'broken')[],
): void =>
  expect([...statuses.keys()].filter((status) => status !== 503 && !expected.includes(status))).toEqual([]);

/** Starts `callers` for each of the replicas; every fourth request is a stream. */
export function startLoad(fleet: Fleet, grant: FleetGrant, replicas: readonly number[], callers = 4): Load {
  const told: Told = { statuses: new Map(), longestMs: 0 };
  let isOver = false;
  const count = (status: number | 'broken') => told.statuses.get(status) ?? 0;
  const call = async (at: number, fields: object) => {
    const startedAt = performance.now();
    const status = await fleet.ask(at, grant, fields).then(
      (answer) => answer.status,
      () => 'broken' as const,
    );
    told.statuses.set(status, count(status) + 1);
    told.longestMs = Math.max(told.longestMs, performance.now() - startedAt);
  };
  const run = async (at: number) => {
    for (let sent = 0; !isOver; sent += 1) {
      await call(at, sent % 4 === 3 ? { stream: true } : {});
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const running = replicas.flatMap((at) => Array.from({ length: callers }, () => run(at)));
  return {
    told,
    count,
    async end() {
      isOver = true;
      await Promise.all(running);
      return told;
    },
  };
}
