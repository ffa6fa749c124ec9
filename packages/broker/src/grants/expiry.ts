// When a grant ends by time: at the end that its terms name, or when nobody has used it, or anything below it, for as long as the house
// allows. Both are one moment in its link, so an admission decides on it exactly; this file moves it on with use, writes down what ended and
// ends what a revocation that broke off has left.

import { setTimeout as delay } from 'node:timers/promises';
import type { ModelAccess } from '@valetkey/core';
import { type Kysely, type Selectable, type SqlBool, sql, type Updateable } from 'kysely';
import type { Ambient } from '../clock.ts';
import type { EntryInput, Ledger, Link, LinkChange } from '../ledger/contract.ts';
import type { GrantsTable, LinksTable, Schema } from '../store/schema.ts';
import type { LiveGrant } from './contract.ts';
import { compiled } from './grant-rows.ts';

/** What the rule needs. `idleMs` is how long a grant may stand unused; null for ever. */
export interface ExpiryDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly ambient: Ambient;
  readonly idleMs: number | null;
}

const MINUTE_MS = 60_000;

/** A grant that is used ends so much later than it had to, so that not every use has to be written down. */
const SLACK_MS = 24 * 60 * MINUTE_MS;

/** With less left the ledger alone decides: clocks of replicas differ by a minute at the most, and what has ended MUST NOT be brought back. */
const TOO_LATE_MS = MINUTE_MS;

/** A revocation that began longer ago is not at work any more: what it has not ended, it has left. */
const REVOKED_BEFORE_MS = 10 * MINUTE_MS;

const PAGE = 50;

/** Between two pages calls have the time to themselves: a look at a million grants takes half an hour, and some hundredths of the thread. */
const PAUSE_MS = 100;

/** The earlier of two ends; null is none. */
export const earlier = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

type Ends = Pick<Link, 'expiresAtMs'> & { readonly access: ModelAccess | null };
type Row = Selectable<LinksTable>;
/** A link of a grant that has not ended as far as is written down, and when the grant above it was revoked. */
type TendedRow = Row & { readonly parent_grant_id: string | null; readonly parent_revoked_at: number | null };

const endsOf = (row: Row): Ends => ({
  expiresAtMs: row.expires_at,
  access: JSON.parse(row.access ?? 'null') as ModelAccess | null,
});

/** Whether a grant ends because nobody used it: then its end is not the one that its terms name. */
const isIdleEnd = ({ expiresAtMs, access }: Ends): boolean =>
  expiresAtMs !== null && expiresAtMs !== (access?.expiresAtMs ?? null);

/** Grants that have not ended as far as is written down. */
const unended = (db: Kysely<Schema>) =>
  db.selectFrom('grants').where('grants.status', '=', 'active').where('grants.expired_at', 'is', null);

/** Whether the terms of a link name just this end. Within a text of JSON every quote is escaped: what is found is a member. */
const termsEnd = (end: ReturnType<typeof sql<string>>) =>
  sql<SqlBool>`(links.access like '%"expiresAtMs":' || ${end} || ',%' or links.access like '%"expiresAtMs":' || ${end} || '}%')`;

const AS_TERMS_SAY = termsEnd(sql`coalesce(cast(links.expires_at as text), 'null')`);
const TERMS_HAVE_NO_END = termsEnd(sql`'null'`);

/** See the head of this file. */
export class Expiry {
  readonly #deps: ExpiryDeps;
  readonly #renewals = new Map<string, Promise<boolean>>();

  constructor(deps: ExpiryDeps) {
    this.#deps = deps;
  }

  /** The end of a link with these terms that is made, changed or used now. */
  endOf(access: ModelAccess, nowMs = this.#deps.ambient.now()): number | null {
    const { idleMs } = this.#deps;
    return earlier(access.expiresAtMs, idleMs === null ? null : nowMs + idleMs + SLACK_MS);
  }

  /** From when on a use has to be written down, so that the grant ends no sooner than the house allows after it. */
  renewAtMs(links: readonly Ends[]): number {
    const nowMs = this.#deps.ambient.now();
    const each = links.map((link) => {
      if (link.access === null) return Number.POSITIVE_INFINITY;
      if (this.#isUnaligned(link, nowMs)) return 0;
      return isIdleEnd(link) ? link.expiresAtMs! - (this.#deps.idleMs ?? 0) : Number.POSITIVE_INFINITY;
    });
    return Math.min(...each);
  }

  /**
   * Writes down that the grant is used, which uses every grant above it. False if there was nothing to write: it has ended or is about to,
   * or another did it. MUST be asked before the admission, so that nothing is forwarded whose use could be forgotten.
   */
  renew({ grant, parts }: LiveGrant): Promise<boolean> {
    const known = this.#renewals.get(grant.id);
    if (known) return known;
    const linkIds = parts.flatMap(({ chain }) => chain.map(({ linkId }) => linkId));
    const renewal = this.#renewLinks(linkIds).finally(() => this.#renewals.delete(grant.id));
    this.#renewals.set(grant.id, renewal);
    return renewal;
  }

  /**
   * Writes down which grants have ended by time, once, gives those an end that the house wants to have one, and revokes what stands alive
   * below what was revoked: it was made in that same moment and never of use. Stops soon after `stopping` says so.
   */
  async tend(stopping?: AbortSignal): Promise<void> {
    for (let after = ''; !stopping?.aborted; ) {
      const { db } = this.#deps;
      const page = await unended(db)
        .select('grants.id')
        .where('grants.id', '>', after)
        .orderBy('grants.id')
        .limit(PAGE)
        .execute();
      const last = page.at(-1);
      if (!last) return;
      await this.#tendThose(after, last.id);
      if (page.length < PAGE) return;
      after = last.id;
      await delay(PAUSE_MS);
    }
  }

  /** Those of the grants after `after` up to `last` that may need it: nearly none does, and the database passes over the others far faster. */
  async #tendThose(after: string, last: string): Promise<void> {
    const links = unended(this.#deps.db)
      .innerJoin('links', 'links.grant_id', 'grants.id')
      .leftJoin('grants as parents', 'parents.id', 'grants.parent_grant_id');
    const found = await links
      .select('grants.id')
      .distinct()
      .where('grants.id', '>', after)
      .where('grants.id', '<=', last)
      .where(this.#mayNeedTending(this.#deps.ambient.now()))
      .execute();
    if (found.length === 0) return;
    // One statement, so that what has been ended meanwhile, by another replica too, is not among it.
    const rows = await links
      .selectAll('links')
      .select(['grants.parent_grant_id', 'parents.revoked_at as parent_revoked_at'])
      .where(
        'grants.id',
        'in',
        found.map(({ id }) => id),
      )
      .execute();
    for (const each of Map.groupBy(rows, ({ grant_id }) => grant_id).values()) await this.#tendGrant(each);
  }

  /** True of every link that `#tendGrant` does something about, and of some others. */
  #mayNeedTending(nowMs: number) {
    const { idleMs } = this.#deps;
    const isUnaligned =
      idleMs === null
        ? sql<SqlBool>`not ${AS_TERMS_SAY}`
        : sql<SqlBool>`(links.expires_at is null or links.expires_at > ${nowMs + idleMs + SLACK_MS}
            or not (${AS_TERMS_SAY} or ${TERMS_HAVE_NO_END}))`;
    return sql<SqlBool>`(parents.revoked_at is not null or links.expires_at <= ${nowMs} or ${isUnaligned})`;
  }

  async #tendGrant(links: readonly TendedRow[]): Promise<void> {
    const nowMs = this.#deps.ambient.now();
    const { grant_id, owner_id: ownerId, parent_grant_id, parent_revoked_at } = links[0]!;
    const grantId = grant_id!;
    if (parent_revoked_at !== null && parent_revoked_at <= nowMs - REVOKED_BEFORE_MS) {
      const entry = {
        ownerId,
        kind: 'grant.revoked',
        grantId,
        body: { by: 'broker', root: parent_grant_id },
      };
      const end = { status: 'revoked', revoked_at: parent_revoked_at };
      return this.#writeEnd(entry, links, end, { status: 'revoked' });
    }
    const ended = links.filter(({ expires_at }) => expires_at !== null && expires_at <= nowMs);
    if (ended.length === links.length) {
      const endedAtMs = Math.max(...ended.map(({ expires_at }) => expires_at!));
      const because = ended.some((row) => isIdleEnd(endsOf(row))) ? 'unused' : 'time';
      const entry = { ownerId, kind: 'grant.expired', grantId, body: { because, expired_at: endedAtMs } };
      return this.#writeEnd(entry, links, { expired_at: endedAtMs }, {});
    }
    const unaligned = links.filter(
      (row) => row.status !== 'revoked' && this.#isUnaligned(endsOf(row), nowMs),
    );
    if (unaligned.length > 0) await this.#move(unaligned, nowMs);
  }

  /** On one replica only: the versions are raised, so whoever comes second finds them stale. */
  async #writeEnd(
    entry: EntryInput,
    links: readonly Row[],
    end: Updateable<GrantsTable>,
    set: Extract<LinkChange, { kind: 'update' }>['set'],
  ): Promise<void> {
    const { db, ledger } = this.#deps;
    await ledger.change({
      expects: links.map(({ id: linkId, version }) => ({ linkId, version })),
      links: links.map(({ id: linkId }): LinkChange => ({ kind: 'update', linkId, set })),
      rows: [compiled(db.updateTable('grants').set(end).where('id', '=', entry.grantId!))],
      entries: [entry],
    });
  }

  /** Whether the house wants it to end unused at another time than it does: its setting changed, or the link is older than the rule. */
  #isUnaligned({ expiresAtMs, access }: Ends, nowMs: number): boolean {
    if (access === null || (expiresAtMs !== null && expiresAtMs <= nowMs)) return false;
    const latest = this.endOf(access, nowMs);
    if (latest === null || this.#deps.idleMs === null) return expiresAtMs !== latest;
    return expiresAtMs === null || expiresAtMs > latest;
  }

  async #renewLinks(linkIds: readonly string[]): Promise<boolean> {
    const nowMs = this.#deps.ambient.now();
    const all = this.#deps.db.selectFrom('links').selectAll().where('grant_id', 'is not', null);
    const rows = await all.where('id', 'in', [...new Set(linkIds)]).execute();
    if (rows.some(({ expires_at }) => expires_at !== null && expires_at - nowMs < TOO_LATE_MS)) return false;
    const due = rows.filter((row) => this.renewAtMs([endsOf(row)]) <= nowMs);
    return due.length > 0 && this.#move(due, nowMs);
  }

  async #move(rows: readonly Row[], nowMs: number): Promise<boolean> {
    const links = rows.map(
      (row): LinkChange => ({
        kind: 'update',
        linkId: row.id,
        set: { expiresAtMs: this.endOf(endsOf(row).access!, nowMs) },
      }),
    );
    const expects = rows.map(({ id: linkId, version }) => ({ linkId, version }));
    return (await this.#deps.ledger.change({ expects, links, rows: [], entries: [] })).ok;
  }
}
