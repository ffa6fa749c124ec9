// Builds the house: picks every implementation, wires the rooms and listens. The only file that knows them all.

import type { Server, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Alerts } from './alerts/contract.ts';
import { CallRemover } from './audit/retention/call-remover.ts';
import { serveKeys } from './audit/serve-keys.ts';
import { type Ambient, randomId, systemAmbient } from './clock.ts';
import type { Config } from './config.ts';
import { createGate } from './gateway/gate.ts';
import { KeyRows } from './gateway/idempotency/key-rows.ts';
import { builtInProviders } from './gateway/providers/registry.ts';
import { recheck } from './gateway/recheck.ts';
import type { CallLog } from './gateway/record.ts';
import type { RunningCalls } from './gateway/running-calls.ts';
import { closeUpstreams, openUpstreams } from './gateway/upstreams.ts';
import { faultAnswer, healthHandler, listen, lockedHandler, stopListening } from './listen.ts';
import { createLog } from './logger.ts';
import { type Metrics, openMetrics } from './metrics/open-metrics.ts';
import { openAlerts } from './open-alerts.ts';
import { openEvidence } from './open-evidence.ts';
import { type House, openHouse } from './open-house.ts';
import { openRooms, type ServedRooms } from './open-rooms.ts';
import type { ReceiptKeys } from './receipts/receipt-keys.ts';
import { createRoutes } from './routes.ts';
import { startSandbox } from './sandbox/start-sandbox.ts';
import type { Telemetry } from './telemetry/open-telemetry.ts';
import { VERSION } from './version.ts';

/** A running broker. */
export interface Broker {
  readonly issuer: string;
  readonly port: number;
  /** Where metrics are served; null for nowhere. */
  readonly metricsPort: number | null;
  readonly state: 'ok' | 'locked';
  /** Where the first owner is made, once; null when there is an owner or the broker is locked. */
  readonly setupLink: string | null;
  /** Takes no new requests, waits for running calls, at most `graceMs`, then cuts them; settles and closes. */
  close(graceMs?: number): Promise<void>;
}

/** What a start needs besides its configuration. */
export interface ServeOptions {
  /** Searched for provider keys to import, once, when the first owner is made. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ambient?: Ambient;
  /** How often keys are looked after; for tests, where nothing waits for long. Master key 5 s, signing keys a minute unless told. */
  readonly keyLooksMs?: number;
}

const GRACE_MS = 25_000;
const SWEEP_MS = 1000;
const MASTER_KEY_MS = 5_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What stops running when the broker does, in the order in which it was started. */
type Closing = (() => unknown)[];

const every = (milliseconds: number, task: () => unknown, closing: Closing): void => {
  const timer = setInterval(task, milliseconds);
  timer.unref();
  closing.push(() => clearInterval(timer));
};

const drain = async (server: Server, running: RunningCalls, graceMs: number): Promise<void> => {
  const closed = stopListening(server);
  const timeUp = setTimeout(() => running.cutAll('revoked'), graceMs);
  await running.whenIdle();
  clearTimeout(timeUp);
  server.closeAllConnections();
  await closed;
};

/** What is stopped loses its streams at once, and what is revoked its codes and refresh tokens; what is narrowed loses what it may not do. */
const onChanges = ({ grants, ambient, log }: House, { running, oauth }: ServedRooms): void => {
  const { now } = ambient;
  grants.onNarrowed(async (concerned) => void (await recheck(running.find(concerned), { grants, now })));
  grants.onStopped(({ as, ...concerned }) => {
    const callsCut = running.cut(concerned, as);
    if (as === 'revoked')
      for (const id of concerned.grantIds ?? [])
        oauth
          .revokeGrantArtifacts(id)
          .catch((err: unknown) =>
            log.error({ err, grant_id: id }, 'refresh tokens of a revoked grant stay'),
          );
    return callsCut;
  });
};

/** What other replicas do holds here as well: nothing old is kept, and calls of a stopped grant are cut at once. */
const heedReplicas = ({ news, grants, devices, vault, log, ambient }: House, running: RunningCalls): void => {
  const logFault = (error: unknown) =>
    log.error({ err: error }, 'a change of another replica was not heeded');
  news?.listen({
    onNotice: (notice) => {
      vault.forget(notice.providerKeyIds);
      grants.changedElsewhere(notice).catch(logFault);
      for (const lost of notice.lostDevices ?? []) devices.lostElsewhere(lost.ownerId, lost.keyThumbprint);
    },
    onGap: () => {
      vault.forget();
      grants.forgetAll();
      recheck(running.find(), { grants, now: ambient.now }).catch(logFault);
    },
    onSilence: () => {
      log.warn({ calls: running.count }, 'nothing is heard of the database: what runs is cut');
      running.cutAll('cut_off');
    },
  });
};

/** The idempotency keys; those that a crash left without an admission are free again where no other process can be admitting them. */
const openKeyRows = async ({ store, vault, ambient }: House): Promise<KeyRows> => {
  const keyRows = new KeyRows({ db: store.db, vault, now: ambient.now });
  if (store.engine === 'sqlite') await keyRows.releaseUnadmitted();
  return keyRows;
};

/** Forgets what is over, room by room: a fault in one does not keep the others from it. */
const purge = (log: House['log'], ...rooms: readonly { purge(): Promise<void> }[]): void => {
  for (const room of rooms) room.purge().catch((error: unknown) => log.warn({ err: error }, 'purge failed'));
};

/** Floods of refusals are told once a minute, and at the end. */
const tellRefusals = ({ refusals, log }: House, closing: Closing): void => {
  const tell = () =>
    refusals.flush().catch((error: unknown) => log.warn({ err: error }, 'refusals could not be recorded'));
  every(MINUTE_MS, tell, closing);
  closing.push(tell);
};

/** What ended by itself is written down. */
const tendGrants = ({ grants, log }: House, closing: Closing): void => {
  const stopping = new AbortController();
  let tending: Promise<void> | null = null;
  const tend = () => {
    tending ??= grants
      .tend(stopping.signal)
      .catch((err: unknown) => log.warn({ err }, 'the ends of grants were not written down'))
      .finally(() => {
        tending = null;
      });
  };
  every(HOUR_MS, tend, closing);
  closing.push(() => {
    stopping.abort();
    return tending;
  });
  tend();
};

/** Alerts are raised and sent beside the calls. */
const tendAlerts = (house: House, config: Config, closing: Closing): Alerts => {
  const { alerts, tasks, close } = openAlerts(house, config);
  closing.push(close);
  for (const { everyMs, run } of tasks) {
    every(everyMs, run, closing);
    void run();
  }
  return alerts;
};

/** A new master key is taken up while requests go on; what a start left half done, too. */
const tendMasterKey = ({ masterKey, log }: House, everyMs: number, closing: Closing): void => {
  const tend = () =>
    masterKey.tend().catch((err: unknown) => log.error({ err }, 'the master key was not looked after'));
  every(everyMs, tend, closing);
  closing.push(() => masterKey.close());
  void tend();
};

/** Old calls leave the journal in the background, if they are kept for a time. */
const removeOldCalls = (house: House, days: number | null, closing: Closing): void => {
  if (days === null) return;
  const { store, log, ambient } = house;
  const remover = new CallRemover({ ...house, db: store.db, now: ambient.now, days });
  const run = () =>
    remover.run().then(
      (calls) => calls > 0 && log.info({ calls }, 'old calls were removed from the journal'),
      (error: unknown) => log.warn({ err: error }, 'old calls could not be removed; it is tried again'),
    );
  every(HOUR_MS, run, closing);
  closing.push(() => remover.close());
  void run();
};

const serveMetrics = async (
  { metrics: address }: Config,
  { store, ledger }: House,
  running: RunningCalls,
  closing: Closing,
): Promise<Metrics | null> => {
  if (address === null) return null;
  const metrics = await openMetrics({ address, version: VERSION, engine: store.engine, ledger, running });
  closing.push(() => metrics.close());
  return metrics;
};

const sendTelemetry = async (
  { telemetry: config, replicaName }: Config,
  ambient: Ambient,
  log: Logger,
  closing: Closing,
): Promise<Telemetry | null> => {
  if (config === null) return null;
  const { openTelemetry } = await import('./telemetry/open-telemetry.ts');
  const instance = replicaName ?? randomId(ambient, '');
  const telemetry = openTelemetry(config, { version: VERSION, instance, log, now: ambient.now });
  closing.push(() => telemetry.close());
  return telemetry;
};

const maintainKeys = (log: Logger, oauth: ServedRooms['oauth'], receiptKeys: ReceiptKeys): Promise<unknown> =>
  Promise.all([oauth.maintainKeys(), receiptKeys.maintain()]).catch((error: unknown) =>
    log.warn({ err: error }, 'the signing keys were not looked after'),
  );

const serveLocked = async (config: Config, closing: Closing): Promise<Broker> => {
  const { server, port } = await listen(
    lockedHandler(healthHandler(() => 'locked', VERSION)),
    config.host,
    config.port,
  );
  const close = async () => {
    server.closeAllConnections();
    await stopListening(server);
    for (const stop of closing.reverse()) await stop();
  };
  return { issuer: config.issuer, port, metricsPort: null, state: 'locked', setupLink: null, close };
};

/** Starts the broker and resolves once it serves. Throws `StartRefused` for what the operator can mend. */
export const serve = async (
  config: Config,
  { env, ambient = systemAmbient, keyLooksMs }: ServeOptions,
): Promise<Broker> => {
  const { logger: log, call, flush } = createLog(config.logLevel);
  const closing: Closing = [flush];
  for (const name of config.unknownSettings) log.warn({ name }, 'there is no such setting; it is ignored');
  const opened = await openHouse(config, ambient, log);
  closing.push(() => opened.store.close());
  if (!opened.house) return serveLocked(config, closing);
  const { house } = opened;
  closing.push(() => house.ledger.close());
  const { keys, receiptKeys, keeper } = await openEvidence(house, config);
  closing.push(() => keeper.close());
  every(config.checkpoints.everyMs, () => keeper.keep(), closing);
  const sandbox = await startSandbox({ ambient });
  closing.push(() => sandbox.close());
  const upstreams = openUpstreams(
    builtInProviders,
    new Map([['sandbox', sandbox.origin], ...config.upstreams]),
  );
  closing.push(() => closeUpstreams(upstreams));
  const alerts = tendAlerts(house, config, closing);
  const rooms = await house.alone(() => openRooms(house, config, env, upstreams, receiptKeys, alerts));
  onChanges(house, rooms);
  house.devices.onLost((ownerId, keyThumbprint) => rooms.running.cutDevice(ownerId, keyThumbprint));
  heedReplicas(house, rooms.running);
  every(SWEEP_MS, () => rooms.running.checkTime(ambient.now()), closing);
  const keyRows = await openKeyRows(house);
  tellRefusals(house, closing);
  tendMasterKey(house, keyLooksMs ?? MASTER_KEY_MS, closing);
  every(keyLooksMs ?? MINUTE_MS, () => maintainKeys(log, rooms.oauth, receiptKeys), closing);
  every(HOUR_MS, () => purge(log, rooms.oauth, keyRows), closing);
  tendGrants(house, closing);
  removeOldCalls(house, config.auditRetentionDays, closing);
  const onFault = (error: unknown, response: ServerResponse) => {
    log.error({ err: error }, 'a page broke');
    faultAnswer(response, error);
  };
  const metrics = await serveMetrics(config, house, rooms.running, closing);
  const telemetry = await sendTelemetry(config, ambient, log, closing);
  const callEnded: CallLog['call'] = (line, atMs, details) => {
    metrics?.count(line);
    telemetry?.tell(line, details, atMs);
    call(line, atMs);
  };
  const handler = createRoutes({
    ...rooms.handlers,
    providerNames: new Set(house.directory.byName.keys()),
    gate: createGate({
      ...rooms.gate,
      ...house,
      log: { call: callEnded, warn: log.warn.bind(log), error: log.error.bind(log) },
      ambient,
      now: ambient.now,
      keyRows,
      upstreams,
      exactCounts: config.exactCounts,
      receipts: { mode: config.receipts, sign: (call) => receiptKeys.sign(call) },
      noteDeviceUse: (deviceId) => house.devices.noteUse(deviceId),
      running: rooms.running,
    }),
    checkpointKeys: serveKeys(keys, ambient.now, onFault),
    receiptKeys: serveKeys(receiptKeys, ambient.now, onFault),
    onFault,
    health: healthHandler(() => (house.ledger.healthy ? 'ok' : 'unavailable'), VERSION),
  });
  const { server, port } = await listen(handler, config.host, config.port);
  return {
    issuer: config.issuer,
    port,
    metricsPort: metrics?.port ?? null,
    state: 'ok',
    setupLink: rooms.setupLink,
    async close(graceMs = GRACE_MS) {
      await rooms.events.close();
      await drain(server, rooms.running, graceMs);
      for (const stop of closing.reverse()) await stop();
    },
  };
};
