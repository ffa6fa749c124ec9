// A made-up owner with apps, keys and calls, for trying the dashboard and for its browser tests. Everything is derived
// from one fixed seed and the moment given, so that two runs look alike.

import type { AccessRequest } from '../src/api/requests.ts';
import type {
  Call,
  CallStatus,
  Client,
  Grant,
  Me,
  Provider,
  ProviderKey,
  Stop,
  Usage,
} from '../src/api/types.ts';
import { mockGrants } from './mock-grants.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the made-up broker holds. */
export interface MockState {
  me: Me;
  providers: Provider[];
  keys: ProviderKey[];
  stops: Stop[];
  requests: AccessRequest[];
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
      label: 'Sandbox (simulated)',
      dialect: 'openai',
      base_url: 'http://127.0.0.1/sandbox',
      key_required: false,
      simulated: true,
      models: [
        model('sandbox-small', 'Sandbox small'),
        model('sandbox-large', 'Sandbox large'),
        model('sandbox-embed', 'Sandbox embed'),
      ],
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

function callStatus(index: number): CallStatus {
  if (index === 0) return 'admitted';
  if (index === 9) return 'ceiling';
  if (index === 23) return 'released';
  return index % 17 === 5 ? 'refused' : 'settled';
}

function calls(all: readonly Grant[], nowMs: number): Call[] {
  const random = seededRandom(7);
  const [given, below] = [all.filter(({ depth }) => depth === 0), all.filter(({ depth }) => depth > 0)];
  return Array.from({ length: 130 }, (_, index) => {
    const app = given[Math.floor(random() ** 1.6 * 4)]!;
    const grant = (index % 12 === 3 && below.find(({ depth }) => depth === 1 + (index % 2))) || app;
    return call(
      grant,
      pathTo(grant, all),
      index,
      nowMs - (2 + index * 13 + random() * 9) * MINUTE_MS,
      random,
    );
  });
}

function pathTo(grant: Grant, all: readonly Grant[]): readonly string[] {
  const parent = all.find(({ id }) => id === grant.parent_grant_id);
  return parent ? [...pathTo(parent, all), grant.id] : [grant.id];
}

function call(
  grant: Grant,
  grantPath: readonly string[],
  index: number,
  atMs: number,
  random: () => number,
): Call {
  const { provider, models = [] } = grant.authorization_details[0]!;
  const status = callStatus(index);
  const isDone = status === 'settled';
  const input = Math.floor(200 + random() * 9000);
  const output = Math.floor(20 + random() * 1500);
  const held = ((input * 260 + 4096 * 2000) / 1e9).toFixed(9);
  const settled = ((input * 250 + output * 2000) / 1e9).toFixed(9);
  const cost = { admitted: null, refused: null, released: '0', ceiling: held, settled }[status];
  return {
    id: `call_${1000 - index}`,
    at: iso(atMs),
    grant_id: grant.id,
    grant_name: grant.name,
    grant_path: grantPath,
    client_name: grant.client?.name ?? null,
    device: null,
    provider,
    operation: provider === 'anthropic' ? 'anthropic.messages' : 'openai.chat.completions',
    model: models[index % models.length] ?? null,
    status,
    http_status: status === 'refused' ? 402 : isDone ? 200 : null,
    held_usd: status === 'refused' ? '0' : held,
    cost_usd: cost,
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
}

function usage(all: readonly Grant[], nowMs: number): Usage {
  const random = seededRandom(21);
  return {
    today_usd: '6.1036',
    month_usd: '29.3561',
    total_usd: '55.3587',
    calls_today: 214,
    calls_month: 2316,
    by_grant: all.map(({ id, name, spent }) => ({ grant_id: id, name, ...spent })),
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

function requests(issuer: string, nowMs: number): AccessRequest[] {
  const id = 'more_7hQ2runTests';
  const limit = { member: 'limits.total_spend', label: 'Budget in total', used: '$0.2311' };
  return [
    {
      id,
      grant_id: 'gr_c2runTests',
      url: `${issuer}/consent/requests/${id}`,
      message: 'Two suites are left, and each needs about 20 cents.',
      path: [
        { grant_id: 'gr_7bLm3KcodeAgent', name: 'Claude Code on the laptop' },
        { grant_id: 'gr_c1refactor', name: 'refactor the parser' },
        { grant_id: 'gr_c2runTests', name: 'run-tests' },
      ],
      changes: [
        { grant_id: 'gr_c2runTests', is_asker: true, members: [{ ...limit, from: '$0.25', to: '$0.75' }] },
        { grant_id: 'gr_c1refactor', is_asker: false, members: [{ ...limit, from: '$2.00', to: '$2.50' }] },
      ],
      created_at: iso(nowMs - 3 * MINUTE_MS),
    },
  ];
}

/** A broker in use. */
export function busyState(issuer: string, nowMs: number): MockState {
  const all = mockGrants(nowMs);
  return {
    me: {
      owner: { id: 'ow_1', email: 'ada@example.com', name: 'Ada' },
      issuer,
      version: '0.1.0',
      locale: 'en',
      role: 'operator',
      maxima: [],
      step_up: null,
    },
    providers: providers(true),
    keys: keys(nowMs),
    stops: [],
    requests: requests(issuer, nowMs),
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
    stops: [],
    requests: [],
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
