// One life of a gate's process, as its seed draws it: where it is killed, and what is asked of it until then.

import type { Random } from '../sim/random.ts';
import type { CallPoint } from './fault-point-names.ts';

/** See the top of this file. Shares are probabilities of each request. */
export interface Life {
  readonly point: CallPoint;
  /** At which passing of the point it is killed. */
  readonly times: number;
  /** Callers at the same time, each asking again when it is answered. */
  readonly callers: number;
  readonly streams: number;
  /** Pieces of a stream, and milliseconds between them. */
  readonly chunks: number;
  readonly gapMs: number;
  /** On the grant that has little left and is raised, reset and suspended while calls run. */
  readonly scarce: number;
  /** By grants that are delegated, one to four levels below their owner's; some are made and revoked while calls run. */
  readonly delegated: number;
  /** With an Idempotency-Key. */
  readonly keyed: number;
  /** Whose caller goes away in the middle. */
  readonly leaving: number;
  /** Whether the owner changes things meanwhile. */
  readonly changes: boolean;
  /** Whether commits are slow, because another process holds the database for some milliseconds again and again. */
  readonly slow: boolean;
  /** Journal entries between two checkpoints of a balance. */
  readonly checkpointEntries: number;
}

/** What must be drawn for a point to be passed at all. */
const needs = (point: CallPoint): Partial<Life> => {
  if (point === 'key.claimed') return { keyed: 0.5 };
  return /^(change|delegation|revocation)\./.test(point) ? { changes: true } : {};
};

/** Draws a life that is killed at `point`. */
export const drawLife = (random: Random, point: CallPoint): Life => ({
  point,
  times: 1 + random.upTo(24),
  callers: 1 + random.upTo(15),
  streams: random.pick([0.2, 0.5, 0.9]),
  chunks: 1 + random.upTo(5),
  gapMs: random.upTo(2),
  scarce: random.pick([0, 0.3]),
  delegated: random.pick([0, 0.3, 0.7]),
  keyed: random.pick([0, 0.2]),
  leaving: random.pick([0, 0, 0.2]),
  changes: random.chance(0.4),
  slow: random.chance(0.3),
  checkpointEntries: 5 + random.upTo(200),
  ...needs(point),
});
