// Invents what happens next to trees of grants: who delegates what to whom, who narrows, stops and uses what. Mostly sensible and sometimes
// not. Knows only the oracle's books; decides by chance alone.

import {
  type Limit,
  type ModelAccess,
  narrowAccess,
  parseAuthorizationDetails,
  unrestrictedAccess,
} from '@valetkey/core';
import type { StopTarget } from '../../../src/grants/contract.ts';
import type { Random } from '../random.ts';
import { LIMIT_KINDS, lets, type Use } from './rights.ts';
import {
  type BookGrant,
  type BookPart,
  keyOf,
  PROVIDERS,
  partsOf,
  pathOf,
  type TreeBooks,
} from './tree-books.ts';
import type { OpenCall, Step } from './tree-steps.ts';

/** The owners; each has one provider key. */
export const OWNERS = ['ada', 'bob'] as const;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1'];
const PATTERNS = [...MODELS, 'gpt-4o*', 'gpt-4*', 'gpt-*'];
const CAPABILITIES = ['chat', 'embeddings'] as const;
const TOOLS = ['function', 'custom', 'web_search'];
const KINDS = {
  use: 14,
  settle: 9,
  delegate: 5,
  edit: 1.6,
  suspend: 0.5,
  resume: 1,
  revoke: 0.5,
  reset: 0.5,
  give: 0.5,
  stop: 0.25,
  resume_stopped: 0.7,
  enrol: 0.4,
  lose: 0.15,
  pin: 0.5,
  tend: 0.2,
} as const;
const MOST = { usd: 40_000, requests: 60, tokens: 20_000 } as const;
/** Of the smallest step of an amount: on the wire money has six digits. */
const STEP = { usd: 1000, requests: 1, tokens: 1 } as const;

/** See the top of this file. */
export class TreeInventor {
  readonly #random: Random;
  readonly #books: TreeBooks;
  #ids = 0;
  /** Grants that a step of this wave changes already, and calls that it ends: each at most once. */
  #busy = new Set<string>();

  constructor(random: Random, books: TreeBooks) {
    this.#random = random;
    this.#books = books;
  }

  wave(length: number, atMs: number, open: readonly OpenCall[]): Step[] {
    this.#busy = new Set();
    return Array.from({ length }, () => this.#step(atMs, open));
  }

  #step(atMs: number, open: readonly OpenCall[]): Step {
    const random = this.#random;
    const kind = this.#books.grants.size < OWNERS.length ? 'give' : random.weighted(KINDS);
    switch (kind) {
      case 'give':
        return this.#give(atMs);
      case 'use':
        return this.#use();
      case 'settle':
        return this.#settle(open);
      case 'delegate':
        return this.#delegate(atMs);
      case 'stop':
      case 'resume_stopped':
        return this.#stop(kind);
      case 'enrol':
      case 'lose':
        return this.#device(kind);
      case 'tend':
        return { kind };
      default:
        return this.#change(kind, atMs);
    }
  }

  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_${this.#ids}`;
  }

  /** Any grant; mostly one that lives, and the deeper the likelier. */
  #grant(): BookGrant {
    const random = this.#random;
    const all = [...this.#books.grants.values()];
    const live = all.filter((grant) =>
      pathOf(grant).every(({ status, isExpired }) => status === 'active' && !isExpired),
    );
    const some = live.length > 0 && !random.chance(0.1) ? live : all;
    const one = random.pick(some);
    const other = random.pick(some);
    return pathOf(one).length > pathOf(other).length ? one : other;
  }

  #give(atMs: number): Step {
    const access = this.#providers(PROVIDERS).map((provider) => {
      return { ...this.#access(provider, atMs), delegationMaxDepth: 2 + this.#random.upTo(4) };
    });
    return { kind: 'give', id: this.#id('gr'), ownerId: this.#random.pick(OWNERS), access };
  }

  #use(): Step {
    const random = this.#random;
    const grant = this.#grant();
    const provider = random.pick(random.chance(0.95) ? [...grant.parts.keys()] : PROVIDERS);
    const rights = partsOf(pathOf(grant), provider)?.map((part) => part.rights) ?? [];
    const any = (): Use => ({
      provider,
      model: random.pick(MODELS),
      capability: random.chance(0.8) ? 'chat' : 'embeddings',
      tools: random.chance(0.8) ? [] : [random.pick(TOOLS)],
      inputTokens: 1 + random.anySize(200),
      outputCap: 1 + random.anySize(200),
      key: this.#key(grant),
    });
    let use = any();
    // Mostly something that the grant is for.
    for (let tries = 0; tries < 4 && !rights.every((each) => lets(each, use)); tries += 1) use = any();
    return { kind: 'use', grantId: grant.id, callId: this.#id('call'), use };
  }

  /** Mostly one that every grant of the path is content with. */
  #key(grant: BookGrant): string | null {
    const random = this.#random;
    const devices = [...this.#books.devicesOf(grant.ownerId)];
    const pins = pathOf(grant).flatMap((each) => (each.pins.length === 0 ? [] : [each.pins]));
    const fitting = devices.filter(([, { id }]) => pins.every((ids) => ids.includes(id)));
    if (pins.length > 0 && fitting.length > 0 && random.chance(0.8)) return random.pick(fitting)[0];
    return devices.length > 0 && random.chance(0.3) ? random.pick(devices)[0] : null;
  }

  #device(kind: 'enrol' | 'lose'): Step {
    const random = this.#random;
    const ownerId = random.pick(OWNERS);
    const keys = [...this.#books.devicesOf(ownerId).keys()];
    const isNew = keys.length === 0 || (kind === 'enrol' && random.chance(0.9));
    const key = isNew ? this.#id(`${ownerId}-key`) : random.pick(keys);
    if (this.#busy.has(key)) return this.#use();
    this.#busy.add(key);
    return { kind, ownerId, key };
  }

  #settle(open: readonly OpenCall[]): Step {
    const random = this.#random;
    const left = open.filter(({ callId }) => !this.#busy.has(callId));
    if (left.length === 0) return this.#use();
    const call = random.pick([...left.filter(({ ticket }) => ticket.stopped), ...left].slice(0, 20));
    this.#busy.add(call.callId);
    const kind = random.weighted({ settled: 6, ceiling: 1, released: 1 });
    const [nanos, tokens] = [random.upTo(call.holdNanos), random.upTo(call.holdTokens)];
    const outcome = { callId: call.callId, kind, forwarded: kind !== 'released', nanos, tokens, body: {} };
    return { kind: 'settle', call, outcome };
  }

  #delegate(atMs: number): Step {
    const random = this.#random;
    const parent = this.#grant();
    const asked = this.#providers([...parent.parts.keys()]).map((each) => this.#asked(parent, each, atMs));
    const client = random.weighted({ own: 6, named: 1, proven: 2 });
    const clientId = client === 'own' ? parent.clientId : random.pick(['app-a', 'app-b']);
    const who = { clientId, name: `agent ${random.upTo(9)}`, isActorAuthenticated: client === 'proven' };
    const delegation = { parentGrantId: parent.id, asked, keyThumbprint: null, via: 'sim', ...who };
    return { kind: 'delegate', ownerId: parent.ownerId, delegation };
  }

  /** Mostly within what the parent has of this provider. */
  #asked(parent: BookGrant, provider: string, atMs: number): ModelAccess {
    const wish = this.#access(provider, atMs);
    const path = (partsOf(pathOf(parent), provider) ?? []).map(({ wire }) => accessOf(wire));
    const above = path.reduce((effective, access) => narrowAccess(access, effective));
    const named = { ...narrowAccess(wish, above), expiresAtMs: lesser(wish.expiresAtMs, above.expiresAtMs) };
    return this.#random.chance(0.8) ? sendable(named, above) : wish;
  }

  /** All of these, or one. */
  #providers(of: readonly string[]): readonly string[] {
    return this.#random.chance(0.6) ? of : [this.#random.pick(of)];
  }

  #change(kind: 'edit' | 'suspend' | 'resume' | 'revoke' | 'reset' | 'pin', atMs: number): Step {
    const random = this.#random;
    const suspended = [...this.#books.grants.values()].filter(({ status }) => status === 'suspended');
    const grant = kind === 'resume' && suspended.length > 0 ? random.pick(suspended) : this.#grant();
    if (this.#busy.has(grant.id)) return this.#use();
    this.#busy.add(grant.id);
    const [ownerId, grantId] = [grant.ownerId, grant.id];
    if (kind === 'edit') {
      const providers = this.#providers([...grant.parts.keys()]);
      const access = providers.map((each) => this.#edited(grant.parts.get(each)!, atMs));
      return { kind, ownerId, grantId, access };
    }
    if (kind === 'pin') {
      const keys = [...this.#books.devicesOf(ownerId).keys()];
      return { kind, ownerId, grantId, keys: keys.filter(() => random.chance(0.3)) };
    }
    if (kind !== 'reset') return { kind, ownerId, grantId };
    const [unit, per] = random.pick(LIMIT_KINDS);
    return { kind, ownerId, grantId, limit: { provider: random.pick(PROVIDERS), unit, per } };
  }

  #stop(kind: 'stop' | 'resume_stopped'): Step {
    const random = this.#random;
    const ownerId = random.pick(OWNERS);
    if (this.#busy.has(ownerId)) return this.#use();
    this.#busy.add(ownerId);
    const what = random.pick<StopTarget>([
      { scope: 'everything' },
      { scope: 'provider_key', providerKeyId: keyOf(ownerId, random.pick(PROVIDERS)) },
      { scope: 'app', clientId: random.pick(['planner', 'app-a', 'app-b']) },
    ]);
    const inForce = [...this.#books.stopsOf(ownerId)];
    if (kind === 'stop' || inForce.length === 0) return { kind, ownerId, what };
    return { kind, ownerId, what: targetOf(random.pick(inForce)) };
  }

  /** Mostly the same with one thing less; sometimes another right, which may be wider than what stands above it. */
  #edited({ wire }: BookPart, atMs: number): ModelAccess {
    const random = this.#random;
    const now = accessOf(wire);
    switch (random.weighted({ amounts: 4, models: 2, depth: 1, to: 1, end: 1, other: 3 })) {
      case 'amounts':
        return { ...now, limits: now.limits.map((limit) => this.#less(limit)) };
      case 'models':
        return { ...now, models: [random.pick(PATTERNS)] };
      case 'depth':
        return shallow({ ...now, delegationMaxDepth: random.upTo(now.delegationMaxDepth) });
      case 'to':
        return shallow({
          ...now,
          delegationTo: random.pick([null, ['own_agents'], ['own_agents', 'app-a']]),
        });
      case 'end':
        return { ...now, expiresAtMs: atMs + 1000 + random.anySize(3_600_000) };
      case 'other':
        return shallow({ ...this.#access(now.provider, atMs), delegationMaxDepth: random.upTo(5) });
    }
  }

  #access(provider: string, atMs: number): ModelAccess {
    const random = this.#random;
    const maybe = <Value>(probability: number, value: () => Value): Value | null =>
      random.chance(probability) ? value() : null;
    const some = <Item>(items: readonly Item[]): Item[] => {
      const kept = items.filter(() => random.chance(0.6));
      return kept.length > 0 ? kept : [random.pick(items)];
    };
    return shallow({
      ...unrestrictedAccess(provider),
      models: maybe(0.4, () => some(PATTERNS)),
      capabilities: maybe(0.2, () => some(CAPABILITIES)),
      tools: maybe(0.2, () => some(TOOLS)),
      limits: this.#limits(0.2),
      maxTokensPerRequest: maybe(0.05, () => 100 + random.upTo(500)),
      maxInputTokens: maybe(0.05, () => 50 + random.upTo(300)),
      maxOutputTokens: maybe(0.05, () => 50 + random.upTo(300)),
      maxConcurrent: maybe(0.1, () => 1 + random.upTo(6)),
      delegationMaxDepth: random.upTo(4),
      delegationTo: maybe(0.15, () => random.pick([['own_agents'], ['own_agents', 'app-a'], ['app-b']])),
      expiresAtMs: maybe(0.15, () => atMs + 1000 + random.anySize(40_000_000)),
    });
  }

  #less({ unit, per, amount }: Limit): Limit {
    return { unit, per, amount: STEP[unit] * Math.max(1, this.#random.upTo(amount / STEP[unit])) };
  }

  #limits(probability: number): Limit[] {
    return LIMIT_KINDS.filter(() => this.#random.chance(probability)).map(([unit, per]) => {
      return { unit, per, amount: STEP[unit] * (1 + this.#random.anySize(MOST[unit])) };
    });
  }
}

const lesser = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

const targetOf = (stop: string): StopTarget => {
  const [scope, target = ''] = stop.split(' ');
  if (scope === 'app') return { scope, clientId: target };
  return scope === 'provider_key' ? { scope, providerKeyId: target } : { scope: 'everything' };
};

/** Whom it may be delegated to says nothing where it may not be. */
const shallow = (access: ModelAccess): ModelAccess =>
  access.delegationMaxDepth > 0 ? access : { ...access, delegationTo: null };

/** Nobody can ask for nothing: where two lists do not meet, the child asks for what its parent has, or for what it may not. */
const sendable = (access: ModelAccess, above: ModelAccess): ModelAccess => ({
  ...access,
  models: access.models?.length === 0 ? orElse(above.models, ['gpt-4o']) : access.models,
  capabilities:
    access.capabilities?.length === 0 ? orElse(above.capabilities, ['chat']) : access.capabilities,
});

const orElse = <Item>(items: readonly Item[] | null, other: readonly Item[]): readonly Item[] | null =>
  items?.length === 0 ? other : items;

const accessOf = (wire: unknown): ModelAccess => {
  const parsed = parseAuthorizationDetails([wire], { maxEntries: 1 });
  if (!parsed.ok) throw new Error(`the journal holds what can not be read: ${JSON.stringify(wire)}`);
  return parsed.value[0]!;
};
