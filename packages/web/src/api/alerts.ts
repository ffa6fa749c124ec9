// Alerts, where they are sent and the ceilings of provider keys, as the management API tells of them and takes changes.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from './client.ts';
import { queryString } from './query-string.ts';
import type { LimitPeriod, LimitState, LimitUnit, Page, TimeText, UsdText } from './types.ts';

/** What an alert is about, by its kind. */
type AlertMatter =
  | {
      readonly kind: 'limit';
      readonly details: {
        /** The provider key, or the grant and its provider with a dot between. */
        readonly link_id: string;
        readonly unit: LimitUnit;
        readonly per: LimitPeriod;
        readonly limit: UsdText | number;
        readonly settled: UsdText | number;
        readonly threshold: number;
      };
    }
  | { readonly kind: 'refusals'; readonly details: { readonly code: string } }
  | { readonly kind: 'device'; readonly details: { readonly device_id: string } }
  | { readonly kind: 'sign_in'; readonly details: { readonly session_id: string } }
  | { readonly kind: 'idle'; readonly details: { readonly last_used_at: TimeText | null } }
  | {
      readonly kind: 'anomaly';
      readonly details: { readonly call_id: string; readonly what: 'overrun' | 'unconfirmed' | 'odd_usage' };
    }
  | { readonly kind: 'request'; readonly details: { readonly request_id: string } };

/** Something that the owner is told of. */
export type Alert = AlertMatter & {
  readonly id: string;
  readonly grant: { readonly id: string; readonly name: string } | null;
  readonly provider_key: { readonly id: string; readonly provider: string; readonly label: string } | null;
  readonly device_name: string | null;
  /** How often it happened. */
  readonly times: number;
  readonly raised_at: TimeText;
  /** When it happened last. */
  readonly last_at: TimeText;
  readonly acknowledged_at: TimeText | null;
};

/** At which shares of a limit alerts are raised, and where e-mail would go. */
export interface AlertSettings {
  readonly thresholds: readonly number[];
  readonly email: { readonly address: string; readonly available: boolean };
}

/** Where alerts are sent. */
export interface AlertDestination {
  readonly id: string;
  readonly kind: 'webhook' | 'email';
  readonly url: string | null;
  readonly created_at: TimeText;
}

/** An alert on its way. */
export interface AlertDelivery {
  readonly id: string;
  readonly destination_id: string;
  readonly status: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly next_at: TimeText | null;
  readonly problem: string | null;
  readonly created_at: TimeText;
}

/** What all apps together may spend of a provider key, and have spent. */
export interface KeyCeiling {
  readonly provider_key: {
    readonly id: string;
    readonly provider: string;
    readonly label: string;
    readonly last_four: string;
  };
  readonly limits: Readonly<Record<string, number | string>>;
  readonly states: readonly LimitState[];
  readonly spent: { readonly today_usd: UsdText; readonly month_usd: UsdText; readonly total_usd: UsdText };
}

const REFRESH_MS = 15_000;
const segment = encodeURIComponent;

/** Alerts, newest first, page after page: those that wait to be acknowledged, or all. */
export const alertsQuery = (status: 'open' | 'all') =>
  infiniteQueryOptions({
    queryKey: ['alerts', status],
    queryFn: ({ pageParam }) =>
      callApi<Page<Alert>>('GET', `/alerts${queryString({ status, before: pageParam, limit: 20 })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: REFRESH_MS,
  });

/** The settings. */
export const alertSettingsQuery = queryOptions({
  queryKey: ['alert-settings'],
  queryFn: () => callApi<AlertSettings>('GET', '/alert-settings'),
});

/** The destinations. */
export const alertDestinationsQuery = queryOptions({
  queryKey: ['alert-destinations'],
  queryFn: () => callApi<Page<AlertDestination>>('GET', '/alert-destinations'),
});

/** What is on its way, newest first. */
export const alertDeliveriesQuery = queryOptions({
  queryKey: ['alert-deliveries'],
  queryFn: () => callApi<Page<AlertDelivery>>('GET', '/alert-deliveries'),
  refetchInterval: REFRESH_MS,
});

/** The ceilings above an owner's grants. */
export interface Ceilings {
  readonly house_max_usd: UsdText;
  /** What the operator lets the owner use in all. */
  readonly own: readonly LimitState[];
  readonly data: readonly KeyCeiling[];
}

/** The ceilings of all provider keys, and the owner's own. */
export const ceilingsQuery = queryOptions({
  queryKey: ['ceilings'],
  queryFn: () => callApi<Ceilings>('GET', '/ceilings'),
  refetchInterval: REFRESH_MS,
});

/** Acknowledges one alert, or all. */
export const acknowledgeAlert = (id: string | null) =>
  callApi<void>('POST', id === null ? '/alerts/acknowledge' : `/alerts/${segment(id)}/acknowledge`);

/** Changes at which shares of a limit alerts are raised. */
export const changeAlertSettings = (thresholds: readonly number[]) =>
  callApi<AlertSettings>('PUT', '/alert-settings', { thresholds });

/** Has alerts sent somewhere; a webhook gets its secret in the answer, once. */
export const addAlertDestination = (
  body: { readonly kind: 'webhook'; readonly url: string } | { readonly kind: 'email' },
) => callApi<AlertDestination & { readonly secret: string | null }>('POST', '/alert-destinations', body);

/** Sends a test message, now. */
export const testAlertDestination = (id: string) =>
  callApi<{ readonly ok: boolean; readonly message: string }>(
    'POST',
    `/alert-destinations/${segment(id)}/test`,
  );

/** Sends alerts there no more. */
export const removeAlertDestination = (id: string) =>
  callApi<void>('DELETE', `/alert-destinations/${segment(id)}`);

/** Tries one anew that was given up. */
export const retryAlertDelivery = (id: string) =>
  callApi<void>('POST', `/alert-deliveries/${segment(id)}/retry`);

/** Replaces the limits of a provider key. */
export const setCeiling = (id: string, limits: KeyCeiling['limits']) =>
  callApi<KeyCeiling>('PUT', `/ceilings/${segment(id)}`, { limits });
