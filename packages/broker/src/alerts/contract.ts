// Alerts: what an owner should hear of without looking. They are read out of the journal after the fact. MUST NOT slow or fail a call, hold
// words of people, prompts or secrets, nor be raised twice.

import type { LimitPeriod, LimitUnit, Result } from '@valetkey/core';

/** Shares of a limit, in percent, at which an owner may be told of it. */
export const THRESHOLDS = [50, 80, 100] as const;

/** One of them. */
export type Threshold = (typeof THRESHOLDS)[number];

/** A limit of a grant or of a provider key that is used as far as `threshold` says; amounts in nanos or as counts. */
interface LimitDetails {
  readonly link_id: string;
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
  readonly limit: number;
  readonly settled: number;
  readonly threshold: Threshold;
}

/** What an alert is about, by its kind: ids, codes and amounts. */
export type AlertMatter =
  | { readonly kind: 'limit'; readonly details: LimitDetails }
  /** Calls or delegations of a grant were refused: one alert for each code and hour. */
  | { readonly kind: 'refusals'; readonly details: { readonly code: string } }
  | { readonly kind: 'device'; readonly details: { readonly device_id: string } }
  /** Somebody signed in as the owner in a browser that was not known. */
  | { readonly kind: 'sign_in'; readonly details: { readonly session_id: string } }
  /** A grant that nobody has used for 30 days. */
  | { readonly kind: 'idle'; readonly details: { readonly last_used_at: number | null } }
  /** A call cost more than was held for it, or what it cost is not known, or its provider said something odd. */
  | {
      readonly kind: 'anomaly';
      readonly details: { readonly call_id: string; readonly what: 'overrun' | 'unconfirmed' | 'odd_usage' };
    }
  | { readonly kind: 'request'; readonly details: { readonly request_id: string } };

/** Something that was noticed and is told once: `event` is the same wherever it is noticed. */
export type Noticed = AlertMatter & {
  readonly event: string;
  readonly grantId: string | null;
  readonly times: number;
  readonly atMs: number;
};

/** An alert with the names that its ids stand for now. */
export type Alert = AlertMatter & {
  readonly id: string;
  readonly grant: { readonly id: string; readonly name: string } | null;
  /** Of a limit of a provider key. */
  readonly providerKey: { readonly id: string; readonly provider: string; readonly label: string } | null;
  readonly deviceName: string | null;
  readonly times: number;
  readonly raisedAtMs: number;
  readonly lastAtMs: number;
  readonly acknowledgedAtMs: number | null;
};

/** Where alerts are sent. */
export interface Destination {
  readonly id: string;
  readonly kind: 'webhook' | 'email';
  /** The webhook's; null for e-mail, which goes to the address that the owner signs in with. */
  readonly url: string | null;
  readonly createdAtMs: number;
}

/** An alert on its way. */
export interface Delivery {
  readonly id: string;
  readonly alertId: string;
  readonly destinationId: string;
  readonly status: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  /** When it is tried next; null once it is delivered or given up. */
  readonly nextAtMs: number | null;
  /** Why the last attempt failed, for people; null if it did not. */
  readonly problem: string | null;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
}

/** Why something about alerts was not done. */
export interface AlertRefusal {
  readonly reason:
    | 'not_found'
    | 'invalid_url'
    | 'no_mail'
    | 'too_many'
    | 'known'
    | 'too_often'
    | 'unavailable';
  readonly detail: string;
}

/** What one message led to. */
export interface SendOutcome {
  readonly ok: boolean;
  /** For people. MUST NOT hold anything that the receiver sent but its status. */
  readonly message: string;
}

/** Which alerts, and how many. */
export interface AlertFilter {
  readonly which: 'open' | 'all';
  /** Those that were raised before this one. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** What an owner does with alerts. */
export interface Alerts {
  /** Whether the operator has set up a way to send e-mail. */
  readonly canMail: boolean;
  /** Newest first. */
  list(ownerId: string, filter: AlertFilter): Promise<readonly Alert[]>;
  /** One, or all that there are. Repeated it changes nothing. */
  acknowledge(ownerId: string, id: string | 'all'): Promise<Result<void, AlertRefusal>>;
  thresholds(ownerId: string): Promise<readonly Threshold[]>;
  setThresholds(ownerId: string, thresholds: readonly Threshold[]): Promise<Result<void, AlertRefusal>>;
  destinations(ownerId: string): Promise<readonly Destination[]>;
  /** A webhook’s secret is in the answer and never again. */
  addDestination(
    ownerId: string,
    what: { readonly kind: 'webhook'; readonly url: string } | { readonly kind: 'email' },
  ): Promise<Result<{ readonly destination: Destination; readonly secret: string | null }, AlertRefusal>>;
  /** With what is on its way there. */
  removeDestination(ownerId: string, id: string): Promise<Result<void, AlertRefusal>>;
  /** Sends a message that says it is a test, once, now. */
  testDestination(ownerId: string, id: string): Promise<Result<SendOutcome, AlertRefusal>>;
  /** The newest 100. */
  deliveries(ownerId: string): Promise<readonly Delivery[]>;
  /** Tries one that was given up anew. */
  retry(ownerId: string, deliveryId: string): Promise<Result<void, AlertRefusal>>;
}
