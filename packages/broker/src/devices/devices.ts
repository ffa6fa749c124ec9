// The owner's devices. What they may do hangs on the versions of the owner's provider keys, in which every chain ends: a change of a device
// raises them all, so that whatever was read before it is stale at the next admission, on every replica.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Kysely, Selectable } from 'kysely';
import { type Ambient, randomId } from '../clock.ts';
import type { Grants } from '../grants/contract.ts';
import { compiled } from '../grants/grant-rows.ts';
import type {
  Change,
  ChangeRefusal,
  Ledger,
  LinkChange,
  LinkReading,
  Statement,
} from '../ledger/contract.ts';
import type { DevicesTable, Schema } from '../store/schema.ts';
import type { Device, DeviceRefusal, Devices, Loss, LossListener } from './contract.ts';

/** What the room needs. */
export interface DevicesDeps {
  readonly db: Kysely<Schema>;
  readonly ledger: Pick<Ledger, 'change'>;
  readonly grants: Pick<Grants, 'forgetOwner'>;
  readonly ambient: Ambient;
}

/** Devices of one owner that are not lost; a few more if they are enrolled in the same moment. */
const MOST_DEVICES = 100;
/** How often a loss gives way to what else the owner changes; then it goes first, whatever that was. */
const MOST_TRIES = 20;
const LAST_USED_RESOLUTION_MS = 60_000;

const toDevice = (row: Selectable<DevicesTable>): Device => ({
  id: row.id,
  name: row.name,
  keyThumbprint: row.key_thumbprint,
  createdAtMs: row.created_at,
  lastUsedAtMs: row.last_used_at,
  lostAtMs: row.lost_at,
});

const refuse = (reason: DeviceRefusal['reason'], detail: string) => fail<DeviceRefusal>({ reason, detail });
const NOT_FOUND = refuse('not_found', 'There is no such device.');

const touched = ({ linkId }: LinkReading): LinkChange => ({ kind: 'update', linkId, set: {} });

const isNamed = (devices: readonly Device[], name: string): boolean =>
  devices.some((device) => device.lostAtMs === null && device.name === name);

const nameTaken = (name: string) => refuse('name_taken', `There is a device named ${name} already.`);

/** Why a key may not be enrolled; null if it may. */
const checkNew = (devices: readonly Device[], name: string, keyThumbprint: string) => {
  if (devices.some((device) => device.keyThumbprint === keyThumbprint))
    return refuse('enrolled_before', 'This key was enrolled before. Make a new one.');
  if (isNamed(devices, name)) return nameTaken(name);
  const isFull = devices.filter(({ lostAtMs }) => lostAtMs === null).length >= MOST_DEVICES;
  return isFull
    ? refuse('too_many', `There are ${MOST_DEVICES} devices. Report one of them lost first.`)
    : null;
};

class LedgerDevices implements Devices {
  readonly #deps: DevicesDeps;
  readonly #listeners = new Set<LossListener>();
  readonly #usedAtMs = new Map<string, number>();

  constructor(deps: DevicesDeps) {
    this.#deps = deps;
  }

  async enrol(ownerId: string, name: string, keyThumbprint: string): Promise<Result<Device, DeviceRefusal>> {
    const { ambient, db } = this.#deps;
    const row = {
      id: randomId(ambient, 'dev_'),
      owner_id: ownerId,
      name,
      key_thumbprint: keyThumbprint,
      created_at: ambient.now(),
      last_used_at: null,
      lost_at: null,
    };
    const check = async () => checkNew(await this.list(ownerId), name, keyThumbprint);
    const statement = compiled(db.insertInto('devices').values(row));
    return this.#write(ownerId, toDevice(row), 'device.enrolled', statement, check);
  }

  async list(ownerId: string): Promise<readonly Device[]> {
    const { db } = this.#deps;
    const rows = await db
      .selectFrom('devices')
      .selectAll()
      .where('owner_id', '=', ownerId)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute();
    return rows.map(toDevice);
  }

  async living(ownerId: string): Promise<readonly Device[]> {
    return (await this.list(ownerId)).filter(({ lostAtMs }) => lostAtMs === null);
  }

  async rename(ownerId: string, deviceId: string, name: string): Promise<Result<Device, DeviceRefusal>> {
    const device = await this.#find(ownerId, deviceId);
    if (!device) return NOT_FOUND;
    if (device.lostAtMs !== null) return refuse('lost', 'A lost device keeps its name.');
    if (device.name === name) return succeed(device);
    const check = async () => (isNamed(await this.list(ownerId), name) ? nameTaken(name) : null);
    const statement = compiled(this.#deps.db.updateTable('devices').set({ name }).where('id', '=', deviceId));
    return this.#write(ownerId, { ...device, name }, 'device.renamed', statement, check);
  }

  async lose(ownerId: string, deviceId: string): Promise<Result<Loss, DeviceRefusal>> {
    for (let tries = 1; ; tries += 1) {
      const roots = await this.#roots(ownerId);
      const device = await this.#find(ownerId, deviceId);
      if (!device) return NOT_FOUND;
      const changed = await this.#lose(ownerId, device, roots, tries < MOST_TRIES ? roots : []);
      if (!changed.ok && changed.error.reason === 'stale') continue;
      if (!changed.ok) return refuse('unavailable', changed.error.detail);
      const lost = { ...device, lostAtMs: device.lostAtMs ?? changed.value };
      return succeed({ device: lost, callsCut: this.#tell(ownerId, device.keyThumbprint) });
    }
  }

  noteUse(deviceId: string): void {
    const nowMs = this.#deps.ambient.now();
    if (nowMs - (this.#usedAtMs.get(deviceId) ?? 0) < LAST_USED_RESOLUTION_MS) return;
    this.#usedAtMs.set(deviceId, nowMs);
    const update = this.#deps.db
      .updateTable('devices')
      .set({ last_used_at: nowMs })
      .where('id', '=', deviceId);
    update.execute().catch(() => this.#usedAtMs.delete(deviceId));
  }

  onLost(listener: LossListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  lostElsewhere(ownerId: string, keyThumbprint: string): void {
    this.#deps.grants.forgetOwner(ownerId);
    this.#tell(ownerId, keyThumbprint);
  }

  #tell(ownerId: string, keyThumbprint: string): number {
    return [...this.#listeners].reduce((cut, listener) => cut + listener(ownerId, keyThumbprint), 0);
  }

  async #find(ownerId: string, deviceId: string): Promise<Device | null> {
    return (await this.list(ownerId)).find(({ id }) => id === deviceId) ?? null;
  }

  /** The roots of the owner's chains that can be drawn on. MUST be read before what is decided on them. */
  async #roots(ownerId: string): Promise<readonly LinkReading[]> {
    return this.#deps.db
      .selectFrom('links')
      .select(['id as linkId', 'version'])
      .where('owner_id', '=', ownerId)
      .where('parent_id', 'is', null)
      .where('status', '!=', 'revoked')
      .execute();
  }

  /** Writes one device; `check` says why not, and again when the database has refused what came at the same time. */
  async #write(
    ownerId: string,
    device: Device,
    kind: string,
    statement: Statement,
    check: () => Promise<ReturnType<typeof refuse> | null>,
  ): Promise<Result<Device, DeviceRefusal>> {
    const refusal = await check();
    if (refusal) return refusal;
    // A name decides nothing.
    const links = kind === 'device.renamed' ? [] : (await this.#roots(ownerId)).map(touched);
    try {
      const changed = await this.#change(ownerId, {
        links,
        rows: [statement],
        entries: [entryOf(ownerId, kind, device)],
      });
      return changed.ok ? succeed(device) : refuse('unavailable', changed.error.detail);
    } catch (error) {
      const late = await check();
      if (late) return late;
      throw error;
    }
  }

  /**
   * Writes that the device is lost, unless it was written before, and makes every reading of the owner's grants stale; resolves with when it
   * was lost. One of any number at the same time writes it: the others find `expected` changed.
   */
  async #lose(
    ownerId: string,
    device: Device,
    roots: readonly LinkReading[],
    expects: readonly LinkReading[],
  ): Promise<Result<number, ChangeRefusal>> {
    const lostAtMs = this.#deps.ambient.now();
    const isFirst = device.lostAtMs === null;
    const row = this.#deps.db.updateTable('devices').set({ lost_at: lostAtMs }).where('id', '=', device.id);
    const first = { expects, rows: [compiled(row)], entries: [entryOf(ownerId, 'device.lost', device)] };
    const seen = new Set<string>();
    let changed = await this.#change(ownerId, {
      links: roots.map(touched),
      ...(isFirst ? first : { rows: [], entries: [] }),
    });
    // A provider key that was added meanwhile may have been drawn on by somebody who read of the device before.
    for (const { linkId } of roots) seen.add(linkId);
    for (let added = await this.#added(ownerId, seen); changed.ok && added.length > 0; ) {
      changed = await this.#change(ownerId, { links: added.map(touched), rows: [], entries: [] });
      added = await this.#added(ownerId, seen);
    }
    return changed.ok ? succeed(lostAtMs) : changed;
  }

  async #added(ownerId: string, seen: Set<string>): Promise<readonly LinkReading[]> {
    const added = (await this.#roots(ownerId)).filter(({ linkId }) => !seen.has(linkId));
    for (const { linkId } of added) seen.add(linkId);
    return added;
  }

  async #change(ownerId: string, change: Change): Promise<Result<void, ChangeRefusal>> {
    if (change.links.length === 0 && change.entries.length === 0) return succeed(undefined);
    const changed = await this.#deps.ledger.change(change);
    this.#deps.grants.forgetOwner(ownerId);
    return changed;
  }
}

// Without its name, which can be erased where it is kept.
const entryOf = (ownerId: string, kind: string, { id, keyThumbprint }: Device) => ({
  ownerId,
  kind,
  body: { device_id: id, key_thumbprint: keyThumbprint },
});

/** The devices of every owner, kept in the ledger's order. */
export const createDevices = (deps: DevicesDeps): Devices => new LedgerDevices(deps);
