// What of the configuration decisions depend on, for the journals of its owners. MUST NOT name what could hold a credential.

import type { ConfigurationFacts } from './audit/record-configuration.ts';
import type { Config } from './config.ts';
import { sha256 } from './digest.ts';
import { PRICES_VERSION } from './prices/price-book.ts';
import { VERSION } from './version.ts';

/** The facts, in a fixed order: the same configuration has the same facts. */
export const configurationFacts = (config: Config, engine: string): ConfigurationFacts => ({
  version: VERSION,
  issuer: config.issuer,
  store: engine,
  prices: PRICES_VERSION,
  price_overrides_sha256:
    config.priceOverrides.length === 0 ? null : sha256(JSON.stringify(config.priceOverrides)),
  // An address inside somebody's network is nobody else's business; that it changed is.
  upstreams: [...config.upstreams].map(([provider, origin]) => `${provider} ${sha256(origin)}`).toSorted(),
  exact_counts: [...config.exactCounts].toSorted(),
  max_delegation_depth: config.maxDelegationDepth,
  idle_grant_days: config.idleGrantDays,
  audit_retention_days: config.auditRetentionDays,
  step_up: [config.stepUp.method, config.stepUp.maxAgeSeconds, config.stepUp.aboveNanos].join(' '),
  client_registration:
    config.registration === null ? 'off' : config.registration.token === null ? 'open' : 'token',
  open_requests: config.openRequests === null ? 'off' : 'on',
  mtls_origin: config.mutualTls?.origin ?? null,
  receipts: config.receipts,
  checkpoint_seconds: config.checkpoints.everyMs / 1000,
});
