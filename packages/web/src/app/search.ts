// What may stand in the query of each page's URL. Anything else is dropped, so that a link from elsewhere can only
// choose among views that exist.

import type { ChangeTopic } from '../api/audit-types.ts';
import type { CallFilter, CallStatus } from '../api/types.ts';

/** Every status a filter can choose. */
export const CALL_STATUSES: readonly CallStatus[] = ['admitted', 'settled', 'ceiling', 'released', 'refused'];

/** Everything that changes can be about. */
export const CHANGE_TOPICS: readonly ChangeTopic[] = [
  'access',
  'keys',
  'apps',
  'devices',
  'sign_in',
  'refusals',
  'money',
  'alerts',
  'broker',
];

type Raw = Record<string, unknown>;

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : undefined;

const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined =>
  allowed.find((candidate) => candidate === value);

/** Home: `view=table` shows the chart's figures. */
export const parseHomeSearch = (raw: Raw): { view?: 'table' | undefined } => ({
  view: oneOf(raw.view, ['table']),
});

/** Connected apps: `show=all` lists ended grants, too. */
export const parseAppsSearch = (raw: Raw): { show?: 'all' | undefined } => ({
  show: oneOf(raw.show, ['all']),
});

/** Delegation: `grant_id` shows the one tree that it is in, `show=all` ended grants, too. */
export const parseDelegationSearch = (
  raw: Raw,
): { grant_id?: string | undefined; show?: 'all' | undefined } => ({
  grant_id: textOf(raw.grant_id),
  show: oneOf(raw.show, ['all']),
});

/** App: `edit=limits` opens the form, so that a refusal can link to it. */
export const parseAppSearch = (raw: Raw): { edit?: 'limits' | undefined } => ({
  edit: oneOf(raw.edit, ['limits']),
});

/** A consent page of this broker: what it is called is one segment, so that no address can lead elsewhere. */
const CONSENT_PATH = /^\/consent\/[\w-]{1,200}$/;

/** AI accounts: `add` opens the form with that provider chosen, `return_to` is the consent page that waits for its key. */
export const parseAccountsSearch = (
  raw: Raw,
): { add?: string | undefined; return_to?: string | undefined } => {
  const returnTo = textOf(raw.return_to);
  return {
    add: textOf(raw.add),
    return_to: returnTo !== undefined && CONSENT_PATH.test(returnTo) ? returnTo : undefined,
  };
};

const dayIn = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && isDay(text) ? text : undefined;
};

/** Whether there is such a day: 31 November is none. */
const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

/** The filters of Activity. */
export type ActivitySearch = Omit<CallFilter, 'before' | 'limit'>;

/** Activity: the filters. What was delegated goes with a grant only. */
export const parseActivitySearch = (raw: Raw): ActivitySearch => {
  const grantId = textOf(raw.grant_id);
  return {
    grant_id: grantId,
    include: grantId === undefined ? undefined : oneOf(raw.include, ['descendants']),
    status: oneOf(raw.status, [...CALL_STATUSES, 'counted'] as const),
    provider: textOf(raw.provider),
    model: textOf(raw.model),
    provider_key_id: textOf(raw.provider_key_id),
    from: dayIn(raw.from),
    to: dayIn(raw.to),
  };
};

/** Budgets and alerts: whether those that are done are shown, too. */
export const parseAlertsSearch = (raw: Raw): { show?: 'all' | undefined } => ({
  show: oneOf(raw.show, ['all']),
});

/** Audit: the filters. */
export const parseAuditSearch = (
  raw: Raw,
): { topic?: ChangeTopic | undefined; grant_id?: string | undefined } => ({
  topic: oneOf(raw.topic, CHANGE_TOPICS),
  grant_id: textOf(raw.grant_id),
});

/** Connect an app: the program and the provider chosen. */
export const parseConnectSearch = (
  raw: Raw,
): { app?: string | undefined; provider?: string | undefined } => ({
  app: textOf(raw.app),
  provider: textOf(raw.provider),
});
