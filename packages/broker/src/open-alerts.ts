// Opens alerts: who reads the journals, who sends, and how often. Nothing of it is on the way of a call.

import { createAlerts } from './alerts/alerts.ts';
import type { Alerts } from './alerts/contract.ts';
import { Follower } from './alerts/follower.ts';
import { noticeIdleGrants } from './alerts/idle-grants.ts';
import { Outbox } from './alerts/outbox.ts';
import { createSendMail } from './alerts/send-mail.ts';
import { createSendWebhook, isOwnMachine } from './alerts/send-webhook.ts';
import type { Config } from './config.ts';
import type { House } from './open-house.ts';

/** Alerts, and what has to be run for them: `tasks` never reject. */
export interface OpenedAlerts {
  readonly alerts: Alerts;
  readonly tasks: readonly { readonly everyMs: number; readonly run: () => Promise<void> }[];
  close(): Promise<void>;
}

const SECOND_MS = 1_000;
const CATCH_UP_MS = 300_000;
const HOUR_MS = 3_600_000;

/** Opens them; nothing runs yet. */
export const openAlerts = (house: House, { issuer, mail, auditRetentionDays }: Config): OpenedAlerts => {
  const { ledger, ambient, written, log, vault } = house;
  const { db } = house.store;
  const sendWebhook = createSendWebhook(isOwnMachine(issuer));
  const sendMail = mail === null ? null : createSendMail(mail, issuer);
  const parts = { db, vault, ledger, ambient, issuer, sendWebhook, sendMail };
  const alerts = createAlerts(parts);
  const outbox = new Outbox(parts);
  const follower = new Follower({
    db,
    ledger,
    ambient,
    written: written.branch(),
    onChange: (error) =>
      error === null
        ? log.info('alerts are raised again')
        : log.warn({ err: error }, 'alerts can not be raised; it is tried again'),
  });
  const task = (everyMs: number, work: () => Promise<unknown>) => ({
    everyMs,
    run: () =>
      work().then(
        () => undefined,
        (error: unknown) => log.warn({ err: error }, 'alerts were not looked after; it is tried again'),
      ),
  });
  const stopping = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  const lookForIdle = () => {
    looking = noticeIdleGrants(db, ambient, stopping.signal);
    return looking;
  };
  return {
    alerts,
    tasks: [
      task(CATCH_UP_MS, () => follower.catchUp()),
      task(SECOND_MS, () => follower.run()),
      task(2 * SECOND_MS, () => outbox.run()),
      task(HOUR_MS, lookForIdle),
      task(HOUR_MS, () => alerts.purge(auditRetentionDays)),
    ],
    async close() {
      outbox.close();
      stopping.abort();
      await looking.catch(() => undefined);
      await follower.run();
    },
  };
};
