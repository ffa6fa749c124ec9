// What the management API sends and takes, as it stands on the wire: snake_case members, USD as exact decimal strings,
// times as RFC 3339 UTC. The server is this page's own origin, so answers are typed here and not parsed again.

import type { Language } from '@valetkey/core';

/** An exact amount of US dollars with at most nine decimals, such as `"1.25"`. */
export type UsdText = string;

/** A moment as RFC 3339 in UTC. */
export type TimeText = string;

/** One page of a list; `next` is the cursor for `before`, or null on the last page. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
  /** Only of lists of calls and changes. */
  readonly removed?: Removed | null;
}

/** Calls from before a moment are gone, because they were old; `seq` is the entry that says so. */
export interface Removed {
  readonly before: TimeText;
  readonly seq: number;
}

/** Who is signed in, and to which broker. */
export interface Me {
  readonly owner: { readonly id: string; readonly email: string; readonly name: string };
  readonly issuer: string;
  readonly version: string;
  /** In which the person is written to, such as in alerts. */
  readonly locale: Language;
  /** Whether this person runs the house. */
  readonly role: 'operator' | 'owner';
  /** What whoever runs the house lets this person use in all. */
  readonly maxima: readonly Maximum[];
  /** What has to be shown again before what matters most; null right after it was. */
  readonly step_up: 'password' | 'passkey' | null;
}

/** The most of one unit in one period: exact dollars, or a count. */
export interface Maximum {
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
  readonly amount: UsdText | number;
}

/** How callers of a provider's API shape their requests. */
export type Dialect = 'openai' | 'anthropic' | 'google';

/** A provider the broker can forward to. */
export interface Provider {
  readonly name: string;
  readonly label: string;
  readonly dialect: Dialect;
  readonly base_url: string;
  readonly key_required: boolean;
  readonly simulated: boolean;
  readonly models: readonly { readonly id: string; readonly name: string }[];
  readonly capabilities: readonly string[];
  readonly has_key: boolean;
}

/** What a model costs: US dollars for a million of each unit. A model that cannot write has no price for `output_tokens`. */
export interface ModelPrice {
  readonly rates: Readonly<Record<string, UsdText>>;
}

/** A provider key in the vault, without the key. `grants` is how many live grants draw on it. */
export interface ProviderKey {
  readonly id: string;
  readonly provider: string;
  readonly label: string;
  readonly last_four: string;
  readonly created_at: TimeText;
  readonly replaced_at: TimeText | null;
  readonly last_used_at: TimeText | null;
  readonly grants: number;
}

/** What the provider said when a key was tried. */
export interface KeyTest {
  readonly ok: boolean;
  readonly status: number | null;
  readonly message: string;
}

/** What a limit counts. */
export type LimitUnit = 'usd' | 'requests' | 'tokens';

/** The window in which a limit counts. */
export type LimitPeriod = 'total' | 'month' | 'week' | 'day' | 'minute';

/** A limit with its state: amounts are decimal strings for `usd` and integers for the other units. */
export interface LimitState {
  readonly unit: LimitUnit;
  readonly per: LimitPeriod;
  readonly amount: UsdText | number;
  readonly settled: UsdText | number;
  readonly held: UsdText | number;
  readonly remaining: UsdText | number;
  readonly window_ends_at: TimeText | null;
  /** The last reset in this window, and what was spent before it, which is not in `settled`. */
  readonly reset: { readonly at: TimeText; readonly amount: UsdText | number } | null;
}

/** One entry of `authorization_details` (RFC 9396) of type `ai_model_access`. */
export interface AccessDetail {
  readonly type: 'ai_model_access';
  readonly provider: string;
  readonly models?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly limits?: Readonly<Record<string, number | string>>;
  readonly tools?: readonly string[];
  readonly locations?: readonly string[];
  readonly delegation?: { readonly max_depth: number; readonly to?: readonly string[] };
  readonly expires?: TimeText;
  readonly reason?: string;
}

/** The life of a grant as owners see it. */
export type GrantStatus = 'active' | 'suspended' | 'revoked' | 'expired';

/** What a grant allows at one provider, in plain words, with the state of its limits. */
export interface GrantPart {
  readonly provider: string;
  readonly provider_key: { readonly id: string; readonly label: string; readonly last_four: string } | null;
  readonly limits: readonly LimitState[];
  readonly lines: readonly string[];
  /** The apps that it may be delegated to in words, by id. */
  readonly recipients: Readonly<Record<string, string>>;
}

/** A grant; `client` is null for the owner's own tools, which hold a key-shaped token. */
export interface Grant {
  readonly id: string;
  readonly name: string;
  readonly client: {
    readonly id: string;
    readonly name: string;
    readonly url: string | null;
    readonly origin: string;
  } | null;
  /** The grant that delegated it; null for what the owner gave. */
  readonly parent_grant_id: string | null;
  /** How many delegations lead to it. */
  readonly depth: number;
  /** Who acts on it, as its tokens say; null at depth 0. */
  readonly actor: string | null;
  /** Whether the actor proved who it is, or its parent only named it; null at depth 0. */
  readonly actor_authenticated: boolean | null;
  /** Providers that a grant above it may not delegate to it (any more): calls there are refused. */
  readonly barred_providers: readonly string[];
  readonly status: GrantStatus;
  /** The stop that keeps it from being used, whatever its own status. */
  readonly stopped_by: StopScope | null;
  readonly created_at: TimeText;
  readonly expires_at: TimeText | null;
  /** When it ends before that because nobody used it; moves on with use. */
  readonly expires_if_unused_at: TimeText | null;
  readonly last_used_at: TimeText | null;
  readonly revoked_at: TimeText | null;
  readonly unknown_fields: 'pass' | 'refuse';
  readonly authorization_details: readonly AccessDetail[];
  readonly parts: readonly GrantPart[];
  readonly spent: {
    readonly today_usd: UsdText;
    readonly month_usd: UsdText;
    readonly total_usd: UsdText;
    readonly calls: number;
  };
  readonly has_key_token: boolean;
  /** What it is pinned to; none: it works from anywhere. */
  readonly devices: readonly PinnedDevice[];
  /** Of what it may do and of its devices: sent with a change of them, so that it is not made of an old state. */
  readonly version: string;
}

/** What creating a grant answers: the token is in this answer and never again. */
export interface CreatedGrant extends Grant {
  readonly token: string;
  readonly base_url: string;
  readonly base_urls: Readonly<Partial<Record<Dialect, string>>>;
}

/** What the owner asks for when connecting a tool. */
export interface NewGrant {
  readonly name?: string;
  readonly authorization_details: readonly AccessDetail[];
  readonly provider_key_ids?: Readonly<Record<string, string>>;
}

/** What a change of a grant may say: new limits, pause and resume, or the devices that it works from. */
export type GrantChange =
  | { readonly authorization_details: readonly AccessDetail[]; readonly version: string }
  | { readonly status: 'suspended' | 'active' }
  | { readonly device_ids: readonly string[]; readonly version: string };

/** A device as grants name it. */
export interface PinnedDevice {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'lost';
}

/** A device: a key that the owner enrolled. */
export interface Device extends PinnedDevice {
  readonly created_at: TimeText;
  readonly last_used_at: TimeText | null;
  readonly lost_at: TimeText | null;
  /** Live and paused grants that are pinned to it. */
  readonly grants: readonly { readonly id: string; readonly name: string }[];
}

/** What losing a device stopped. */
export interface DeviceLoss {
  readonly device: Device;
  readonly streams_cut: number;
}

/** What stopped when a grant was revoked. */
export interface Revocation {
  readonly grant_id: string;
  readonly revoked_at: TimeText;
  readonly grants_stopped: number;
  readonly streams_cut: number;
}

/** What can be stopped as a whole. */
export type StopScope = 'everything' | 'app' | 'provider_key';

/** What stops everything, an app or a provider key. */
export type NewStop =
  | { readonly scope: 'everything' }
  | { readonly scope: 'app'; readonly client_id: string }
  | { readonly scope: 'provider_key'; readonly provider_key_id: string };

/** A stop in force; `provider_key` is null for a key that was removed since. */
export interface Stop {
  readonly id: string;
  readonly scope: StopScope;
  readonly client: { readonly id: string; readonly name: string } | null;
  readonly provider_key: {
    readonly id: string;
    readonly provider: string;
    readonly label: string;
    readonly last_four: string;
  } | null;
  readonly began_at: TimeText;
}

/** What ended with a stop. */
export interface Stopped {
  readonly stop: Stop;
  readonly grants_stopped: number;
  readonly streams_cut: number;
}

/** The life of one call. */
export type CallStatus = 'admitted' | 'settled' | 'ceiling' | 'released' | 'refused';

/** One call through the gate. */
export interface Call {
  readonly id: string;
  readonly at: TimeText;
  readonly grant_id: string;
  readonly grant_name: string;
  /** Ids from the grant that the owner gave to the one that called. */
  readonly grant_path: readonly string[];
  readonly client_name: string | null;
  /** The device that it came from; null without a proof of one. */
  readonly device: { readonly id: string; readonly name: string } | null;
  readonly provider: string;
  readonly operation: string;
  readonly model: string | null;
  readonly status: CallStatus;
  readonly http_status: number | null;
  readonly held_usd: UsdText;
  readonly cost_usd: UsdText | null;
  readonly tokens: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly duration_ms: number | null;
  readonly stream: boolean;
  readonly refusal: string | null;
  readonly request_id: string;
  readonly unconfirmed: boolean;
  readonly anomalies: readonly string[];
}

/** Which calls to list; days are UTC, both included. */
export interface CallFilter {
  readonly before?: string | undefined;
  readonly limit?: number | undefined;
  readonly grant_id?: string | undefined;
  readonly include?: 'descendants' | undefined;
  /** `counted`: those that sums and limits count. */
  readonly status?: CallStatus | 'counted' | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly provider_key_id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Spend of one UTC day, `day` as `YYYY-MM-DD`. */
export interface DaySpend {
  readonly day: string;
  readonly usd: UsdText;
  readonly calls: number;
}

/** Spend of the owner, all apps together and each alone. */
export interface Usage {
  readonly today_usd: UsdText;
  readonly month_usd: UsdText;
  readonly total_usd: UsdText;
  readonly calls_today: number;
  readonly calls_month: number;
  readonly by_grant: readonly {
    readonly grant_id: string;
    readonly name: string;
    readonly today_usd: UsdText;
    readonly month_usd: UsdText;
    readonly total_usd: UsdText;
    readonly calls: number;
  }[];
  readonly by_day: readonly DaySpend[];
}

/** An app that developers registered, or one known by its metadata document. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  readonly redirect_uris: readonly string[];
  readonly type: 'public' | 'confidential';
  readonly dpop_bound: boolean;
  readonly origin: 'registered' | 'self_registered' | 'metadata_document';
  readonly created_at: TimeText;
  readonly grants: number;
}

/** The parts of a client that its owner may change. */
export interface ClientEdit {
  readonly name: string;
  readonly url: string;
  readonly redirect_uris: readonly string[];
}

/** What registering a client takes. */
export interface NewClient extends ClientEdit {
  readonly type: 'public' | 'confidential';
  readonly dpop_bound?: boolean;
}

/** A registered client; `client_secret` comes once, for confidential clients only. */
export interface RegisteredClient extends Client {
  readonly client_secret?: string;
}
