// A link that is in memory: what is stored of it, its counters, and its place in the chain.

import { type Limit, limitIndex } from '@valetkey/core';
import type { LimitReset, Link, UsedLimit } from '../contract.ts';
import type { Counters } from './counters.ts';
import { isSameLimit } from './limit-resets.ts';

/** A limit with its place among the counters, and its reset, which may be of a window that has ended. */
export interface IndexedLimit extends Limit {
  readonly index: number;
  readonly reset: LimitReset | null;
}

/** One link in memory. There is never more than one object of a link, and it never outlives its ancestors there. */
export class ResidentLink {
  readonly counters: Counters;
  /** From the provider key down to this link, itself included. A link never moves to another parent. */
  readonly path: readonly ResidentLink[];
  #link: Link;
  #limits: readonly IndexedLimit[] = [];

  constructor(link: Link, parent: ResidentLink | null, counters: Counters) {
    this.#link = link;
    this.counters = counters;
    this.path = [...(parent?.path ?? []), this];
    this.replace(link);
  }

  get link(): Link {
    return this.#link;
  }

  get limits(): readonly IndexedLimit[] {
    return this.#limits;
  }

  /** Puts a newer version in the place of the link. */
  replace(link: Link): void {
    this.#link = link;
    this.#limits = link.limits.map((limit) => ({
      ...limit,
      index: limitIndex(limit.unit, limit.per),
      reset: link.resets.find((reset) => isSameLimit(reset, limit)) ?? null,
    }));
  }

  /** What counts against a limit of what is settled now: all of it, or what came after its reset in this window. */
  settledOf(limit: IndexedLimit): number {
    return this.counters.settled[limit.index]! - (this.#resetOf(limit)?.amount ?? 0);
  }

  /** Its limits as they are used now. */
  usedLimits(): readonly UsedLimit[] {
    const { id: linkId, grantId, limits } = this.#link;
    return this.#limits.map((indexed, place) => ({
      linkId,
      grantId,
      limit: limits[place]!,
      settled: this.settledOf(indexed),
      resetAtMs: this.#resetOf(indexed)?.atMs ?? null,
    }));
  }

  /** The reset of a limit, if it is of the window that is open. */
  #resetOf({ index, reset }: IndexedLimit): LimitReset | null {
    return reset?.windowStartMs === this.counters.startMs(index) ? reset : null;
  }

  /** What is left of a limit now; negative when the limit was lowered below what was spent. */
  roomOf(limit: IndexedLimit): number {
    return limit.amount - this.settledOf(limit) - this.counters.held[limit.index]!;
  }
}

/** Where links are found by id. There is one shelf per writer; what stands on it is never older than the writer's last commit. */
export interface LinkShelf {
  /** The link with its ancestors; null if there is none. */
  get(linkId: string): ResidentLink | null;
  /** Takes in a new link, or the new version of a known one. */
  put(link: Link): void;
  /** Remembers that the counters along the path of this link differ from what is stored. */
  touch(leaf: ResidentLink): void;
}
