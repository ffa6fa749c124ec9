// The one schema of the configuration: environment variables in, a checked value or every problem at once out. Nothing else reads the
// environment.

import { readFileSync } from 'node:fs';
import type { BlockList } from 'node:net';
import { join, resolve } from 'node:path';
import { fail, parseUsd, type Result, succeed } from '@valetkey/core';
import { z } from 'zod';
import type { StepUpPolicy } from './accounts/step-up.ts';
import type { MailConfig } from './alerts/send-mail.ts';
import type { CheckpointTarget } from './audit/checkpoint-sinks.ts';
import { FEWEST_DAYS } from './audit/removal.ts';
import { mailVariables, readMailConfig } from './config-mail.ts';
import { type OauthConfig, oauthVariables, readOauthConfig } from './config-oauth.ts';
import { readTelemetryConfig, type TelemetryConfig, telemetryVariables } from './config-telemetry.ts';
import type { ReceiptMode } from './gateway/receipt.ts';
import type { MetricsAddress } from './metrics/open-metrics.ts';
import { type PriceOverride, parseOverrides } from './prices/parse-overrides.ts';
import { parseAddresses } from './tokens/client-certificate.ts';

/** The configuration, checked. */
export interface Config extends OauthConfig {
  readonly host: string;
  readonly port: number;
  /** Public origin without a trailing slash; https unless it is loopback. */
  readonly issuer: string;
  /** Proxies that say truly where requests come from; null for none. */
  readonly trustedProxies: BlockList | null;
  readonly dataDir: string;
  /** A PostgreSQL that replicas share; without it the data is in `dataDir`. Holds a password: MUST NOT be logged. */
  readonly databaseUrl: string | undefined;
  /** What this replica is called in the shared database; a random name unless set. */
  readonly replicaName: string | undefined;
  /** How long a replica that hears nothing of its database lets streams go on. */
  readonly cutOffSeconds: number;
  readonly masterKey: string | undefined;
  readonly masterKeyFile: string | undefined;
  /** The master key before, until all is sealed anew under the one above. */
  readonly formerMasterKey: string | undefined;
  readonly formerMasterKeyFile: string | undefined;
  /** The variables by which key services are signed in to. MUST NOT be logged. */
  readonly keyServiceEnv: Environment;
  readonly owner: { readonly email: string; readonly password: string } | null;
  /** Operator-fixed origins by provider name. */
  readonly upstreams: ReadonlyMap<string, string>;
  /** How many delegations may lead to a grant in this house; 0 forbids delegation. */
  readonly maxDelegationDepth: number;
  /** Days after which a grant ends that nobody uses; 0 for never. */
  readonly idleGrantDays: number;
  /** Days after which calls leave the journal; null for never. */
  readonly auditRetentionDays: number | null;
  /** Providers whose documented token counts can be believed where they are reached: at their own origin, or as the operator says. */
  readonly exactCounts: ReadonlySet<string>;
  /** The operator's own prices. */
  readonly priceOverrides: readonly PriceOverride[];
  /** Where signed checkpoints of the journals go, and how often. MUST NOT be logged: an address may hold a credential. */
  readonly checkpoints: { readonly target: CheckpointTarget; readonly everyMs: number };
  /** Before which budgets, how recently and by what an owner proves in person who they are. */
  readonly stepUp: StepUpPolicy & { readonly aboveNanos: number };
  /** Which answers carry a receipt. */
  readonly receipts: ReceiptMode;
  /** Where traces and metrics are sent for OpenTelemetry; null for nowhere. Holds a secret: MUST NOT be logged. */
  readonly telemetry: TelemetryConfig | null;
  /** The server that alerts by e-mail go out over; null for none. Holds a password: MUST NOT be logged. */
  readonly mail: MailConfig | null;
  /** Where metrics are served, apart from everything else; null for nowhere. */
  readonly metrics: MetricsAddress | null;
  readonly logLevel: string;
  /** Variables that look like settings and are none: most likely misspelt, so the start warns of them. */
  readonly unknownSettings: readonly string[];
}

/** What the configuration needs to know of a provider. */
export interface KnownProvider {
  readonly name: string;
  readonly keyRequired: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .transform((text) => text.replace(/\/+$/, ''));

const issuerRule = origin
  .refine((text) => new URL(text).origin === text, {
    error: 'must be an origin without a path, such as https://broker.example',
  })
  .refine((text) => text.startsWith('https:') || LOOPBACK.has(new URL(text).hostname), {
    error: 'must use https, unless it is a loopback address',
  });

const DAYS_KEPT = `must be a whole number of days, at least ${FEWEST_DAYS}; without it calls are kept for ever`;

const schema = z.object({
  VALETKEY_HOST: z.string().min(1).default('127.0.0.1'),
  VALETKEY_PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535).default(8787),
  VALETKEY_ISSUER: issuerRule.optional(),
  VALETKEY_TRUSTED_PROXIES: z
    .string()
    .transform((text) => parseAddresses(text))
    .refine((list) => list !== null, {
      error: 'must be addresses or networks with commas, such as 10.0.0.7,10.1.0.0/24',
    })
    .optional(),
  VALETKEY_DATA_DIR: z.string().min(1).default('./data'),
  VALETKEY_DATABASE_URL: z
    .string()
    .refine((text) => /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text), {
      error: 'must be the address of a PostgreSQL database, such as postgres://user:password@host/database',
    })
    .optional(),
  VALETKEY_REPLICA_NAME: z
    .string()
    .regex(/^[\w.-]{1,63}$/, { error: 'must be 1 to 63 letters, digits, dots, dashes or underscores' })
    .optional(),
  VALETKEY_CUT_OFF_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .int()
    .min(10)
    .max(3600)
    .default(30),
  VALETKEY_MASTER_KEY: z.string().optional(),
  VALETKEY_MASTER_KEY_FILE: z.string().min(1, { error: 'must not be empty' }).optional(),
  VALETKEY_MASTER_KEY_OLD: z.string().optional(),
  VALETKEY_MASTER_KEY_OLD_FILE: z.string().min(1, { error: 'must not be empty' }).optional(),
  VALETKEY_OWNER_EMAIL: z.email({ error: 'must be an e-mail address' }).optional(),
  VALETKEY_OWNER_PASSWORD: z.string().optional(),
  VALETKEY_OWNER_PASSWORD_FILE: z.string().min(1).optional(),
  VALETKEY_EXACT_COUNTS: z.string().optional(),
  VALETKEY_MAX_DELEGATION_DEPTH: z
    .string()
    .regex(/^[0-8]$/, { error: 'must be a whole number from 0 to 8' })
    .default('3')
    .transform(Number),
  VALETKEY_IDLE_GRANT_DAYS: z
    .string()
    .regex(/^(0|[1-9]\d{0,3})$/, { error: 'must be a whole number of days from 1 to 9999, or 0 for never' })
    .default('90')
    .transform(Number),
  VALETKEY_AUDIT_RETENTION_DAYS: z
    .string()
    .regex(/^\d{1,5}$/, { error: DAYS_KEPT })
    .transform(Number)
    .refine((days) => days >= FEWEST_DAYS, { error: DAYS_KEPT })
    .optional(),
  VALETKEY_PRICES_FILE: z.string().min(1, { error: 'must not be empty' }).optional(),
  VALETKEY_CHECKPOINTS: z.string().min(1, { error: 'must not be empty' }).optional(),
  VALETKEY_CHECKPOINT_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .int()
    .min(1)
    .max(86_400)
    .default(60),
  VALETKEY_STEP_UP_ABOVE_USD: z
    .string()
    .default('200')
    .transform((text) => parseUsd(text))
    .refine(({ ok }) => ok, { error: 'must be an amount of US dollars, such as 200' }),
  VALETKEY_STEP_UP_MINUTES: z.coerce
    .number({ error: 'must be a number of minutes' })
    .int()
    .min(1)
    .max(1440)
    .default(10),
  VALETKEY_STEP_UP_METHOD: z.enum(['passkey', 'any']).default('passkey'),
  ...oauthVariables,
  ...mailVariables,
  VALETKEY_RECEIPTS: z.enum(['all', 'asked', 'off']).default('all'),
  ...telemetryVariables,
  VALETKEY_METRICS: z
    .string()
    .regex(/^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i, { error: 'must be HOST:PORT, such as 127.0.0.1:9464' })
    .optional(),
  VALETKEY_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

const UPSTREAM = /^VALETKEY_UPSTREAM_([A-Z0-9_]+)$/;

const readUpstreams = (
  env: Environment,
  providers: readonly KnownProvider[],
  problems: string[],
): Map<string, string> => {
  const upstreams = new Map<string, string>();
  const names = providers.map((provider) => provider.name).join(', ');
  for (const [variable, text] of Object.entries(env)) {
    const name = UPSTREAM.exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (name === undefined || text === undefined) continue;
    const parsed = origin.safeParse(text);
    const provider = providers.find((candidate) => candidate.name === name);
    if (!provider) problems.push(`${variable}: there is no provider named ${name}. Known: ${names}`);
    else if (!parsed.success) problems.push(`${variable}: ${parsed.error.issues[0]?.message}`);
    else if (
      provider.keyRequired &&
      parsed.data.startsWith('http:') &&
      !LOOPBACK.has(new URL(parsed.data).hostname)
    ) {
      problems.push(
        `${variable}: must use https, unless it is a loopback address: the provider key travels on it`,
      );
    } else upstreams.set(name, parsed.data);
  }
  return upstreams;
};

/** Another server in a provider’s place may count otherwise than that provider documents. */
const readExactCounts = (
  text: string | undefined,
  upstreams: ReadonlyMap<string, string>,
  providers: readonly KnownProvider[],
  problems: string[],
): ReadonlySet<string> => {
  const named = new Set(text?.split(',').map((name) => name.trim()));
  const names = providers.map(({ name }) => name);
  const unknown = [...named].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    problems.push(`VALETKEY_EXACT_COUNTS: must name providers, with commas: ${names.join(', ')}`);
  return new Set(names.filter((name) => !upstreams.has(name) || named.has(name)));
};

/** Read by the command line, not by the broker. */
const ELSEWHERE = new Set(['VALETKEY_URL']);

const unknownSettings = (env: Environment): string[] =>
  Object.keys(env).filter(
    (name) =>
      name.startsWith('VALETKEY_') &&
      !Object.hasOwn(schema.shape, name) &&
      !UPSTREAM.test(name) &&
      !ELSEWHERE.has(name),
  );

const readOwner = (env: z.infer<typeof schema>, problems: string[]): Config['owner'] => {
  const {
    VALETKEY_OWNER_EMAIL: email,
    VALETKEY_OWNER_PASSWORD: text,
    VALETKEY_OWNER_PASSWORD_FILE: file,
  } = env;
  if (email === undefined) return null;
  let password = text;
  try {
    if (file !== undefined) password = readFileSync(file, 'utf8').trim();
  } catch {
    problems.push('VALETKEY_OWNER_PASSWORD_FILE: cannot be read');
  }
  if (!password) problems.push('VALETKEY_OWNER_PASSWORD (or _FILE) is needed with VALETKEY_OWNER_EMAIL');
  return { email, password: password ?? '' };
};

const readPrices = (
  file: string | undefined,
  providers: readonly KnownProvider[],
  problems: string[],
): readonly PriceOverride[] => {
  if (file === undefined) return [];
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    problems.push('VALETKEY_PRICES_FILE: cannot be read');
    return [];
  }
  const prices = parseOverrides(text, new Set(providers.map(({ name }) => name)));
  if (prices.ok) return prices.value;
  problems.push(...prices.error.map((problem) => `VALETKEY_PRICES_FILE: ${problem}`));
  return [];
};

const readCheckpointTarget = (
  text: string | undefined,
  dataDir: string,
  problems: string[],
): CheckpointTarget => {
  if (text === undefined) return { kind: 'file', path: join(dataDir, 'valetkey.checkpoints.jsonl') };
  if (text === 'stdout') return { kind: 'stdout' };
  if (/^file:./.test(text)) return { kind: 'file', path: resolve(text.replace(/^file:(\/\/(?=\/))?/, '')) };
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!isSafe || url?.username)
    problems.push('VALETKEY_CHECKPOINTS: must be file:PATH, stdout or an https address without a user name');
  return { kind: 'url', url: text };
};

const readMetricsAddress = (text: string | undefined, problems: string[]): MetricsAddress | null => {
  if (text === undefined) return null;
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (port > 65_535) problems.push('VALETKEY_METRICS: must end in a port from 0 to 65535');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port };
};

const defaultIssuer = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
};

/** Reads the configuration; fails with every problem, a line each. Values are never repeated: some are secrets. */
export const readConfig = (
  env: Environment,
  providers: readonly KnownProvider[],
): Result<Config, readonly string[]> => {
  const parsed = schema.safeParse(env);
  if (!parsed.success)
    return fail(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const problems: string[] = [];
  const { data } = parsed;
  const owner = readOwner(data, problems);
  const upstreams = readUpstreams(env, providers, problems);
  const config: Config = {
    host: data.VALETKEY_HOST,
    port: data.VALETKEY_PORT,
    issuer: data.VALETKEY_ISSUER ?? defaultIssuer(data.VALETKEY_HOST, data.VALETKEY_PORT),
    trustedProxies: data.VALETKEY_TRUSTED_PROXIES ?? null,
    dataDir: resolve(data.VALETKEY_DATA_DIR),
    databaseUrl: data.VALETKEY_DATABASE_URL,
    replicaName: data.VALETKEY_REPLICA_NAME,
    cutOffSeconds: data.VALETKEY_CUT_OFF_SECONDS,
    masterKey: data.VALETKEY_MASTER_KEY,
    masterKeyFile: data.VALETKEY_MASTER_KEY_FILE,
    formerMasterKey: data.VALETKEY_MASTER_KEY_OLD,
    formerMasterKeyFile: data.VALETKEY_MASTER_KEY_OLD_FILE,
    keyServiceEnv: Object.fromEntries(
      Object.entries(env).filter(([name]) => /^(AWS|GCE|GOOGLE_APPLICATION|CLOUDSDK|VAULT|BAO)_/.test(name)),
    ),
    owner,
    upstreams,
    maxDelegationDepth: data.VALETKEY_MAX_DELEGATION_DEPTH,
    idleGrantDays: data.VALETKEY_IDLE_GRANT_DAYS,
    auditRetentionDays: data.VALETKEY_AUDIT_RETENTION_DAYS ?? null,
    exactCounts: readExactCounts(data.VALETKEY_EXACT_COUNTS, upstreams, providers, problems),
    priceOverrides: readPrices(data.VALETKEY_PRICES_FILE, providers, problems),
    checkpoints: {
      target: readCheckpointTarget(data.VALETKEY_CHECKPOINTS, resolve(data.VALETKEY_DATA_DIR), problems),
      everyMs: data.VALETKEY_CHECKPOINT_SECONDS * 1000,
    },
    stepUp: {
      aboveNanos: data.VALETKEY_STEP_UP_ABOVE_USD.ok ? data.VALETKEY_STEP_UP_ABOVE_USD.value : 0,
      maxAgeSeconds: data.VALETKEY_STEP_UP_MINUTES * 60,
      method: data.VALETKEY_STEP_UP_METHOD,
    },
    ...readOauthConfig(data, problems),
    mail: readMailConfig(data, problems),
    receipts: data.VALETKEY_RECEIPTS,
    telemetry: readTelemetryConfig(data, problems),
    metrics: readMetricsAddress(data.VALETKEY_METRICS, problems),
    logLevel: data.VALETKEY_LOG_LEVEL,
    unknownSettings: unknownSettings(env),
  };
  const { hostname, protocol } = new URL(config.issuer);
  if (protocol === 'http:' && !LOOPBACK.has(hostname))
    problems.push('VALETKEY_ISSUER: set the public https address when VALETKEY_HOST is not loopback');
  return problems.length > 0 ? fail(problems) : succeed(config);
};
