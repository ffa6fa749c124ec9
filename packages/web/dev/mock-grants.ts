// The made-up grants of the stand-in: one of each kind that the dashboard has to show well.

import type { Grant, LimitPeriod, LimitState } from '../src/api/types.ts';
import { mockDelegated } from './mock-delegated.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface LimitSketch {
  readonly per: LimitPeriod;
  readonly amount: string;
  readonly settled: string;
  readonly held: string;
  readonly left: string;
  readonly endsInMs: number | null;
}

interface GrantSketch {
  readonly id: string;
  readonly name: string;
  /** The app's home page; without one it is the owner's own tool. */
  readonly url?: string;
  readonly provider: string;
  readonly models: readonly string[];
  readonly limit: LimitSketch;
  readonly extraLimits?: readonly LimitState[];
  readonly wireLimits: Record<string, number | string>;
  readonly lines: readonly string[];
  readonly usedMsAgo: number;
  readonly madeDaysAgo: number;
  readonly endsInDays: number;
  readonly status?: Grant['status'];
  readonly spent: readonly [today: string, month: string, total: string, calls: number];
  readonly reason?: string;
  readonly depth?: number;
}

const SKETCHES: readonly GrantSketch[] = [
  {
    id: 'gr_2vQ8pNfW1acmeWriter',
    name: 'Acme Writer',
    url: 'https://writer.acme.example',
    provider: 'openai',
    models: ['gpt-5-mini', 'text-embedding-3-small'],
    limit: {
      per: 'day',
      amount: '5',
      settled: '4.1275',
      held: '0.0812',
      left: '0.7913',
      endsInMs: 5 * HOUR_MS,
    },
    extraLimits: [
      {
        unit: 'usd',
        per: 'month',
        amount: '40',
        settled: '17.2841',
        held: '0.0812',
        remaining: '22.6347',
        window_ends_at: null,
        reset: null,
      },
      {
        unit: 'requests',
        per: 'minute',
        amount: 60,
        settled: 4,
        held: 1,
        remaining: 55,
        window_ends_at: null,
        reset: null,
      },
    ],
    wireLimits: { monthly_spend: 40, daily_spend: 5, requests_per_minute: 60, max_output_tokens: 4096 },
    lines: [
      'Send text to GPT-5 mini and receive answers of at most 4,096 tokens',
      'Turn text into embeddings with text-embedding-3-small',
      'It may let other agents spend from this limit, 1 level deep',
    ],
    usedMsAgo: 2 * MINUTE_MS,
    madeDaysAgo: 41,
    endsInDays: 49,
    spent: ['4.1275', '17.2841', '38.9102', 1843],
    reason: 'Drafts and summaries in your notebook',
    depth: 1,
  },
  {
    id: 'gr_7bLm3KcodeAgent',
    name: 'Claude Code on the laptop',
    provider: 'anthropic',
    models: ['claude-sonnet-4-5', 'claude-haiku-4-5'],
    limit: {
      per: 'week',
      amount: '25',
      settled: '6.0294',
      held: '1.92',
      left: '17.0506',
      endsInMs: 3 * DAY_MS,
    },
    wireLimits: { weekly_spend: 25 },
    lines: ['Send text, images and files to Claude Sonnet 4.5 and Claude Haiku 4.5'],
    usedMsAgo: 26 * MINUTE_MS,
    madeDaysAgo: 12,
    endsInDays: 2.2,
    spent: ['1.8806', '9.7713', '9.7713', 611],
    depth: 3,
  },
  {
    id: 'gr_5tRz9ShelfScan',
    name: 'Shelf Scan',
    url: 'https://shelfscan.example',
    provider: 'openai',
    models: ['gpt-4o-mini'],
    limit: { per: 'total', amount: '1', settled: '1', held: '0', left: '0', endsInMs: null },
    wireLimits: { total_spend: 1 },
    lines: ['Send text and images to GPT-4o mini'],
    usedMsAgo: 5 * HOUR_MS,
    madeDaysAgo: 6,
    endsInDays: 24,
    spent: ['0.0913', '1', '1', 402],
  },
  {
    id: 'gr_1sandboxTrial',
    name: 'First try',
    provider: 'sandbox',
    models: ['sandbox-small'],
    limit: {
      per: 'day',
      amount: '0.50',
      settled: '0.0042',
      held: '0',
      left: '0.4958',
      endsInMs: 5 * HOUR_MS,
    },
    wireLimits: { daily_spend: '0.50' },
    lines: ['Send text to Sandbox small (simulated)'],
    usedMsAgo: 19 * HOUR_MS,
    madeDaysAgo: 2,
    endsInDays: 28,
    spent: ['0.0042', '0.0187', '0.0187', 31],
  },
  {
    id: 'gr_8idleRecipes',
    name: 'Recipe Box',
    url: 'https://recipes.example',
    provider: 'openai',
    models: ['gpt-5-nano'],
    limit: { per: 'month', amount: '3', settled: '0', held: '0', left: '3', endsInMs: 8 * DAY_MS },
    wireLimits: { monthly_spend: 3 },
    lines: ['Send text to GPT-5 nano'],
    usedMsAgo: 47 * DAY_MS,
    madeDaysAgo: 88,
    endsInDays: 90,
    spent: ['0', '0', '0.4471', 96],
  },
  {
    id: 'gr_4pausedMail',
    name: 'Mail Sorter',
    url: 'https://mailsorter.example',
    provider: 'anthropic',
    models: ['claude-haiku-4-5'],
    limit: { per: 'day', amount: '0.25', settled: '0', held: '0', left: '0.25', endsInMs: 5 * HOUR_MS },
    wireLimits: { daily_spend: 0.25 },
    lines: ['Send text to Claude Haiku 4.5'],
    usedMsAgo: 4 * DAY_MS,
    madeDaysAgo: 30,
    endsInDays: 60,
    status: 'suspended',
    spent: ['0', '0.8820', '2.0114', 733],
  },
  {
    id: 'gr_0endedSlides',
    name: 'Slide Maker',
    url: 'https://slides.example',
    provider: 'openai',
    models: ['gpt-5'],
    limit: { per: 'total', amount: '10', settled: '3.2', held: '0', left: '6.8', endsInMs: null },
    wireLimits: { total_spend: 10 },
    lines: ['Send text to GPT-5'],
    usedMsAgo: 10 * DAY_MS,
    madeDaysAgo: 50,
    endsInDays: 20,
    status: 'revoked',
    spent: ['0', '0.41', '3.2', 58],
  },
];

/** The grants as they stand at `nowMs`. */
export const mockGrants = (nowMs: number): Grant[] =>
  SKETCHES.map((sketch) => grant(sketch, nowMs)).flatMap((given) =>
    given.id === 'gr_7bLm3KcodeAgent' ? [given, ...mockDelegated(given, nowMs)] : [given],
  );

const iso = (atMs: number): string => new Date(atMs).toISOString();

function grant(sketch: GrantSketch, nowMs: number): Grant {
  const [today_usd, month_usd, total_usd, calls] = sketch.spent;
  const { id, name, url, provider, status = 'active' } = sketch;
  const expires = iso(nowMs + sketch.endsInDays * DAY_MS);
  const lastFour = provider === 'openai' ? 'x9Qf' : 'b7Lm';
  const key = { id: `pk_${provider}`, label: 'Personal', last_four: lastFour };
  return {
    id,
    name,
    client: url ? { id: `${url}/client.json`, name, url, origin: 'metadata_document' } : null,
    parent_grant_id: null,
    depth: 0,
    actor: null,
    actor_authenticated: null,
    barred_providers: [],
    status,
    stopped_by: null,
    created_at: iso(nowMs - sketch.madeDaysAgo * DAY_MS),
    expires_at: expires,
    expires_if_unused_at: sketch.endsInDays > 91 ? iso(nowMs - sketch.usedMsAgo + 91 * DAY_MS) : null,
    last_used_at: iso(nowMs - sketch.usedMsAgo),
    revoked_at: status === 'revoked' ? iso(nowMs - 9 * DAY_MS) : null,
    unknown_fields: 'pass',
    authorization_details: [
      {
        type: 'ai_model_access',
        provider,
        models: sketch.models,
        limits: sketch.wireLimits,
        expires,
        ...(sketch.reason && { reason: sketch.reason }),
        ...(sketch.depth && { delegation: { max_depth: sketch.depth } }),
      },
    ],
    parts: [
      {
        provider,
        provider_key: provider === 'sandbox' ? null : key,
        limits: [usdLimit(sketch.limit, nowMs), ...(sketch.extraLimits ?? [])],
        lines: sketch.lines,
        recipients: {},
      },
    ],
    spent: { today_usd, month_usd, total_usd, calls },
    has_key_token: url === undefined,
    devices: [],
    version: 'first',
  };
}

const usdLimit = (
  { per, amount, settled, held, left, endsInMs }: LimitSketch,
  nowMs: number,
): LimitState => ({
  unit: 'usd',
  per,
  amount,
  settled,
  held,
  remaining: left,
  window_ends_at: endsInMs === null ? null : iso(nowMs + endsInMs),
  reset: null,
});
