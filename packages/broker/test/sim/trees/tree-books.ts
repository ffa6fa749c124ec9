// The oracle's own account of trees of grants, from the journal alone and in its order: what each grant may do and whether it lives, and what
// each admission ought to say. Every entry is judged by what stood before it. MUST NOT use the product's rules.

import type { Limit } from '@valetkey/core';
import { Books } from '../books.ts';
import type { JournalRow } from '../operations.ts';
import { isWithin, lets, mayHold, type Recipient, type Rights, rightsOf, type Use } from './rights.ts';

/** A grant as the journal tells it. */
export interface BookGrant {
  readonly id: string;
  readonly ownerId: string;
  readonly clientId: string | null;
  readonly parent: BookGrant | null;
  readonly recipient: Recipient;
  /** By provider. */
  readonly parts: Map<string, BookPart>;
  status: 'active' | 'suspended' | 'revoked';
  /** Ids of the devices that it works from; none: from anywhere. */
  pins: readonly string[];
  /** Whether it is written down that its time is over. */
  isExpired: boolean;
}

/** What a grant may do with one provider. */
export interface BookPart {
  rights: Rights;
  /** As it was written. */
  wire: unknown;
  /** The last use that certainly counts, and the last that may: it ends unused some time after. */
  usedAtMs: number;
  triedAtMs: number;
}

/** A device as the journal tells it. */
interface BookDevice {
  readonly id: string;
  isLost: boolean;
}

const HOUR_MS = 3_600_000;
/** How long a grant may stand unused in a simulated house. */
export const IDLE_MS = 48 * HOUR_MS;
/** A use moves the end on by up to so much more, so that not each has to be written down. */
const SLACK_MS = 24 * HOUR_MS;
/** What is about to end in this time may be used, but that moves nothing. */
const LAST_MS = 60_000;

/** How many delegations may lead to a grant in a simulated house. */
export const MAX_DEPTH = 5;

/** The providers; each owner has a key of each. */
export const PROVIDERS = ['anthropic', 'openai'] as const;
/** The link of a part of a grant. */
export const linkOf = (grantId: string, provider: string): string => `${grantId}.${provider}`;
/** The link of an owner's provider key. */
export const keyOf = (ownerId: string, provider: string): string => `pk_${ownerId}_${provider}`;

/** A grant and all above it, the owner's first. */
export const pathOf = (grant: BookGrant): readonly BookGrant[] =>
  grant.parent ? [...pathOf(grant.parent), grant] : [grant];

/** A provider's parts of a path, the owner's first; null where one has none. */
export const partsOf = (path: readonly BookGrant[], provider: string): readonly BookPart[] | null => {
  const parts = path.flatMap((grant) => grant.parts.get(provider) ?? []);
  return parts.length === path.length ? parts : null;
};

/** Who acts at the end of a path, newest first: a client that is not its parent's, or an agent under the name that its parent gave it. */
export const actorsOf = (
  path: readonly BookGrant[],
  nameOf: (grantId: string) => unknown,
): readonly string[] =>
  path
    .slice(1)
    .map(({ id, clientId, parent, recipient }) =>
      recipient.isOwnAgent ? `agent:${parent?.id}/${nameOf(id)}` : String(clientId),
    )
    .reverse();

type Wire = { readonly provider: string };

/** Bodies of entries, as far as they are of interest. */
interface Body {
  readonly authorization_details: readonly Wire[];
  readonly client_id: string | null;
  readonly is_actor_authenticated?: boolean;
  readonly parent_grant_id: string;
  readonly to: Wire & readonly string[];
  readonly link_id: string;
  readonly unit: Limit['unit'];
  readonly per: Limit['per'];
  readonly amount: number;
  readonly grant_path?: readonly string[];
  readonly scope?: string;
  readonly device_id?: string;
  readonly key_thumbprint?: string;
  readonly device?: { readonly id: string };
  readonly provider_key_id?: string;
}

/** The name of a stop among its owner's. */
export const stopName = (scope: string, target: string): string => `${scope} ${target}`.trim();

/** Names of the stops by which a grant would be stopped, those above it included. */
const stopsAbove = (path: readonly BookGrant[], provider: string): readonly string[] => [
  'everything',
  ...path.map(({ clientId }) => stopName('app', String(clientId))),
  ...path.slice(0, 1).map(({ ownerId }) => stopName('provider_key', keyOf(ownerId, provider))),
];

/** See the top of this file. */
export class TreeBooks {
  readonly money = new Books();
  readonly grants = new Map<string, BookGrant>();
  /** What each owner has stopped until it is resumed: `everything`, `app <client>` or `provider_key <key>`. */
  readonly stops = new Map<string, Set<string>>();
  /** Each owner's devices by the thumbprint of their key. */
  readonly devices = new Map<string, Map<string, BookDevice>>();
  /** Whether nothing has gone wrong in this wave: a use is only certain to be written down when it can be. */
  isCalm = true;
  readonly violations: string[] = [];
  checks = 0;
  /** What each call asked for. */
  readonly #usesOf: (callId: string) => Use | undefined;
  #rows = 0;

  constructor(usesOf: (callId: string) => Use | undefined) {
    this.#usesOf = usesOf;
  }

  /** Entries taken in. */
  get rows(): number {
    return this.#rows;
  }

  expect(holds: boolean, sentence: () => string): void {
    this.checks += 1;
    if (!holds) this.violations.push(sentence());
  }

  /** Adds an owner's provider key. */
  addKey(ownerId: string, provider: string, limits: Rights['limits']): void {
    const link = {
      id: keyOf(ownerId, provider),
      ownerId,
      parentId: null,
      grantId: null,
      status: 'active',
    } as const;
    const rest = { expiresAtMs: null, access: null, limits, maxConcurrent: null };
    this.money.apply({ links: [{ kind: 'open', link: { ...link, ...rest } }], rows: [], entries: [] }, 0);
  }

  /** Judges the next entry and takes it in. */
  take(row: JournalRow): void {
    this.#rows += 1;
    const body = JSON.parse(row.body) as Body;
    switch (row.kind) {
      case 'grant.created':
        this.#open(row, body, null);
        break;
      case 'grant.delegated':
        this.#delegated(row, body);
        break;
      case 'grant.edited':
        this.#edited(row, body.to);
        break;
      case 'grant.suspended':
      case 'grant.resumed':
      case 'grant.revoked':
        this.#setStatus(row);
        break;
      case 'grant.limit_reset':
        this.#reset(row, body);
        break;
      case 'grant.devices_changed':
        Object.assign(this.#grant(row) ?? {}, { pins: body.to });
        break;
      case 'grant.expired':
        this.#expired(row);
        break;
      case 'device.enrolled':
        this.devicesOf(row.owner_id).set(body.key_thumbprint!, { id: body.device_id!, isLost: false });
        break;
      case 'device.lost':
        this.#lost(row, body);
        break;
      case 'stop.began':
        this.stopsOf(row.owner_id).add(stopName(body.scope!, body.client_id ?? body.provider_key_id ?? ''));
        break;
      case 'stop.ended':
        this.stopsOf(row.owner_id).delete(
          stopName(body.scope!, body.client_id ?? body.provider_key_id ?? ''),
        );
        break;
      case 'call.admitted':
        this.#admitted(row, body);
        break;
      case 'call.settled':
      case 'call.ceiling':
      case 'call.released':
        this.#ended(row);
    }
  }

  stopsOf(ownerId: string): Set<string> {
    const known = this.stops.get(ownerId) ?? new Set();
    this.stops.set(ownerId, known);
    return known;
  }

  devicesOf(ownerId: string): Map<string, BookDevice> {
    const known = this.devices.get(ownerId) ?? new Map();
    this.devices.set(ownerId, known);
    return known;
  }

  /** Whether who holds this key may use what hangs at the end of a path. */
  #mayComeFrom(path: readonly BookGrant[], key: string | null): boolean {
    const device = this.devicesOf(path[0]!.ownerId).get(key ?? '');
    if (device?.isLost) return false;
    return path.every(({ pins }) => pins.length === 0 || (device !== undefined && pins.includes(device.id)));
  }

  /** Somebody used a grant at `atMs`, or tried to: that moved on, or may have, when everything above it ends unused. */
  tried(grant: BookGrant, atMs: number): void {
    const path = pathOf(grant);
    for (const provider of grant.parts.keys())
      for (const part of partsOf(path, provider) ?? []) if (!isOver(part, atMs)) part.triedAtMs = atMs;
  }

  /** Use of one part is use of all that may be used. */
  #used(path: readonly BookGrant[], atMs: number): void {
    const held = [...path.at(-1)!.parts.keys()].filter((provider) => this.isHeld(path, provider));
    const parts = held.flatMap((provider) => partsOf(path, provider) ?? []);
    const isLate = parts.some((part) => earliestEnd(part) - LAST_MS <= atMs);
    if (this.isCalm && !isLate) for (const part of parts) part.usedAtMs = atMs;
  }

  /** Whether a part of a path may have ended unused by now, and may not have. */
  isUncertain(path: readonly BookGrant[], provider: string, atMs: number): boolean {
    return (partsOf(path, provider) ?? []).some((part) => !isOver(part, atMs) && earliestEnd(part) <= atMs);
  }

  /** Whether the owner has stopped a grant or what it hangs on. */
  isStopped(path: readonly BookGrant[], provider: string): boolean {
    const stops = this.stopsOf(path[0]!.ownerId);
    return stopsAbove(path, provider).some((stop) => stops.has(stop));
  }

  /** Why this use MUST be refused at `atMs`; null if it fits. `held` is what it would hold. */
  whyNot(grant: BookGrant, use: Use, held: readonly [number, number, number], atMs: number): string | null {
    const path = pathOf(grant);
    const { provider } = use;
    const parts = partsOf(path, provider);
    if (!parts) return 'no part';
    if (isDead(path, parts, atMs) || this.isStopped(path, provider)) return 'not live';
    if (!parts.every(({ rights }) => lets(rights, use))) return 'beyond its rights';
    if (!this.isHeld(path, provider)) return 'not held';
    if (!this.#mayComeFrom(path, use.key)) return 'device';
    const [usd, requests, tokens] = held;
    const chain = this.money.chainOf(linkOf(grant.id, provider));
    if (
      chain.some(
        (link) => link.maxConcurrent !== null && this.money.openCallsOf(link.id) >= link.maxConcurrent,
      )
    )
      return 'concurrency';
    const fits = chain.every((link) =>
      link.limits.every((limit) => {
        return { usd, requests, tokens }[limit.unit] <= this.money.roomOf(link, limit, atMs);
      }),
    );
    return fits ? null : 'limit';
  }

  /** Whether a child of this kind MUST be made, if nothing else happens. */
  mayDelegate(
    parent: BookGrant,
    asked: readonly (readonly [provider: string, Rights])[],
    recipient: Recipient,
    atMs: number,
  ): boolean {
    const path = pathOf(parent);
    return (
      path.length <= MAX_DEPTH &&
      parent.status === 'active' &&
      !path.some(({ status, isExpired }) => status === 'revoked' || isExpired) &&
      asked.every(([provider, rights]) => this.#mayHand(path, provider, rights, recipient, atMs))
    );
  }

  #mayHand(
    path: readonly BookGrant[],
    provider: string,
    asked: Rights,
    recipient: Recipient,
    atMs: number,
  ): boolean {
    const parts = partsOf(path, provider);
    return (
      parts !== null &&
      !parts.some((part) => isOver(part, atMs)) &&
      (asked.expiresAtMs === null || asked.expiresAtMs > atMs) &&
      parts.every(({ rights }, at) => isWithin(asked, rights, path.length - at)) &&
      parts.every(({ rights }, at) => mayHold(rights, recipient, path.length - at)) &&
      this.isHeld(path, provider)
    );
  }

  /** Whether each grant of a path may have all that hang below it, for this provider. */
  isHeld(path: readonly BookGrant[], provider: string): boolean {
    const parts = partsOf(path, provider) ?? [];
    return parts.every(({ rights }, at) =>
      path.slice(at + 1).every(({ recipient }, below) => mayHold(rights, recipient, below + 1)),
    );
  }

  #grant(row: JournalRow): BookGrant | null {
    const grant = this.grants.get(row.grant_id ?? '') ?? null;
    this.expect(
      grant?.ownerId === row.owner_id,
      () => `${row.kind} of ${row.grant_id}: not of ${row.owner_id}`,
    );
    return grant;
  }

  #open(row: JournalRow, body: Body, parent: BookGrant | null): void {
    const stops = this.stopsOf(row.owner_id);
    this.expect(
      !stops.has('everything') && !stops.has(stopName('app', String(body.client_id))),
      () => `${row.grant_id} was given while ${[...stops]} was stopped`,
    );
    const { client_id: clientId } = body;
    const id = row.grant_id!;
    const isOwnAgent = clientId === null || clientId === parent?.clientId;
    const provenClientId = body.is_actor_authenticated ? clientId : null;
    const recipient = { isOwnAgent, provenClientId };
    const { owner_id: ownerId } = row;
    const life = { parts: new Map(), status: 'active', pins: [], isExpired: false } as const;
    const grant: BookGrant = { id, ownerId, clientId, parent, recipient, ...life };
    this.grants.set(id, grant);
    for (const wire of body.authorization_details) this.#openPart(grant, wire, row.at);
  }

  #openPart(grant: BookGrant, wire: Wire, atMs: number): void {
    const { id, ownerId, parent, parts } = grant;
    const { provider } = wire;
    const rights = rightsOf(wire);
    // Unused, it ends no later than what it comes from.
    const above = parent
      ? (partsOf(pathOf(parent), provider) ?? []).map((part) => earliestEnd(part) - IDLE_MS)
      : [];
    parts.set(provider, { rights, wire, usedAtMs: Math.min(atMs, ...above), triedAtMs: atMs });
    const parentId = parent ? linkOf(parent.id, provider) : keyOf(ownerId, provider);
    const ids = { id: linkOf(id, provider), ownerId, parentId, grantId: id } as const;
    const { limits, maxConcurrent, expiresAtMs } = rights;
    const link = { ...ids, status: 'active', access: null, limits, maxConcurrent, expiresAtMs } as const;
    this.money.apply({ links: [{ kind: 'open', link }], rows: [], entries: [] }, atMs);
  }

  /** A child comes of a grant that lives, and is within every grant above it. */
  #delegated(row: JournalRow, body: Body): void {
    const parent = this.grants.get(body.parent_grant_id);
    this.expect(parent?.ownerId === row.owner_id, () => `${row.grant_id} has a parent of another owner`);
    if (!parent) return;
    this.#open(row, body, parent);
    const { parts, recipient } = this.grants.get(row.grant_id!)!;
    const asked = [...parts].map(([provider, { rights }]) => [provider, rights] as const);
    this.expect(
      this.mayDelegate(parent, asked, recipient, row.at),
      () => `${row.grant_id} MUST NOT be made below ${parent.id}: ${JSON.stringify(asked)}`,
    );
  }

  #edited(row: JournalRow, wire: Wire): void {
    const grant = this.#grant(row);
    const part = grant?.parts.get(wire.provider);
    this.expect(part !== undefined, () => `${row.grant_id} was edited and has no part for ${wire.provider}`);
    if (!grant || !part) return;
    Object.assign(part, { wire, rights: rightsOf(wire), usedAtMs: row.at, triedAtMs: row.at });
    grant.isExpired = false;
    const { limits, maxConcurrent, expiresAtMs } = part.rights;
    const step = {
      kind: 'update',
      linkId: linkOf(grant.id, wire.provider),
      set: { limits, maxConcurrent, expiresAtMs },
    } as const;
    this.money.apply({ links: [step], rows: [], entries: [] }, row.at);
  }

  #setStatus(row: JournalRow): void {
    const grant = this.#grant(row);
    if (!grant || grant.status === 'revoked') return;
    const statuses = {
      'grant.suspended': 'suspended',
      'grant.resumed': 'active',
      'grant.revoked': 'revoked',
    };
    grant.status = statuses[row.kind as keyof typeof statuses] as BookGrant['status'];
  }

  /** Once, and not before its time; an owner who edits it brings it back. */
  #expired(row: JournalRow): void {
    const grant = this.#grant(row);
    if (!grant) return;
    const isDue = !grant.isExpired && [...grant.parts.values()].every((part) => earliestEnd(part) <= row.at);
    this.expect(isDue, () => `${grant.id} MUST NOT expire at ${row.at}: ${JSON.stringify([...grant.parts])}`);
    grant.isExpired = true;
  }

  #lost(row: JournalRow, { key_thumbprint: key = '' }: Body): void {
    const device = this.devicesOf(row.owner_id).get(key);
    this.expect(device?.isLost === false, () => `${key} is lost, and was before or never enrolled`);
    if (device) device.isLost = true;
  }

  #reset(row: JournalRow, { link_id: linkId, unit, per, amount }: Body): void {
    this.money.apply({ links: [{ kind: 'reset', linkId, unit, per }], rows: [], entries: [] }, row.at);
    const counted = this.money.resetOf(this.money.links.get(linkId)!, { unit, per }, row.at)?.amount;
    this.expect(counted === amount, () => `reset of ${linkId}: ${amount} instead of ${counted}`);
  }

  #admitted(row: JournalRow, body: Body): void {
    const [grant, use] = [this.#grant(row), this.#usesOf(row.call_id ?? '')];
    this.expect(use !== undefined, () => `nobody asked for ${row.call_id}`);
    if (!grant || !use) return;
    const name = `admission of ${row.call_id} by ${grant.id}`;
    const path = pathOf(grant);
    const held = [row.held_nanos, row.held_requests, row.held_tokens] as const;
    const reason = this.whyNot(grant, use, held, row.at);
    this.expect(reason === null, () => `${name}: it MUST be refused: ${reason}`);
    this.expect(row.link_id === linkOf(grant.id, use.provider), () => `${name}: charged to ${row.link_id}`);
    this.expect(held[1] === 1 && held[2] === use.inputTokens + use.outputCap, () => `${name}: held ${held}`);
    this.#checkWay(name, path, body.grant_path);
    const device = this.devicesOf(grant.ownerId).get(use.key ?? '')?.id;
    this.expect(body.device?.id === device, () => `${name}: from ${body.device?.id}, not ${device}`);
    this.#used(path, row.at);
    const chain = this.money.chainOf(linkOf(grant.id, use.provider));
    this.money.admit({ callId: row.call_id!, chain, atMs: row.at, held, closedAtMs: null });
  }

  /** `grant_path` tells the whole way, and nothing where there was none. */
  #checkWay(name: string, path: readonly BookGrant[], told: unknown): void {
    const expected = path.length > 1 ? path.map(({ id }) => id) : undefined;
    this.expect(
      JSON.stringify(told) === JSON.stringify(expected),
      () => `${name}: path ${told}, not ${expected}`,
    );
  }

  #ended(row: JournalRow): void {
    const call = this.money.calls.get(row.call_id ?? '');
    this.expect(call !== undefined, () => `${row.kind} of ${row.call_id}, which is not open`);
    if (!call) return;
    const [nanos, requests, tokens] = call.held;
    const isWhole =
      `${[-nanos, -requests, -tokens]}` === `${[row.held_nanos, row.held_requests, row.held_tokens]}`;
    this.expect(isWhole, () => `${row.kind} of ${row.call_id} gives back ${row.held_nanos}, not ${nanos}`);
    const settled = [row.settled_nanos, row.settled_requests, row.settled_tokens] as const;
    const isRight = row.kind === 'call.ceiling' ? `${settled}` === `${call.held}` : settled[0] <= nanos;
    this.expect(isRight && settled[2] <= tokens, () => `${row.kind} of ${row.call_id} posts ${settled}`);
    this.money.close(call, settled, row.at);
  }
}

/** Whether a part has certainly ended by time. */
const isOver = ({ rights: { expiresAtMs }, triedAtMs }: BookPart, atMs: number): boolean =>
  Math.min(expiresAtMs ?? Infinity, triedAtMs + IDLE_MS + SLACK_MS) <= atMs;

/** The first moment at which it may have ended. */
const earliestEnd = ({ rights: { expiresAtMs }, usedAtMs }: BookPart): number =>
  Math.min(expiresAtMs ?? Infinity, usedAtMs + IDLE_MS);

const isDead = (path: readonly BookGrant[], parts: readonly BookPart[], atMs: number): boolean =>
  path.some(({ status, isExpired }) => status !== 'active' || isExpired) ||
  parts.some((part) => isOver(part, atMs));
