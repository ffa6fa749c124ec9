// What replicas tell each other: which grants and provider keys changed, sent in the transaction that did it, and that they have heeded
// it. A lost notice costs time, never a promise: every admission checks the truth by itself. MUST NOT carry anything but
// ids.

import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Link } from '../contract.ts';
import type { Draft } from '../rules/draft.ts';

/** News from another replica. */
export interface Notice {
  /** Grants that changed: forget what was read of them. */
  readonly changedGrantIds: readonly string[];
  /** Of these, the ones that are not active any more: cut their calls. */
  readonly stoppedGrantIds: readonly string[];
  /** Of these, the ones that may come back. Absent from what an older release tells. */
  readonly suspendedGrantIds?: readonly string[];
  /** Provider keys that were stopped or removed: cut what draws on them. Absent from what an older release tells. */
  readonly stoppedKeyIds?: readonly string[];
  /** Provider keys that were added, replaced, removed, stopped or resumed: forget what was read of them. */
  readonly providerKeyIds: readonly string[];
  /** Devices that were lost: cut what comes from them. Absent from what an older release tells. */
  readonly lostDevices?: readonly LostDevice[];
}

/** A device by whose it is and the thumbprint of its key. */
export interface LostDevice {
  readonly ownerId: string;
  readonly keyThumbprint: string;
}

/** Who wants the news. */
export interface NoticeListener {
  onNotice(notice: Notice): void;
  /** Notices may have been missed, because the connection was lost: look at every running call again. */
  onGap(): void;
  /** Nothing was heard for so long that what runs may have been stopped long ago. Told once; {@link onGap} follows when there is news again. */
  onSilence?(): void;
}

/** What a receiver needs of its replica. */
export interface NoticeOptions {
  /** Marks messages as this process's own. */
  readonly origin: string;
  readonly retryMs: number;
  /** After how long without a sign of the database listeners are told. */
  readonly silenceMs: number;
  /** Resolves when nothing that was admitted for the owner before is still to be forwarded. */
  readonly heed: (ownerId: string) => Promise<void>;
  /** As which this process is registered now. */
  readonly replicaId: () => string;
}

const CHANNEL = 'valetkey';

/** How often it is asked whether the connection still brings what there is. */
const ASK_EVERY_MS = 1000;

/** PostgreSQL takes payloads below 8,000 bytes. */
const IDS_PER_NOTICE = 50;

/** What to tell others of a draft, as payloads of `pg_notify`; usually nothing. */
export function noticesOf(draft: Draft, origin: string): string[] {
  const changed = draft.links.filter((link) => link.version > 1 && link.grantId !== null);
  const changedIds = [...new Set(changed.map((link) => link.grantId ?? ''))];
  const isStopped = ({ status }: Link) => status !== 'active';
  const stopped = new Set(changed.filter(isStopped).map(({ grantId }) => grantId));
  const revoked = new Set(changed.filter(({ status }) => status === 'revoked').map(({ grantId }) => grantId));
  const roots = draft.links.filter((link) => link.version > 1 && link.grantId === null);
  const stoppedKeys = new Set(roots.filter(isStopped).map(({ id }) => id));
  const keys: string[] = roots.map(({ id }) => id);
  const lost: LostDevice[] = [];
  for (const entry of draft.eachEntry()) {
    const [ownerId, kind, body] = [entry[0], entry[1], entry[11]];
    if (kind === 'provider_key.added') keys.push(String(JSON.parse(body).provider_key_id));
    if (kind === 'device.lost') lost.push({ ownerId, keyThumbprint: JSON.parse(body).key_thumbprint });
  }
  const payloads: string[] = [];
  for (
    let start = 0;
    start < Math.max(changedIds.length, keys.length, lost.length);
    start += IDS_PER_NOTICE
  ) {
    const changedGrantIds = changedIds.slice(start, start + IDS_PER_NOTICE);
    const stoppedGrantIds = changedGrantIds.filter((id) => stopped.has(id));
    const suspendedGrantIds = stoppedGrantIds.filter((id) => !revoked.has(id));
    const providerKeyIds = keys.slice(start, start + IDS_PER_NOTICE);
    const stoppedKeyIds = providerKeyIds.filter((id) => stoppedKeys.has(id));
    const lostDevices = lost.slice(start, start + IDS_PER_NOTICE);
    const grants = { changedGrantIds, stoppedGrantIds, suspendedGrantIds };
    payloads.push(JSON.stringify({ origin, ...grants, providerKeyIds, stoppedKeyIds, lostDevices }));
  }
  return payloads;
}

/**
 * Listens for as long as it is open, on a connection of its own, and connects anew when that is lost. A connection can be lost without a word:
 * so it is asked on, and what was committed before a question has come when its answer comes.
 */
export class NoticeReceiver {
  readonly #newClient: () => pg.Client;
  readonly #options: NoticeOptions;
  readonly #listeners = new Set<NoticeListener>();
  /** Questions whether all notices to an owner's calls so far are heeded, with what to call at each answer. */
  readonly #asked = new Map<string, (replicaId: string) => void>();
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #asking: NodeJS.Timeout | null = null;
  /** When it began, by the clock that does not jump, that the last answer came to. */
  #heardAtMs = performance.now();
  #isSilent = false;
  #closed = false;

  constructor(newClient: () => pg.Client, options: NoticeOptions) {
    this.#newClient = newClient;
    this.#options = options;
  }

  /** Adds a listener. Returns what removes it. */
  listen(listener: NoticeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with whether notices arrive now; if the database is not there it goes on trying. */
  async open(): Promise<boolean> {
    this.#asking ??= setInterval(() => this.#checkSilence(), ASK_EVERY_MS).unref();
    const client = this.#newClient();
    const startedAtMs = performance.now();
    this.#client = client;
    let lost = false;
    const onLost = () => {
      if (lost) return;
      lost = true;
      client.end().catch(() => undefined);
      this.#connectLater();
    };
    client.on('error', onLost);
    client.on('end', onLost);
    client.on('notification', ({ payload }) => this.#tell(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#noteHeard(startedAtMs);
      void this.#askOn(client).catch(onLost);
      return true;
    } catch {
      onLost();
      return false;
    }
  }

  /**
   * Resolves when each of the others has heeded every notice that was sent before, and has forwarded what it had admitted for the owner, or
   * after `mostMs` at the latest; so long if it is not known who the others are (null). Whoever is not among them may answer, too.
   */
  async heeded(
    others: readonly string[] | null,
    { id, ownerId }: { readonly id: string; readonly ownerId: string },
    mostMs: number,
  ): Promise<void> {
    if (others?.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const left = new Set(others);
    this.#asked.set(id, (replicaId) => {
      if (left.delete(replicaId) && left.size === 0) resolve();
    });
    const over = new AbortController();
    this.#send({ asks: id, ownerId });
    await Promise.race([promise, delay(mostMs, undefined, { signal: over.signal }).catch(() => undefined)]);
    over.abort();
    this.#asked.delete(id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#asking) clearInterval(this.#asking);
    await this.#client?.end().catch(() => undefined);
  }

  /** Rejects when an answer does not come, which the connection itself may never tell. */
  async #askOn(client: pg.Client): Promise<void> {
    while (!this.#closed) {
      await delay(ASK_EVERY_MS, undefined, { ref: false });
      const askedAtMs = performance.now();
      await client.query('select 1');
      this.#noteHeard(askedAtMs);
    }
  }

  #noteHeard(atMs: number): void {
    this.#heardAtMs = atMs;
    this.#isSilent = false;
  }

  #checkSilence(): void {
    if (this.#isSilent || performance.now() - this.#heardAtMs < this.#options.silenceMs) return;
    this.#isSilent = true;
    for (const listener of this.#listeners) listener.onSilence?.();
  }

  #connectLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(async () => {
      if (await this.open()) for (const listener of this.#listeners) listener.onGap();
    }, this.#options.retryMs);
    this.#timer.unref();
  }

  #tell(payload: string): void {
    const { origin, asks, ownerId, heeds, replicaId, ...notice } = JSON.parse(payload);
    if (origin === this.#options.origin) return;
    // In the order of their commits: what was told before the question is heeded by now.
    if (asks) void this.#answer(asks, ownerId);
    else if (heeds) this.#asked.get(heeds)?.(replicaId);
    else for (const listener of this.#listeners) listener.onNotice(notice);
  }

  async #answer(question: string, ownerId: string): Promise<void> {
    const replicaId = this.#options.replicaId();
    await this.#options.heed(ownerId);
    this.#send({ heeds: question, replicaId });
  }

  /** Whoever waits for a message that is lost waits for as long as he would for a replica that is frozen. */
  #send(message: object): void {
    const values = [CHANNEL, JSON.stringify({ origin: this.#options.origin, ...message })];
    this.#client?.query('select pg_notify($1, $2)', values).catch(() => undefined);
  }
}
