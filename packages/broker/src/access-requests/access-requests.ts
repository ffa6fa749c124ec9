// Makes, withdraws and decides requests for more. Every step names the versions it was decided on and raises that of one link of the grant,
// so that the ledger lets one of any number of concurrent steps through: no two decisions, and none on a grant that has ended meanwhile.

import {
  checkGiven,
  fail,
  formatAccess,
  formatUsd,
  type Limit,
  type ModelAccess,
  parseAccess,
  type Result,
  succeed,
} from '@valetkey/core';
import type { Kysely } from 'kysely';
import { type Ambient, timedId } from '../clock.ts';
import { sha256 } from '../digest.ts';
import type { Grants, LiveGrant } from '../grants/contract.ts';
import { replaceTerms, touchLink } from '../grants/grant-links.ts';
import { accessInJournal, compiled, readReadings } from '../grants/grant-rows.ts';
import { HOUSE_MAX_NANOS } from '../grants/house-max.ts';
import type { Change, EntryInput, Ledger, Link, LinkChange } from '../ledger/contract.ts';
import type { Schema } from '../store/schema.ts';
import type {
  AccessRequest,
  AccessRequests,
  NewAccessRequest,
  Proposal,
  ProposedChange,
  RequestDecision,
  RequestRefusal,
} from './contract.ts';
import { changesOf, type GrantState, readState, usedOf } from './grant-state.ts';
import { hashShown } from './proposal.ts';
import {
  type RequestRow,
  readOwnerRows,
  readRecent,
  readRow,
  statusOf,
  toRequest,
  type UsedThen,
} from './request-rows.ts';

/** What the room stands on. */
export interface AccessRequestsDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change' | 'link' | 'balances'>;
  readonly grants: Pick<Grants, 'reread' | 'forgetOwner' | 'endOf'>;
  readonly ambient: Ambient;
}

const HOUR_MS = 60 * 60 * 1000;
/** How long an owner has to decide. */
const LIFE_MS = 24 * HOUR_MS;
const KEPT_MS = 90 * 24 * HOUR_MS;
/** Requests of one grant that wait at the same time: a page that asks ten things is not read. */
const MOST_PENDING = 5;
/** Requests of one grant in a day, decided ones too: nobody wears an owner down. */
const MOST_A_DAY = 20;
/** How often a step is tried again when the grant changes meanwhile; more than can wait at the same time. */
const MOST_TRIES = 2 * MOST_PENDING;

const refuse = (reason: RequestRefusal['reason'], detail: string) => fail<RequestRefusal>({ reason, detail });

const ENDED = refuse('not_active', 'The grant has ended.');
const UNSETTLED = refuse('unavailable', 'The grant keeps changing. Try again shortly.');
const NOT_FOUND = refuse('not_found', 'There is no such request.');

/** What a step writes besides the request's own row. */
interface Step {
  readonly links: readonly LinkChange[];
  readonly entries: readonly EntryInput[];
  readonly given: readonly ModelAccess[] | null;
  /** Of the journal entry of the step itself. */
  readonly body: object;
}

const hashAsked = (asked: readonly ModelAccess[]): string => sha256(JSON.stringify(asked.map(formatAccess)));

/** The reasons stand in the message: two requests that differ in words alone ask the same. */
const withoutWords = (asked: readonly ModelAccess[]): readonly ModelAccess[] =>
  asked
    .map((access) => ({ ...access, reason: null }))
    .sort((left, right) => (left.provider < right.provider ? -1 : 1));

const isTooMuch = ({ unit, amount }: Limit): boolean => unit === 'usd' && amount > HOUSE_MAX_NANOS;

const isOver = (link: Link, nowMs: number): boolean =>
  link.status === 'revoked' || (link.expiresAtMs !== null && link.expiresAtMs <= nowMs);

/** What was denied is not asked again for as long as it would have waited, unless the owner is there and started it. */
const answers = (
  row: RequestRow,
  asked: readonly ModelAccess[],
  { via }: NewAccessRequest,
  nowMs: number,
): boolean => {
  const status = statusOf(row, nowMs);
  const isOpen = status === 'pending' || (status === 'denied' && via !== 'authorization');
  return isOpen && row.asked_hash === hashAsked(asked);
};

const checkNew = (
  state: GrantState,
  asked: readonly ModelAccess[],
  recent: readonly RequestRow[],
  nowMs: number,
): Result<void, RequestRefusal> => {
  const changes = changesOf(state, asked, usedOf(state, asked));
  if (changes.length === 0)
    return refuse('nothing_more', 'The grant allows all of that already. Ask for more than it has.');
  if (asked.some(({ limits }) => limits.some(isTooMuch)))
    return refuse('too_much', `A request may ask for at most ${formatUsd(HOUSE_MAX_NANOS)} in any period.`);
  if (changes.some(({ to }) => !parseAccess(formatAccess(to)).ok))
    return refuse('too_many', 'The grant would name more models than one grant can.');
  if (recent.filter((row) => statusOf(row, nowMs) === 'pending').length >= MOST_PENDING)
    return refuse('too_many', `${MOST_PENDING} requests of this grant wait already. Withdraw one first.`);
  if (recent.length >= MOST_A_DAY)
    return refuse('too_many', `This grant has asked ${MOST_A_DAY} times in the last 24 hours.`);
  return succeed(undefined);
};

const rowOf = (
  state: GrantState,
  asked: readonly ModelAccess[],
  { via, message }: NewAccessRequest,
  ambient: Ambient,
): RequestRow => ({
  id: timedId(ambient, 'more_'),
  owner_id: state.live.grant.ownerId,
  grant_id: state.live.grant.id,
  via,
  asked: JSON.stringify(asked),
  asked_hash: hashAsked(asked),
  message,
  used: JSON.stringify(usedOf(state, asked)),
  status: 'pending',
  given: null,
  created_at: ambient.now(),
  expires_at: ambient.now() + LIFE_MS,
  decided_at: null,
});

/** The words are not in the journal: their hash tells whether they were these. */
const madeEntry = (row: RequestRow, asked: readonly ModelAccess[]): EntryInput => ({
  ownerId: row.owner_id,
  kind: 'request.made',
  grantId: row.grant_id,
  body: {
    request_id: row.id,
    via: row.via,
    authorization_details: asked.map(accessInJournal),
    message_sha256: row.message === null ? null : sha256(row.message),
  },
});

const checkAllGiven = (
  given: readonly ModelAccess[],
  asked: readonly ModelAccess[],
): Result<void, RequestRefusal> => {
  const violations = given.flatMap((part) => {
    const of = asked.find(({ provider }) => provider === part.provider);
    if (!of) return [{ member: 'provider', message: `${part.provider} was not asked for` }];
    const checked = checkGiven(part, of);
    return checked.ok ? [] : checked.error;
  });
  const detail = violations.map(({ message }) => message).join('; ');
  return violations.length === 0 ? succeed(undefined) : fail({ reason: 'beyond_asked', detail, violations });
};

/** The changes that a request which is allowed makes. */
const giving = (
  state: GrantState,
  row: RequestRow,
  decision: RequestDecision & { readonly kind: 'allow' },
  nowMs: number,
  endOf: Grants['endOf'],
): Result<Step, RequestRefusal> => {
  const asked = JSON.parse(row.asked) as ModelAccess[];
  const { given = asked, unchangedGrantIds = [], shownHash = null } = decision;
  if (state.links.some((link) => isOver(link, nowMs))) return ENDED;
  const checked = checkAllGiven(given, asked);
  if (!checked.ok) return checked;
  const changes = changesOf(state, given, JSON.parse(row.used) as UsedThen[]).filter(
    ({ hop, isAsker }) => isAsker || !unchangedGrantIds.includes(hop.grantId),
  );
  if (changes.length === 0) return refuse('nothing_more', 'That changes nothing. Deny it, or allow more.');
  return succeed({
    links: changes.map(({ linkId, to }) => replaceTerms(linkId, to, endOf(to))),
    entries: changes.map((change) => editedEntry(row, change)),
    given,
    body: { shown_hash: shownHash, authorization_details: given.map(accessInJournal) },
  });
};

const editedEntry = ({ id, owner_id }: RequestRow, { hop, from, to }: ProposedChange): EntryInput => ({
  ownerId: owner_id,
  kind: 'grant.edited',
  grantId: hop.grantId,
  body: { from: accessInJournal(from), to: accessInJournal(to), request_id: id },
});

const proposalOf = (row: RequestRow, state: GrantState, nowMs: number): Omit<Proposal, 'rights'> => {
  const request = toRequest(row, nowMs);
  const changes = changesOf(state, request.asked, JSON.parse(row.used) as UsedThen[]);
  const proposal = { request, path: state.live.path, changes };
  return { ...proposal, shownHash: hashShown(proposal) };
};

class LedgerAccessRequests implements AccessRequests {
  readonly #db: Kysely<Schema>;
  readonly #ledger: AccessRequestsDeps['ledger'];
  readonly #grants: AccessRequestsDeps['grants'];
  readonly #ambient: Ambient;

  constructor({ db, ledger, grants, ambient }: AccessRequestsDeps) {
    this.#db = db;
    this.#ledger = ledger;
    this.#grants = grants;
    this.#ambient = ambient;
  }

  async make(input: NewAccessRequest): Promise<Result<AccessRequest, RequestRefusal>> {
    const asked = withoutWords(input.asked);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const live = await this.#grants.reread(input.grantId);
      if (live?.grant.status !== 'active' || input.holds?.(live) === false) return ENDED;
      const nowMs = this.#ambient.now();
      const state = await readState(live, asked, this.#ledger, nowMs);
      if (!state.ok) return state;
      const recent = await readRecent(this.#db, live.grant.id, nowMs - LIFE_MS);
      const known = recent.find((row) => answers(row, asked, input, nowMs));
      if (known) return succeed(toRequest(known, nowMs));
      const checked = checkNew(state.value, asked, recent, nowMs);
      if (!checked.ok) return checked;
      const row = rowOf(state.value, asked, input, this.#ambient);
      const insert = this.#db.insertInto('access_requests').values(row);
      const changed = await this.#change(state.value, [], insert, [madeEntry(row, asked)]);
      if (changed.ok) return succeed(toRequest(row, nowMs));
      if (changed.error !== 'stale') return refuse('unavailable', changed.error);
    }
    return UNSETTLED;
  }

  async ofGrant(grantId: string, id: string): Promise<AccessRequest | null> {
    const row = await readRow(this.#db, id);
    return row?.grant_id === grantId ? toRequest(row, this.#ambient.now()) : null;
  }

  async withdraw(grantId: string, id: string): Promise<Result<AccessRequest, RequestRefusal>> {
    const found = await this.ofGrant(grantId, id);
    if (!found) return NOT_FOUND;
    if (found.status === 'withdrawn') return succeed(found);
    return this.#finish(found, 'withdrawn', () => succeed({ links: [], entries: [], given: null, body: {} }));
  }

  async get(ownerId: string, id: string): Promise<AccessRequest | null> {
    const row = await readRow(this.#db, id);
    return row?.owner_id === ownerId ? toRequest(row, this.#ambient.now()) : null;
  }

  async list(ownerId: string, which: 'pending' | 'all'): Promise<readonly AccessRequest[]> {
    const nowMs = this.#ambient.now();
    const rows = await readOwnerRows(this.#db, ownerId, which === 'pending' ? nowMs : null);
    return rows.map((row) => toRequest(row, nowMs));
  }

  async proposal(ownerId: string, id: string): Promise<Proposal | null> {
    const row = await readRow(this.#db, id);
    if (row?.owner_id !== ownerId) return null;
    const nowMs = this.#ambient.now();
    const state = await this.#read(toRequest(row, nowMs));
    if (!state || state.links.some((link) => isOver(link, nowMs))) return null;
    const proposal = proposalOf(row, state, nowMs);
    return { ...proposal, rights: await this.#rightsOf(state.live, proposal) };
  }

  /** See `Proposal.rights`. */
  async #rightsOf(asker: LiveGrant, { changes }: Pick<Proposal, 'changes'>): Promise<Proposal['rights']> {
    const above = new Set(changes.map(({ hop }) => hop.grantId));
    above.delete(asker.grant.id);
    const read = await Promise.all([...above].map((grantId) => this.#grants.reread(grantId)));
    const grants = [asker, ...read.filter((live) => live !== null)];
    return new Map(grants.map(({ grant, parts }) => [grant.id, parts.map(({ access }) => access)]));
  }

  async decide(
    ownerId: string,
    id: string,
    decision: RequestDecision,
  ): Promise<Result<AccessRequest, RequestRefusal>> {
    const found = await this.get(ownerId, id);
    if (!found) return NOT_FOUND;
    const { kind, shownHash } = decision;
    const decided = await this.#finish(found, kind === 'deny' ? 'denied' : 'allowed', (state, row) => {
      const nowMs = this.#ambient.now();
      if (shownHash !== undefined && shownHash !== proposalOf(row, state, nowMs).shownHash)
        return refuse('changed', 'Something changed since this was shown.');
      if (kind === 'allow')
        return giving(state, row, decision, nowMs, (access) => this.#grants.endOf(access));
      return succeed({ links: [], entries: [], given: null, body: { shown_hash: shownHash ?? null } });
    });
    // What the grants above were raised to holds for every grant below them.
    if (decided.ok && kind === 'allow') this.#grants.forgetOwner(ownerId);
    return decided;
  }

  async purge(): Promise<void> {
    const overdue = this.#db.selectFrom('access_requests').select(['id', 'grant_id']);
    const unanswered = overdue.where('status', '=', 'pending').where('expires_at', '<=', this.#ambient.now());
    for (const { id, grant_id: grantId } of await unanswered.execute()) await this.#expire(id, grantId);
    const before = this.#ambient.now() - KEPT_MS;
    await this.#db.deleteFrom('access_requests').where('created_at', '<', before).execute();
  }

  /** Writes down that nobody decided in time; whoever comes second finds the versions old, and the next time that it is written. */
  async #expire(id: string, grantId: string): Promise<void> {
    const expects = await readReadings(this.#db, grantId);
    const row = await readRow(this.#db, id);
    if (row?.status !== 'pending') return;
    const body = { request_id: id, expired_at: row.expires_at };
    await this.#ledger.change({
      expects,
      links: expects.slice(0, 1).map(({ linkId }) => touchLink(linkId)),
      rows: [
        compiled(this.#db.updateTable('access_requests').set({ status: 'expired' }).where('id', '=', id)),
      ],
      entries: [{ ownerId: row.owner_id, kind: 'request.expired', grantId, body }],
    });
  }

  /** Ends a pending request, once, with what `step` makes of the grant as it stands. */
  async #finish(
    request: AccessRequest,
    status: 'allowed' | 'denied' | 'withdrawn',
    step: (state: GrantState, row: RequestRow) => Result<Step, RequestRefusal>,
  ): Promise<Result<AccessRequest, RequestRefusal>> {
    const { id, grantId, ownerId } = request;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const state = await this.#read(request);
      // After the versions: a decision that lands in between leaves them old.
      const row = await readRow(this.#db, id);
      if (!state || !row) return ENDED;
      const nowMs = this.#ambient.now();
      const isNow = statusOf(row, nowMs);
      if (isNow !== 'pending') return refuse('not_pending', `The request is ${isNow}. It is decided once.`);
      const next = step(state, row);
      if (!next.ok) return next;
      const { links, entries, given, body } = next.value;
      const set = { status, given: given && JSON.stringify(given), decided_at: nowMs };
      const update = this.#db.updateTable('access_requests').set(set).where('id', '=', id);
      const entry = { ownerId, kind: `request.${status}`, grantId, body: { request_id: id, ...body } };
      const changed = await this.#change(state, links, update, [entry, ...entries]);
      if (changed.ok) return succeed(toRequest({ ...row, ...set }, nowMs));
      if (changed.error !== 'stale') return refuse('unavailable', changed.error);
    }
    return UNSETTLED;
  }

  /** Writes a step on the grant that it was read for; `stale` if that has changed since. */
  async #change(
    { expects, guard }: GrantState,
    links: readonly LinkChange[],
    row: Parameters<typeof compiled>[0],
    entries: Change['entries'],
  ): Promise<Result<void, string>> {
    const change = { expects, links: [guard, ...links], rows: [compiled(row)], entries };
    const changed = await this.#ledger.change(change);
    if (changed.ok) return changed;
    return fail(changed.error.reason === 'stale' ? 'stale' : changed.error.detail);
  }

  async #read({ grantId, asked }: Pick<AccessRequest, 'grantId' | 'asked'>): Promise<GrantState | null> {
    const live = await this.#grants.reread(grantId);
    const state = live && (await readState(live, asked, this.#ledger, this.#ambient.now()));
    return state?.ok ? state.value : null;
  }
}

/** The requests for more of every owner, kept in the ledger's order. */
export const createAccessRequests = (deps: AccessRequestsDeps): AccessRequests =>
  new LedgerAccessRequests(deps);
