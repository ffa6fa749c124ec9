// A made-up owner with apps, keys and calls, for trying the dashboard and for its browser tests. Everything is derived
// from one fixed seed and the moment given, so that two runs look alike.

import type {
  Call,
  CallStatus,
  Client,
  Grant,
  LimitState,
  Me,
  Provider,
  ProviderKey,
  Usage,
} from '../src/api/types.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the made-up broker holds. */
export interface MockState {
  me: Me;
  providers: Provider[];
  keys: ProviderKey[];
  grants: Grant[];
  calls: Call[];
  clients: Client[];
  usage: Usage;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

const model = (id: string, name = id) => ({ id, name });

function providers(hasKeys: boolean): Provider[] {
  const common = { capabilities: ['chat', 'embeddings'], key_required: true, simulated: false };
  return [
    {
      ...common,
      name: 'sandbox',
      label: 'Sandbox',
      dialect: 'openai',
      base_url: 'http://127.0.0.1/sandbox',
      key_required: false,
      simulated: true,
      models: [model('sandbox-small', 'Sandbox small'), model('sandbox-large', 'Sandbox large')],
      has_key: false,
    },
    {
      ...common,
      name: 'openai',
      label: 'OpenAI',
      dialect: 'openai',
      base_url: 'https://api.openai.com',
      models: [
        ...[
          'gpt-5',
          'gpt-5-mini',
          'gpt-5-nano',
          'gpt-4.1',
          'gpt-4.1-mini',
          'gpt-4o',
          'gpt-4o-mini',
          'o4-mini',
        ].map((id) => model(id)),
        model('text-embedding-3-large'),
        model('text-embedding-3-small'),
      ],
      has_key: hasKeys,
    },
    {
      ...common,
      name: 'anthropic',
      label: 'Anthropic',
      dialect: 'anthropic',
      base_url: 'https://api.anthropic.com',
      models: [
        model('claude-opus-4-5', 'Claude Opus 4.5'),
        model('claude-sonnet-4-5', 'Claude Sonnet 4.5'),
        model('claude-haiku-4-5', 'Claude Haiku 4.5'),
      ],
      has_key: hasKeys,
    },
    {
      ...common,
      name: 'google',
      label: 'Google',
      dialect: 'google',
      base_url: 'https://generativelanguage.googleapis.com',
      models: [model('gemini-3-pro', 'Gemini 3 Pro'), model('gemini-3-flash', 'Gemini 3 Flash')],
      has_key: false,
    },
  ];
}

function usdLimit(
  per: LimitState['per'],
  figures: [amount: string, settled: string, held: string, left: string],
  endsMs: number | null,
): LimitState {
  const [amount, settled, held, remaining] = figures;
  return {
    unit: 'usd',
    per,
    amount,
    settled,
    held,
    remaining,
    window_ends_at: endsMs === null ? null : iso(endsMs),
  };
}

interface GrantSketch {
  readonly id: string;
  readonly name: string;
  readonly url?: string;
  readonly provider: string;
  readonly models: readonly string[];
  readonly limits: readonly LimitState[];
  readonly wireLimits: Record<string, number | string>;
  readonly lines: readonly string[];
  readonly usedMsAgo: number | null;
  readonly madeDaysAgo: number;
  readonly endsInDays: number | null;
  readonly status?: Grant['status'];
  readonly spent: readonly [today: string, month: string, total: string, calls: number];
  readonly reason?: string;
  readonly depth?: number;
}

function grant(sketch: GrantSketch, nowMs: number): Grant {
  const [today_usd, month_usd, total_usd, calls] = sketch.spent;
  const lastFour = sketch.provider === 'openai' ? 'x9Qf' : 'b7Lm';
  const expires = sketch.endsInDays === null ? null : iso(nowMs + sketch.endsInDays * DAY_MS);
  const status = sketch.status ?? 'active';
  return {
    id: sketch.id,
    name: sketch.name,
    client: sketch.url
      ? { id: `${sketch.url}/client.json`, name: sketch.name, url: sketch.url, origin: 'metadata_document' }
      : null,
    status,
    created_at: iso(nowMs - sketch.madeDaysAgo * DAY_MS),
    expires_at: expires,
    last_used_at: sketch.usedMsAgo === null ? null : iso(nowMs - sketch.usedMsAgo),
    revoked_at: status === 'revoked' ? iso(nowMs - 9 * DAY_MS) : null,
    unknown_fields: 'pass',
    authorization_details: [
      {
        type: 'ai_model_access',
        provider: sketch.provider,
        models: sketch.models,
        limits: sketch.wireLimits,
        ...(expires && { expires }),
        ...(sketch.reason && { reason: sketch.reason }),
        ...(sketch.depth && { delegation: { max_depth: sketch.depth } }),
      },
    ],
    parts: [
      {
        provider: sketch.provider,
        provider_key:
          sketch.provider === 'sandbox'
            ? null
            : { id: `pk_${sketch.provider}`, label: 'Personal', last_four: lastFour },
        limits: sketch.limits,
        lines: sketch.lines,
      },
    ],
    spent: { today_usd, month_usd, total_usd, calls },
    has_key_token: sketch.url === undefined,
  };
}

function grants(nowMs: number): Grant[] {
  const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS + DAY_MS;
  const monthEnd = nowMs + 8 * DAY_MS;
  const sketches: GrantSketch[] = [
    {
      id: 'gr_2vQ8pNfW1acmeWriter',
      name: 'Acme Writer',
      url: 'https://writer.acme.example',
      provider: 'openai',
      models: ['gpt-5-mini', 'text-embedding-3-small'],
      limits: [
        usdLimit('month', ['40', '17.2841', '0.0312', '22.6847'], monthEnd),
        usdLimit('day', ['5', '4.1275', '0.0312', '0.8413'], midnight),
        {
          unit: 'requests',
          per: 'minute',
          amount: 60,
          settled: 4,
          held: 1,
          remaining: 55,
          window_ends_at: iso(nowMs + 30_000),
        },
      ],
      wireLimits: { monthly_spend: 40, daily_spend: 5, requests_per_minute: 60, max_output_tokens: 4096 },
      lines: [
        'Send text to GPT-5 mini and receive answers of at most 4,096 tokens',
        'Turn text into embeddings with text-embedding-3-small',
        'May let other agents spend from this limit, 1 level deep',
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
      limits: [usdLimit('week', ['25', '6.0294', '0.4800', '18.4906'], nowMs + 3 * DAY_MS)],
      wireLimits: { weekly_spend: 25 },
      lines: ['Send text, images and files to Claude Sonnet 4.5 and Claude Haiku 4.5'],
      usedMsAgo: 26 * MINUTE_MS,
      madeDaysAgo: 12,
      endsInDays: 2.2,
      spent: ['1.8806', '9.7713', '9.7713', 611],
    },
    {
      id: 'gr_5tRz9ShelfScan',
      name: 'Shelf Scan',
      url: 'https://shelfscan.example',
      provider: 'openai',
      models: ['gpt-4o-mini'],
      limits: [usdLimit('total', ['1', '1', '0', '0'], null)],
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
      limits: [usdLimit('day', ['0.50', '0.0042', '0', '0.4958'], midnight)],
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
      limits: [usdLimit('month', ['3', '0', '0', '3'], monthEnd)],
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
      limits: [usdLimit('day', ['0.25', '0', '0', '0.25'], midnight)],
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
      limits: [usdLimit('total', ['10', '3.2', '0', '6.8'], null)],
      wireLimits: { total_spend: 10 },
      lines: ['Send text to GPT-5'],
      usedMsAgo: 10 * DAY_MS,
      madeDaysAgo: 50,
      endsInDays: 20,
      status: 'revoked',
      spent: ['0', '0.41', '3.2', 58],
    },
  ];
  return sketches.map((sketch) => grant(sketch, nowMs));
}

/** A stream of numbers from 0 to 1 that is the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function calls(all: readonly Grant[], nowMs: number): Call[] {
  const random = seededRandom(7);
  const spenders = all.slice(0, 4);
  return Array.from({ length: 130 }, (_, index): Call => {
    const from = spenders[Math.floor(random() ** 1.6 * spenders.length)] ?? spenders[0]!;
    const detail = from.authorization_details[0]!;
    const status: CallStatus =
      index === 0
        ? 'admitted'
        : index === 9
          ? 'ceiling'
          : index % 17 === 5
            ? 'refused'
            : index === 23
              ? 'released'
              : 'settled';
    const input = Math.floor(200 + random() * 9000);
    const output = Math.floor(20 + random() * 1500);
    const cost = ((input * 250 + output * 2000) / 1e9).toFixed(9);
    const held = ((input * 260 + 4096 * 2000) / 1e9).toFixed(9);
    const isDone = status === 'settled';
    return {
      id: `call_${String(1000 - index)}`,
      at: iso(nowMs - (2 + index * 13 + random() * 9) * MINUTE_MS),
      grant_id: from.id,
      grant_name: from.name,
      client_name: from.client?.name ?? null,
      provider: detail.provider,
      operation: detail.provider === 'anthropic' ? 'anthropic.messages' : 'openai.chat.completions',
      model: detail.models?.[index % (detail.models.length || 1)] ?? null,
      status,
      http_status: status === 'refused' ? 402 : isDone ? 200 : null,
      held_usd: status === 'refused' ? '0' : held,
      cost_usd:
        status === 'admitted' || status === 'refused'
          ? null
          : status === 'released'
            ? '0'
            : status === 'ceiling'
              ? held
              : cost,
      tokens: isDone ? { input, output, cached: index % 3 === 0 ? Math.floor(input / 2) : 0 } : null,
      duration_ms: isDone ? Math.floor(300 + random() * 9000) : null,
      stream: index % 2 === 0,
      refusal: status === 'refused' ? (index % 2 ? 'insufficient_budget' : 'model_not_permitted') : null,
      request_id: `req_${Math.floor(random() * 2 ** 40)
        .toString(36)
        .padStart(9, '0')}`,
      unconfirmed: status === 'ceiling',
      anomalies: status === 'ceiling' ? ['usage_missing'] : [],
    };
  });
}

function usage(all: readonly Grant[], nowMs: number): Usage {
  const random = seededRandom(21);
  return {
    today_usd: '6.1036',
    month_usd: '29.3561',
    total_usd: '55.3587',
    calls_today: 214,
    calls_month: 2316,
    by_grant: all.map((one) => ({ grant_id: one.id, name: one.name, ...one.spent })),
    by_day: Array.from({ length: 30 }, (_, index) => {
      const atMs = nowMs - (29 - index) * DAY_MS;
      const isWeekend = [0, 6].includes(new Date(atMs).getUTCDay());
      const cents = index === 29 ? 610.36 : random() * (isWeekend ? 40 : 300) + (isWeekend ? 0 : 40);
      const usd = index === 4 || index === 5 ? '0' : (cents / 100).toFixed(4);
      return { day: iso(atMs).slice(0, 10), usd, calls: usd === '0' ? 0 : Math.round(cents / 2.9) };
    }),
  };
}

function clients(nowMs: number): Client[] {
  return [
    {
      id: 'cl_9fKq2WmarginNotes',
      name: 'Margin Notes',
      url: 'https://margin.example',
      redirect_uris: ['https://margin.example/oauth/callback', 'http://127.0.0.1:5173/callback'],
      type: 'confidential',
      dpop_bound: true,
      origin: 'registered',
      created_at: iso(nowMs - 70 * DAY_MS),
      grants: 2,
    },
    {
      id: 'cl_3xTtermHelper',
      name: 'Terminal Helper',
      url: 'https://github.com/ada/terminal-helper',
      redirect_uris: ['http://127.0.0.1/callback'],
      type: 'public',
      dpop_bound: false,
      origin: 'registered',
      created_at: iso(nowMs - 3 * DAY_MS),
      grants: 0,
    },
  ];
}

function keys(nowMs: number): ProviderKey[] {
  return [
    {
      id: 'pk_openai',
      provider: 'openai',
      label: 'Personal',
      last_four: 'x9Qf',
      created_at: iso(nowMs - 90 * DAY_MS),
      replaced_at: null,
      last_used_at: iso(nowMs - 2 * MINUTE_MS),
      grants: 3,
    },
    {
      id: 'pk_openai_work',
      provider: 'openai',
      label: 'Work',
      last_four: 'T4ea',
      created_at: iso(nowMs - 20 * DAY_MS),
      replaced_at: null,
      last_used_at: null,
      grants: 0,
    },
    {
      id: 'pk_anthropic',
      provider: 'anthropic',
      label: 'Personal',
      last_four: 'b7Lm',
      created_at: iso(nowMs - 60 * DAY_MS),
      replaced_at: iso(nowMs - 11 * DAY_MS),
      last_used_at: iso(nowMs - 26 * MINUTE_MS),
      grants: 2,
    },
  ];
}

/** A broker in use. */
export function busyState(issuer: string, nowMs: number): MockState {
  const all = grants(nowMs);
  return {
    me: {
      owner: { id: 'ow_1', email: 'ada@example.com', name: 'Ada' },
      issuer,
      version: '0.1.0',
      locale: 'en',
    },
    providers: providers(true),
    keys: keys(nowMs),
    grants: all,
    calls: calls(all, nowMs),
    clients: clients(nowMs),
    usage: usage(all, nowMs),
  };
}

/** A broker as it is right after set-up. */
export function freshState(issuer: string, nowMs: number): MockState {
  return {
    ...busyState(issuer, nowMs),
    providers: providers(false),
    keys: [],
    grants: [],
    calls: [],
    clients: [],
    usage: {
      today_usd: '0',
      month_usd: '0',
      total_usd: '0',
      calls_today: 0,
      calls_month: 0,
      by_grant: [],
      by_day: usage([], nowMs).by_day.map(({ day }) => ({ day, usd: '0', calls: 0 })),
    },
  };
}
