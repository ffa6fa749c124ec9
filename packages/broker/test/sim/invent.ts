// Invents what happens next in a simulated life: requests, outcomes and changes that are mostly sensible and sometimes not. Knows only the
// oracle's books; decides by chance alone, so that a seed is a life.

import type { Limit } from '@valetkey/core';
import type { Change, HoldRequest, LinkChange, LinkReading, Outcome } from '../../src/ledger/contract.ts';
import { type BookCall, type BookLink, type Books, PERIODS, UNITS } from './books.ts';
import { type PlayedRequest, playEnding, playRequest } from './money-path.ts';
import type { Operation } from './operations.ts';
import type { Random } from './random.ts';

const OWNERS = ['ada', 'bob', 'cleo'] as const;
const DEEPEST = 5;

/** How often what is asked. */
const KINDS = { admit: 12, settle: 9, settle_again: 0.3, change: 1.6, correct: 0.3 } as const;

/** Older calls are not corrected any more: a day later they may be removed. */
const OLD_MS = 34 * 86_400_000;

const CHANGES = {
  limits: 6,
  narrow: 3,
  reset: 6,
  open_key: 1,
  open_child: 6,
  open_family: 1,
  suspend: 1,
  resume: 4,
  revoke: 0.4,
  expire: 0.7,
  concurrency: 1,
  impossible: 0.6,
} as const;

/** See the top of this file. */
export class Inventor {
  readonly #random: Random;
  readonly #books: Books;
  #ids = 0;
  /** Requests that were played through the gate's bound, by call. */
  readonly #played = new Map<string, PlayedRequest>();
  /** Versions that links will have once the changes of this wave are made. */
  #versions = new Map<string, number>();
  /** Calls that this wave settles already. */
  #closing = new Set<string>();

  constructor(random: Random, books: Books) {
    this.#random = random;
    this.#books = books;
  }

  /** The operations of one wave, at `atMs`. */
  wave(length: number, atMs: number): Operation[] {
    this.#versions = new Map();
    this.#closing = new Set();
    return Array.from({ length }, () => this.#operation(atMs));
  }

  #operation(atMs: number): Operation {
    const { links } = this.#books;
    if (links.size < 3) return this.#change(atMs);
    switch (this.#random.weighted(KINDS)) {
      case 'admit':
        return this.#admission();
      case 'settle':
        return this.#settlement() ?? this.#admission();
      case 'settle_again':
        return this.#secondSettlement() ?? this.#admission();
      case 'correct':
        return this.#correction(atMs) ?? this.#admission();
      case 'change':
        return this.#change(atMs);
    }
  }

  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_${this.#ids}`;
  }

  #link(): BookLink {
    return this.#random.pick([...this.#books.links.values()]);
  }

  #admission(): Operation {
    const leaf = this.#link();
    const callId = this.#id('call');
    let hold: HoldRequest;
    if (this.#random.chance(0.6)) {
      const played = playRequest(this.#random);
      this.#played.set(callId, played);
      hold = played.hold;
    } else hold = this.#hold();
    const { ownerId } = leaf;
    const grantId = leaf.grantId ?? leaf.id;
    const chain = this.#readings(leaf.id);
    return { kind: 'admit', request: { callId, ownerId, grantId, chain, hold, intent: {} } };
  }

  /** The chain as a gate would have read it: mostly as it will stand, sometimes as it was, rarely nonsense. */
  #readings(leafId: string): LinkReading[] {
    const isOld = this.#random.chance(0.1);
    const readings = this.#books.chainOf(leafId).map(({ id, version }) => ({
      linkId: id,
      version: isOld ? version : (this.#versions.get(id) ?? version),
    }));
    const flaw = this.#random.weighted({ none: 50, too_short: 1, too_long: 1 });
    if (flaw === 'too_short') readings.pop();
    else if (flaw === 'too_long') readings.push({ linkId: 'nobody', version: 1 });
    return readings;
  }

  #hold(): HoldRequest {
    const random = this.#random;
    const minOutputTokens = random.anySize(50);
    return {
      fixedNanos: random.anySize(50_000),
      fixedTokens: random.anySize(200),
      outputNanosPerMillion: random.pick([0, 1, 400_000, 3_333_333, 10_000_000_000, 75_000_000_000_001]),
      outputs: random.upTo(3),
      minOutputTokens,
      maxOutputTokens: minOutputTokens + random.anySize(20_000),
      priced: !random.chance(0.05),
    };
  }

  #settlement(): Operation | null {
    const open = [...this.#books.calls.values()].filter(({ callId }) => !this.#closing.has(callId));
    if (open.length === 0) return null;
    const call = this.#random.pick(open);
    this.#closing.add(call.callId);
    const played = this.#played.get(call.callId);
    if (!played || this.#random.chance(0.005))
      return { kind: 'settle', outcome: this.#outcome(call), bill: null };
    const tokens = call.held[2] - played.inputTokens;
    const cap = Math.max(0, tokens / played.outputs);
    return { kind: 'settle', ...playEnding(call.callId, played, cap, this.#random) };
  }

  #outcome({ callId, held }: BookCall): Outcome {
    const random = this.#random;
    const kind = random.weighted({ settled: 6, ceiling: 1, released: 1 });
    const most = random.chance(0.01) ? 2 : 1;
    const [nanos, tokens] = [random.upTo(held[0] * most), random.upTo(held[2] * most)];
    return { callId, kind, forwarded: kind !== 'released' || random.chance(0.5), nanos, tokens, body: {} };
  }

  #secondSettlement(): Operation | null {
    const closed = [...this.#books.closed, ...this.#closing];
    if (closed.length === 0) return null;
    const callId = this.#random.pick(closed);
    const outcome = { callId, kind: 'settled', forwarded: true, nanos: 1, tokens: 1, body: {} } as const;
    return { kind: 'settle_again', outcome };
  }

  /** An owner's figure for a call whose cost was never confirmed; now and then for one that was corrected meanwhile. */
  #correction(atMs: number): Operation | null {
    const isYoung = ({ closedAtMs }: { closedAtMs: number | null }) => (closedAtMs ?? 0) > atMs - OLD_MS;
    const ceilings = [...this.#books.ceilings.values()].filter(isYoung);
    if (ceilings.length === 0) return null;
    const { callId, chain, atMs: admittedAtMs, held, closedAtMs } = this.#random.pick(ceilings);
    const { id: linkId, ownerId, grantId } = chain[0]!;
    const id = this.#id('correction');
    const [nanos, tokens] = [0 - this.#random.upTo(held[0]), 0 - this.#random.upTo(held[2])];
    const call = { callId, ownerId, grantId: grantId ?? linkId, linkId, admittedAtMs };
    const correction = { ...call, settledAtMs: closedAtMs!, nanos, tokens, body: { id } };
    return { kind: 'change', id, change: { links: [], rows: [], entries: [], correction } };
  }

  #change(atMs: number): Operation {
    const kind = this.#books.links.size < 3 ? 'open_key' : this.#random.weighted(CHANGES);
    const links = this.#linkChanges(kind, atMs);
    const id = this.#id('change');
    const [first] = links;
    const ownerId =
      first?.kind === 'open'
        ? first.link.ownerId
        : (this.#books.links.get(first?.linkId ?? '')?.ownerId ?? 'ada');
    const change: Change = { links, rows: [], entries: [{ ownerId, kind: 'sim.changed', body: { id } }] };
    if (this.#books.faultOf(change) === null) this.#foresee(links);
    return { kind: 'change', id, change };
  }

  #foresee(links: readonly LinkChange[]): void {
    for (const step of links) {
      if (step.kind === 'open') continue;
      const before = this.#versions.get(step.linkId) ?? this.#books.links.get(step.linkId)?.version ?? 0;
      this.#versions.set(step.linkId, before + 1);
    }
  }

  #linkChanges(kind: keyof typeof CHANGES, atMs: number): LinkChange[] {
    const random = this.#random;
    const update = (
      set: (LinkChange & { kind: 'update' })['set'],
      linkId = this.#link().id,
    ): LinkChange[] => [{ kind: 'update', linkId, set }];
    switch (kind) {
      case 'limits':
        return update({ limits: this.#limits() });
      case 'narrow':
        return this.#narrow();
      case 'reset':
        return this.#reset();
      case 'open_key':
        return [this.#open(null, random.pick(OWNERS))];
      case 'open_child':
        return this.#openChild();
      case 'open_family': {
        const [parent] = this.#openChild();
        if (parent?.kind !== 'open') return [];
        return [parent, this.#open(parent.link.id, parent.link.ownerId)];
      }
      case 'suspend':
        return update({ status: 'suspended' });
      case 'resume':
        return [...this.#books.links.values()]
          .filter(({ status }) => status === 'suspended')
          .slice(0, 2)
          .flatMap(({ id }) => update({ status: 'active', expiresAtMs: null }, id));
      case 'revoke':
        return update({ status: 'revoked' });
      case 'expire':
        return update({ expiresAtMs: random.chance(0.4) ? null : atMs + random.anySize(100_000_000) - 1000 });
      case 'concurrency':
        return update({ maxConcurrent: random.chance(0.5) ? null : random.upTo(8) });
      case 'impossible':
        return random.pick([
          () => update({ limits: [] }, 'nobody'),
          () => [...update({ limits: [] }), { kind: 'open', link: this.#link() } as const],
          () => [{ kind: 'reset', linkId: this.#link().id, ...this.#kind() } as const],
        ])();
    }
  }

  #openChild(): LinkChange[] {
    const parent = this.#link();
    const isTooDeep = this.#books.chainOf(parent.id).length >= DEEPEST || parent.status === 'revoked';
    return [this.#open(isTooDeep ? null : parent.id, parent.ownerId)];
  }

  #open(parentId: string | null, ownerId: string): LinkChange {
    const id = this.#id(parentId === null ? 'key' : 'link');
    const limits = this.#random.chance(0.6) ? this.#limits() : [];
    const maxConcurrent = this.#random.chance(0.1) ? this.#random.upTo(10) : null;
    const grantId = parentId === null ? null : id;
    const link = {
      id,
      ownerId,
      parentId,
      grantId,
      status: 'active',
      expiresAtMs: null,
      access: null,
    } as const;
    return { kind: 'open', link: { ...link, limits, maxConcurrent } };
  }

  /** Lowers every limit of a link, perhaps below what was spent. */
  #narrow(): LinkChange[] {
    const link = this.#link();
    const limits = link.limits.map((limit) => ({ ...limit, amount: this.#random.upTo(limit.amount) }));
    return [{ kind: 'update', linkId: link.id, set: { limits } }];
  }

  /** Resets limits, mostly one, of one link or of several on its chain; often of one with a call that may be corrected later. */
  #reset(): LinkChange[] {
    const ceilings = [...this.#books.ceilings.values()];
    const isCorrectable = ceilings.length > 0 && this.#random.chance(0.5);
    const chain = isCorrectable ? this.#random.pick(ceilings).chain : this.#books.chainOf(this.#link().id);
    const kinds = chain.flatMap(({ id, limits }) =>
      limits.map(({ unit, per }): LinkChange => ({ kind: 'reset', linkId: id, unit, per })),
    );
    const first = this.#random.upTo(Math.max(0, kinds.length - 1));
    return kinds.slice(first, first + (this.#random.chance(0.8) ? 1 : 3));
  }

  #kind(): Pick<Limit, 'unit' | 'per'> {
    return { unit: this.#random.pick(UNITS), per: this.#random.pick(PERIODS) };
  }

  #limits(): Limit[] {
    const most = { usd: 2_000_000, requests: 60, tokens: 20_000 };
    const limits = new Map<string, Limit>();
    for (let left = this.#random.upTo(3); left > 0; left -= 1) {
      const { unit, per } = this.#kind();
      limits.set(`${unit} ${per}`, { unit, per, amount: this.#random.anySize(most[unit]) });
    }
    return [...limits.values()];
  }
}
