// Stops of everything, of an app or of a provider key, until the owner resumes them. Every one and every resumption is decided on the versions
// of the owner's provider keys and raises them, so that of two that race one reads what the other did, and what is made meanwhile is made anew.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Kysely } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Change, EntryInput, Ledger, LinkChange, LinkReading } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type { GrantRefusal, Stop, StopEffect, Stopped, StopTarget } from './contract.ts';
import { grantIdOf, touchLink } from './grant-links.ts';
import { compiled, readDescendantIds } from './grant-rows.ts';

/** What stops need. `onStopped` cuts what runs and says how many calls that were; `onResumed` forgets what was read. */
export interface StopsDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly ambient: Ambient;
  readonly onStopped: (stopped: Stopped) => number;
  readonly onResumed: (ownerId: string) => void;
}

/** The links of an owner's provider keys as they were read. */
interface Root {
  readonly id: string;
  readonly version: number;
  readonly status: string;
}

/** What decides whether something may be made or resumed. MUST be read before anything that is then written with `expects`. */
export interface Standing {
  readonly stops: readonly Stop[];
  readonly expects: readonly LinkReading[];
}

const MOST_TRIES = 5;

/** Links of an app that are stopped or resumed in one change: other owners are served between two of them. */
const LINKS_AT_ONCE = 1000;

const refuse = (reason: GrantRefusal['reason'], detail: string) => fail<GrantRefusal>({ reason, detail });
const BUSY = refuse('unavailable', 'Too much changes at the moment. Try again shortly.');

const targetOf = (what: StopTarget): string =>
  what.scope === 'app' ? what.clientId : what.scope === 'provider_key' ? what.providerKeyId : '';

const toTarget = (scope: string, target: string): StopTarget => {
  if (scope === 'app') return { scope, clientId: target };
  if (scope === 'provider_key') return { scope, providerKeyId: target };
  return { scope: scope === 'suspension' ? scope : 'everything' };
};

/** Whether it stops all that an owner has. */
const isWhole = ({ scope }: StopTarget): boolean => scope === 'everything' || scope === 'suspension';

const isSame = (one: StopTarget, other: StopTarget): boolean =>
  one.scope === other.scope && targetOf(one) === targetOf(other);

/** The stops that are in force for an owner, oldest first. */
export const readStops = async (db: Kysely<Schema>, ownerId: string): Promise<Stop[]> => {
  const rows = await db
    .selectFrom('stops')
    .selectAll()
    .where('owner_id', '=', ownerId)
    .orderBy('began_at')
    .execute();
  return rows.map(({ id, scope, target, began_at }) => ({
    id,
    what: toTarget(scope, target),
    beganAtMs: began_at,
  }));
};

const readRoots = (db: Kysely<Schema>, ownerId: string): Promise<Root[]> =>
  db
    .selectFrom('provider_keys')
    .innerJoin('links', 'links.id', 'provider_keys.id')
    .select(['links.id', 'links.version', 'links.status'])
    .where('provider_keys.owner_id', '=', ownerId)
    .where('links.status', '!=', 'revoked')
    .execute();

const expecting = (roots: readonly Root[]): readonly LinkReading[] =>
  roots.map(({ id: linkId, version }) => ({ linkId, version }));

/** The stops of an owner, with what to expect so that a change made on them fails when they have changed. */
export const readStanding = async (db: Kysely<Schema>, ownerId: string): Promise<Standing> => {
  // In this order: a stop that lands in between has raised the versions.
  const roots = await readRoots(db, ownerId);
  return { stops: await readStops(db, ownerId), expects: expecting(roots) };
};

/** Why nothing may be given to this app, or resumed for it, now; null if it may. */
export const whyStopped = (stops: readonly Stop[], clientId: string | null): string | null => {
  if (stops.some(({ what }) => isWhole(what))) return 'Everything is stopped. Resume it first.';
  const isAppStopped = stops.some(({ what }) => what.scope === 'app' && what.clientId === clientId);
  return isAppStopped ? 'This app is stopped. Resume it first.' : null;
};

/** See the head of this file. */
export class Stops {
  readonly #deps: StopsDeps;

  constructor(deps: StopsDeps) {
    this.#deps = deps;
  }

  /** Stops what is named. Repeating it stops what an earlier attempt that broke off left. */
  async begin(ownerId: string, what: StopTarget): Promise<Result<StopEffect, GrantRefusal>> {
    const { db } = this.#deps;
    let callsCut = 0;
    let links = 0;
    for (let tries = 0; tries < MOST_TRIES; ) {
      const roots = await readRoots(db, ownerId);
      const stop = (await readStops(db, ownerId)).find((each) => isSame(each.what, what));
      const refusal = stop ? null : await this.#whyNot(ownerId, what, roots);
      if (refusal) return fail(refusal);
      const stopping = await this.#toStop(ownerId, what, roots);
      if (stop && stopping.length === 0) return this.#effect(ownerId, stop, links, callsCut);
      const changed = await this.#change(roots, stopping, 'stopped', {
        rows: stop ? [] : [this.#rowOf(ownerId, what)],
        entries: stop ? [] : [entryOf(ownerId, 'stop.began', what)],
        onDurable: () => {
          callsCut += this.#deps.onStopped(stoppedBy(what, stopping));
        },
      });
      if (changed === 'refused') return BUSY;
      if (changed === 'stale') tries += 1;
      else links += stopping.length;
    }
    return BUSY;
  }

  /** Brings back exactly what the stop stopped: not what is paused by itself, has ended, or is held by another stop. */
  async end(ownerId: string, stopId: string | null): Promise<Result<Stop, GrantRefusal>> {
    const { db } = this.#deps;
    for (let tries = 0; tries < MOST_TRIES; ) {
      const roots = await readRoots(db, ownerId);
      const stops = await readStops(db, ownerId);
      const stop = stops.find(({ id, what }) =>
        what.scope === 'suspension' ? stopId === null : id === stopId,
      );
      if (!stop) return refuse('not_found', 'There is no such stop, or it has ended.');
      const others = stops.filter((each) => each !== stop).map((each) => each.what);
      const resuming = await this.#toResume(ownerId, stop.what, roots, others);
      // What is left of a large app comes with the next change; the stop ends with the last.
      const isLast = resuming.length < LINKS_AT_ONCE;
      const row = db.deleteFrom('stops').where('id', '=', stop.id);
      const changed = await this.#change(roots, resuming, 'active', {
        rows: isLast ? [compiled(row)] : [],
        entries: isLast ? [entryOf(ownerId, 'stop.ended', stop.what)] : [],
      });
      if (changed === 'refused') return BUSY;
      if (changed === 'stale') tries += 1;
      this.#deps.onResumed(ownerId);
      if (changed === 'done' && isLast) return succeed(stop);
    }
    return BUSY;
  }

  async #whyNot(ownerId: string, what: StopTarget, roots: readonly Root[]): Promise<GrantRefusal | null> {
    if (what.scope === 'provider_key') {
      if (roots.some(({ id }) => id === what.providerKeyId)) return null;
      return { reason: 'not_found', detail: 'There is no such provider key.' };
    }
    if (what.scope !== 'app') return null;
    const ofApp = this.#deps.db.selectFrom('grants').select('id').where('owner_id', '=', ownerId);
    const known = await ofApp.where('client_id', '=', what.clientId).limit(1).executeTakeFirst();
    return known ? null : { reason: 'not_found', detail: 'No access was ever given to such an app.' };
  }

  /** Links that the stop still has to take. */
  async #toStop(ownerId: string, what: StopTarget, roots: readonly Root[]): Promise<readonly LinkReading[]> {
    if (what.scope === 'app') return this.#linksOfApp(ownerId, what.clientId, 'active');
    const active = roots.filter(({ status }) => status === 'active');
    return expecting(active.filter(({ id }) => what.scope !== 'provider_key' || id === what.providerKeyId));
  }

  /** Links that nothing but this stop holds. */
  async #toResume(
    ownerId: string,
    what: StopTarget,
    roots: readonly Root[],
    others: readonly StopTarget[],
  ): Promise<readonly LinkReading[]> {
    if (what.scope === 'app') return this.#linksOfApp(ownerId, what.clientId, 'stopped');
    if (others.some(isWhole)) return [];
    const held = new Set(others.map(targetOf));
    const stopped = roots.filter(({ id, status }) => status === 'stopped' && !held.has(id));
    return expecting(stopped.filter(({ id }) => what.scope !== 'provider_key' || id === what.providerKeyId));
  }

  #linksOfApp(ownerId: string, clientId: string, status: string): Promise<LinkReading[]> {
    return this.#deps.db
      .selectFrom('grants')
      .innerJoin('links', 'links.grant_id', 'grants.id')
      .select(['links.id as linkId', 'links.version as version'])
      .where('grants.owner_id', '=', ownerId)
      .where('grants.client_id', '=', clientId)
      .where('links.status', '=', status)
      .limit(LINKS_AT_ONCE)
      .execute();
  }

  /** One step: these links, and all versions that others decide on. */
  async #change(
    roots: readonly Root[],
    readings: readonly LinkReading[],
    status: 'active' | 'stopped',
    rest: Omit<Change, 'links' | 'expects'>,
  ): Promise<'done' | 'stale' | 'refused'> {
    const changing = new Set(readings.map(({ linkId }) => linkId));
    const others = roots.filter(({ id }) => !changing.has(id));
    const links: LinkChange[] = [
      ...others.map(({ id }) => touchLink(id)),
      ...readings.map(({ linkId }) => ({ kind: 'update' as const, linkId, set: { status } })),
    ];
    // An owner without a provider key has nothing that could be made meanwhile.
    if (links.length === 0 && rest.entries.length === 0) return 'done';
    const expects = [...expecting(others), ...readings];
    const changed = await this.#deps.ledger.change({ ...rest, links, expects });
    if (changed.ok) return 'done';
    return changed.error.reason === 'stale' ? 'stale' : 'refused';
  }

  #rowOf(ownerId: string, what: StopTarget) {
    const { db, ambient } = this.#deps;
    const row = {
      id: randomId(ambient, 'st_'),
      owner_id: ownerId,
      scope: what.scope,
      target: targetOf(what),
      began_at: ambient.now(),
    };
    return compiled(
      db
        .insertInto('stops')
        .values(row)
        .onConflict((clash) => clash.doNothing()),
    );
  }

  async #effect(ownerId: string, stop: Stop, links: number, callsCut: number) {
    const { what } = stop;
    const grants = links === 0 ? 0 : await this.#countGrants(ownerId, what);
    return succeed({ stop, grants, callsCut });
  }

  /** Grants that can not be used now because of the stop, and could if it were not there. */
  async #countGrants(ownerId: string, what: StopTarget): Promise<number> {
    const { db, ambient } = this.#deps;
    let query = db
      .selectFrom('grants')
      .innerJoin('links', 'links.grant_id', 'grants.id')
      .select((found) => found.fn.count<number>('grants.id').distinct().as('count'))
      .where('grants.owner_id', '=', ownerId)
      .where(({ or, eb }) =>
        or([eb('links.expires_at', 'is', null), eb('links.expires_at', '>', ambient.now())]),
      );
    if (what.scope === 'provider_key') query = query.where('links.provider_key_id', '=', what.providerKeyId);
    if (what.scope !== 'app') {
      const { count } = await query.where('links.status', '=', 'active').executeTakeFirstOrThrow();
      return Number(count);
    }
    const own = query
      .clearSelect()
      .select('grants.id')
      .distinct()
      .where('grants.client_id', '=', what.clientId)
      .where('links.status', '=', 'stopped');
    const ids = (await own.execute()).map(({ id }) => id);
    const below = await readDescendantIds(db, ids, ['active']);
    return new Set([...ids, ...below]).size;
  }
}

const stoppedBy = (what: StopTarget, readings: readonly LinkReading[]): Stopped => {
  const linkIds = readings.map(({ linkId }) => linkId);
  const isApp = what.scope === 'app';
  return {
    grantIds: isApp ? linkIds.map(grantIdOf) : [],
    providerKeyIds: isApp ? [] : linkIds,
    as: 'suspended',
  };
};

const entryOf = (ownerId: string, kind: string, what: StopTarget): EntryInput => ({
  ownerId,
  kind,
  body: {
    scope: what.scope,
    ...(what.scope === 'app' && { client_id: what.clientId }),
    ...(what.scope === 'provider_key' && { provider_key_id: what.providerKeyId }),
  },
});
