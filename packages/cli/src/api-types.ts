// The management API's JSON as the command line reads it: only the members that some command shows. Amounts are exact decimal USD strings,
// times RFC 3339 in UTC.

import type { GrantedAccess } from '@valetkey/sdk';

/** `GET /me` */
export interface Me {
  readonly owner: { readonly id: string; readonly email: string; readonly name: string };
  readonly issuer: string;
  readonly version: string;
}

/** A list: its rows, and whether there is more. */
export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next: string | null;
  /** Of lists of calls and changes: calls from before this moment are gone, as the entry `seq` says. */
  readonly removed?: { readonly before: string; readonly seq: number } | null;
}

/** A request for more: what a grant asks for beyond what it has. */
export interface AccessRequest {
  readonly id: string;
  readonly grant_id: string;
  readonly status: string;
  /** The asker's own words. */
  readonly message: string | null;
  readonly asked: readonly { readonly type: string; readonly provider: string; readonly limits?: object }[];
  /** From the grant that the owner gave to the one that asks. */
  readonly path: readonly { readonly name: string }[];
  readonly changes: readonly {
    readonly grant_id: string;
    readonly name: string;
    readonly is_asker: boolean;
    readonly members: readonly {
      readonly label: string;
      readonly from: string | null;
      readonly to: string;
    }[];
  }[];
  readonly shown_hash: string | null;
  readonly expires_at: string;
}

/** What a broker can forward to. */
export interface Provider {
  readonly name: string;
  readonly dialect: 'openai' | 'anthropic' | 'google';
  readonly base_url: string;
  /** Whether its answers are made up. */
  readonly simulated: boolean;
  readonly has_key: boolean;
}

/** A provider key, without the key. */
export interface ProviderKey {
  readonly id: string;
  readonly provider: string;
  readonly label: string | null;
  readonly last_four: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
  /** How many grants draw on it. */
  readonly grants: number;
}

/** A device of the owner. */
export interface Device {
  readonly id: string;
  readonly name: string;
  readonly key_thumbprint: string;
  readonly status: 'active' | 'lost';
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly lost_at: string | null;
  /** Live and paused grants that are pinned to it. */
  readonly grants: readonly { readonly id: string; readonly name: string }[];
}

/** `POST /devices/{id}/lost` */
export interface DeviceLoss {
  readonly device: Device;
  readonly streams_cut: number;
}

/** `POST /provider-keys/{id}/test` */
export interface KeyTest {
  readonly ok: boolean;
  /** The provider's HTTP status, or null if it was not reached. */
  readonly status: number | null;
  readonly message: string;
}

/** A ceiling and how much of it is used, since its reset if it was reset; USD as strings, counts as numbers. */
export interface GrantLimit {
  readonly unit: 'usd' | 'requests' | 'tokens';
  readonly per: string;
  readonly amount: string | number;
  readonly settled: string | number;
  readonly held: string | number;
  readonly remaining: string | number;
  readonly window_ends_at: string | null;
}

/** A grant, as the owner sees it. */
export interface Grant {
  readonly id: string;
  readonly name: string | null;
  readonly client: { readonly id: string; readonly name: string; readonly url: string | null } | null;
  readonly parent_grant_id: string | null;
  readonly depth: number;
  /** Whether who holds it proved who it is, or its parent only named it; null for what the owner gave. */
  readonly actor_authenticated?: boolean | null;
  readonly status: 'active' | 'suspended' | 'revoked' | 'expired';
  /** The stop that keeps it from being used; see `Stop`. */
  readonly stopped_by?: Stop['scope'] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly authorization_details: readonly GrantedAccess[];
  /** Of its terms: a change that comes with it is made only if they are still these. */
  readonly version: string;
  readonly parts: readonly {
    readonly provider: string;
    readonly provider_key: {
      readonly id: string;
      readonly label: string | null;
      readonly last_four: string;
    } | null;
    readonly limits: readonly GrantLimit[];
    /** Plain sentences. */
    readonly lines: readonly string[];
  }[];
  readonly spent: {
    readonly today_usd: string;
    readonly month_usd: string;
    readonly total_usd: string;
    readonly calls: number;
  };
}

/** `POST /grants`: the only answer that ever carries the token. */
export interface CreatedGrant extends Grant {
  readonly token: string;
  /** The OpenAI dialect: `/chat/completions` follows. */
  readonly base_url: string;
  readonly base_urls: Readonly<Record<string, string>>;
}

/** `POST /grants/{id}/revoke` */
export interface Revocation {
  readonly grant_id: string;
  readonly revoked_at: string;
  readonly grants_stopped: number;
  readonly streams_cut: number;
}

/** What is stopped as a whole. */
export interface Stop {
  readonly id: string;
  readonly scope: 'everything' | 'app' | 'provider_key';
  readonly client: { readonly id: string; readonly name: string } | null;
  readonly provider_key: { readonly id: string; readonly label: string } | null;
  readonly began_at: string;
}

/** `POST /stops` */
export interface Stopped {
  readonly stop: Stop;
  readonly grants_stopped: number;
  readonly streams_cut: number;
}

/** One request that reached the gate. */
export interface Call {
  readonly id: string;
  readonly at: string;
  readonly grant_id: string;
  readonly grant_name: string | null;
  readonly client_name: string | null;
  /** The device that it came from; absent in what an older server says. */
  readonly device?: { readonly id: string; readonly name: string } | null;
  readonly provider: string;
  readonly model: string | null;
  readonly status: 'admitted' | 'settled' | 'ceiling' | 'released' | 'refused';
  readonly http_status: number | null;
  readonly held_usd: string | null;
  readonly cost_usd: string | null;
  readonly tokens: { readonly input: number; readonly output: number; readonly cached: number } | null;
  readonly refusal: string | null;
  readonly request_id: string;
}

/** `GET /usage` */
export interface Usage {
  readonly today_usd: string;
  readonly month_usd: string;
  readonly total_usd: string;
  readonly calls_today: number;
  readonly calls_month: number;
  readonly by_grant: readonly {
    readonly grant_id: string;
    readonly name: string | null;
    readonly today_usd: string;
    readonly month_usd: string;
    readonly total_usd: string;
    readonly calls: number;
  }[];
}

/** `GET /prices/check` */
export interface PricesCheck {
  readonly unpriced: readonly {
    readonly provider: string;
    readonly model: string;
    readonly calls: number;
    readonly last_at: string;
  }[];
  readonly calls_looked_at: number;
  readonly file: readonly {
    readonly provider: string;
    readonly model: string;
    readonly effective_from: string;
    readonly state: 'current' | 'replaced' | 'future';
    readonly version: string;
  }[];
}

/** `GET /prices/model`; rates in USD per million units. */
export interface ModelPrice {
  readonly provider: string;
  readonly model: string;
  readonly version: string;
  readonly rates: Readonly<Record<string, string>>;
  readonly context_tiers: readonly {
    readonly above_input_tokens: number;
    readonly rates: Readonly<Record<string, string>>;
  }[];
  readonly service_tiers: Readonly<Record<string, number>>;
  readonly max_output_tokens: number | null;
}
