// An alert as it is sent: the same to every destination, with names, amounts and a link. MUST NOT hold prompts, answers or secrets.

import { formatUsd, usdDecimal } from '@valetkey/core';
import type { Alert } from './contract.ts';
import { messages } from './messages.ts';

/** A message: for programs as `type`, `timestamp` and `data`, for people as subject and text. */
export interface Message {
  /** The same at every attempt, so that a receiver can tell that it has it. */
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject: string;
  readonly text: string;
}

/** Names are words of people and apps: on one line, without what steers a terminal or turns text around. */
const plain = (name: string): string =>
  name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 200);

const nameOf = ({ kind, grant, providerKey }: Alert): string =>
  plain(grant?.name ?? providerKey?.label ?? '') ||
  (kind === 'limit' ? messages.everything : messages.somebody);

type Details<Kind extends Alert['kind']> = Extract<Alert, { kind: Kind }>['details'];

const amounts = ({ unit, limit, settled }: Details<'limit'>) => {
  const show = (amount: number) => (unit === 'usd' ? formatUsd(amount) : `${amount} ${messages.count[unit]}`);
  return { settled: show(settled), limit: show(limit) };
};

const wordsOf = (alert: Alert): { readonly subject: string; readonly text: string } => {
  const name = nameOf(alert);
  const { subject } = messages;
  switch (alert.kind) {
    case 'limit': {
      const { settled, limit } = amounts(alert.details);
      const text = messages.limit(name, settled, limit, alert.details.per);
      return { subject: subject.limit(alert.details.threshold), text };
    }
    case 'refusals':
      return { subject: subject.refusals, text: messages.refusals(name, alert.details.code) };
    case 'device':
      return { subject: subject.device, text: messages.device(plain(alert.deviceName ?? '')) };
    case 'sign_in':
      return { subject: subject.signIn, text: messages.signIn };
    case 'idle':
      return { subject: subject.idle, text: messages.idle(name) };
    case 'anomaly':
      return { subject: subject.anomaly, text: messages.anomaly[alert.details.what](name) };
    case 'request':
      return { subject: subject.request, text: messages.request(name) };
  }
};

/** The page where the owner can do something about it. */
const pathOf = ({ kind, grant, details }: Alert): string => {
  if (kind === 'request') return `/consent/requests/${details.request_id}`;
  if (kind === 'device' || kind === 'sign_in') return '/devices';
  if (kind === 'anomaly') return `/activity/${details.call_id}`;
  return grant === null ? '/alerts' : `/apps/${grant.id}`;
};

/** The kind's own members as programs get them: USD as exact decimals, times as RFC 3339. */
export const detailsOf = ({ kind, details }: Alert): Readonly<Record<string, unknown>> => {
  if (kind === 'limit' && details.unit === 'usd')
    return { ...details, limit: usdDecimal(details.limit), settled: usdDecimal(details.settled) };
  if (kind === 'idle' && details.last_used_at !== null)
    return { last_used_at: new Date(details.last_used_at).toISOString() };
  return { ...details };
};

/** The message of an alert. `issuer` is the public origin. */
export const messageOf = (alert: Alert, issuer: string): Message => {
  const { subject, text } = wordsOf(alert);
  const url = issuer + pathOf(alert);
  const { id, kind, grant, providerKey, times } = alert;
  const data = {
    alert_id: id,
    kind,
    summary: text,
    url,
    times,
    grant: grant && { id: grant.id, name: grant.name },
    provider_key: providerKey,
    details: detailsOf(alert),
  };
  const timestamp = new Date(alert.raisedAtMs).toISOString();
  return { id, type: `alert.${kind}`, timestamp, data, subject, text: `${text}\n\n${messages.look(url)}` };
};

/** A message that says it is a test. */
export const testMessage = (id: string, nowMs: number, issuer: string): Message => ({
  id,
  type: 'alert.test',
  timestamp: new Date(nowMs).toISOString(),
  data: { alert_id: id, kind: 'test', summary: messages.test, url: `${issuer}/alerts` },
  subject: messages.subject.test,
  text: messages.test,
});
