// A stand-in for a Valetkey server: the management API and the sign-in endpoints that commands use, over real HTTP on loopback. It answers
// with fixed data, records what it was sent, and can be told to answer one route differently.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A canned answer. */
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** That it never comes. */
  readonly never?: true;
}

/** A request as it came in. */
export interface SeenRequest {
  readonly route: string;
  readonly query: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** The running server. */
export interface FakeServer {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Answers `METHOD /path` differently from now on; several answers are given in turn, the last for ever. */
  answer(route: string, ...answers: FakeAnswer[]): void;
  /** What it answers `METHOD /path` (after `/api/v1`) if it is told nothing else. */
  fixed(route: string): FakeAnswer;
  close(): Promise<void>;
}

/** The only password and the only session that it accepts. */
export const PASSWORD = ' correct horse battery ';
export const SESSION = 'session-token.signed';

const GRANT = {
  id: 'grant_1',
  name: 'Notes',
  client: null,
  parent_grant_id: null,
  depth: 0,
  actor: null,
  status: 'active',
  created_at: '2026-11-01T10:00:00Z',
  expires_at: null,
  last_used_at: '2026-11-20T08:30:00Z',
  revoked_at: null,
  unknown_fields: 'pass',
  authorization_details: [{ type: 'ai_model_access', provider: 'openai', models: ['gpt-4o-mini'] }],
  parts: [
    {
      provider: 'openai',
      provider_key: { id: 'key_1', label: null, last_four: 'ab12' },
      limits: [
        {
          unit: 'usd',
          per: 'month',
          amount: '5',
          settled: '1.799999999',
          held: '0',
          remaining: '3.200000001',
          window_ends_at: '2026-12-01T00:00:00Z',
          reset: null,
        },
      ],
      lines: ['Send text and images to gpt-4o-mini'],
    },
  ],
  spent: { today_usd: '0.0042', month_usd: '1.799999999', total_usd: '1.799999999', calls: 12 },
  has_key_token: true,
};

const [PART] = GRANT.parts;
const [MONTHLY] = PART!.limits;

/** The same grant once its limit was reset. */
const RESET_GRANT = {
  ...GRANT,
  parts: [
    {
      ...PART,
      limits: [
        {
          ...MONTHLY,
          settled: '0',
          remaining: '5',
          reset: { at: '2026-11-20T09:00:00Z', amount: '1.799999999' },
        },
      ],
    },
  ],
};

/** One with two limits of money, and one of requests. */
const LIMITED_GRANT = {
  ...GRANT,
  id: 'grant_many',
  parts: [
    {
      ...PART,
      limits: [
        MONTHLY,
        { ...MONTHLY, per: 'day' },
        { ...MONTHLY, unit: 'requests', settled: 1, remaining: 4 },
      ],
    },
  ],
};

const PROVIDER = {
  name: 'openai',
  label: 'OpenAI',
  dialect: 'openai',
  base_url: 'http://127.0.0.1:8787/openai/v1',
  key_required: true,
  simulated: false,
  models: [],
  capabilities: ['chat'],
  has_key: true,
};

const KEY = {
  id: 'key_1',
  provider: 'openai',
  label: null,
  last_four: 'ab12',
  created_at: '2026-11-01T09:00:00Z',
  replaced_at: null,
  last_used_at: null,
  grants: 3,
};

const CALLS = ['2026-11-20T08:30:00Z', '2026-11-20T08:29:00Z'].map((at, index) => ({
  id: `call_${index}`,
  at,
  grant_id: 'grant_1',
  grant_name: 'Notes',
  grant_path: ['grant_1'],
  client_name: null,
  device: index === 0 ? null : { id: 'dev_1', name: 'laptop' },
  provider: 'openai',
  operation: 'chat.completions',
  model: 'gpt-4o-mini',
  status: index === 0 ? 'refused' : 'settled',
  http_status: index === 0 ? 402 : 200,
  held_usd: '0.01',
  cost_usd: index === 0 ? null : '0.0042',
  tokens: index === 0 ? null : { input: 10, output: 20, cached: 0 },
  duration_ms: 120,
  stream: false,
  refusal: index === 0 ? 'budget_exhausted' : null,
  request_id: `req_${index}`,
  unconfirmed: false,
  anomalies: [],
}));

const USAGE = {
  today_usd: '0.0042',
  month_usd: '1.799999999',
  total_usd: '1.799999999',
  calls_today: 1,
  calls_month: 12,
  by_grant: [{ grant_id: 'grant_1', name: 'Notes', ...GRANT.spent }],
  by_day: [{ day: '2026-11-20', usd: '0.0042', calls: 1 }],
};

const ANSWERS: Readonly<Record<string, FakeAnswer>> = {
  'GET /me': {
    body: {
      owner: { id: 'owner_1', email: 'me@example.com', name: 'Me' },
      issuer: 'http://127.0.0.1:8787',
      version: '0.1.0',
      locale: 'en',
    },
  },
  'GET /providers': { body: { data: [PROVIDER], next: null } },
  'GET /provider-keys': { body: { data: [KEY], next: null } },
  'POST /provider-keys': { status: 201, body: KEY },
  'POST /provider-keys/key_1/test': { body: { ok: true, status: 200, message: 'The key works.' } },
  'PUT /provider-keys/key_1': { body: KEY },
  'DELETE /provider-keys/key_1': { status: 204 },
  'GET /grants': { body: { data: [GRANT], next: null } },
  'GET /grants/grant_1': { body: GRANT },
  'POST /grants/grant_1/reset-limit': { body: RESET_GRANT },
  'GET /grants/grant_many': { body: LIMITED_GRANT },
  'POST /grants/grant_many/reset-limit': { body: LIMITED_GRANT },
  'POST /grants': {
    status: 201,
    body: {
      ...GRANT,
      token: 'vk_test_token',
      base_url: 'http://127.0.0.1:8787/openai/v1',
      base_urls: { openai: 'http://127.0.0.1:8787/openai/v1' },
    },
  },
  'PATCH /grants/grant_1': { body: { ...GRANT, status: 'suspended' } },
  'POST /grants/grant_1/revoke': {
    body: { grant_id: 'grant_1', revoked_at: '2026-11-20T09:00:00Z', grants_stopped: 2, streams_cut: 1 },
  },
  'GET /calls': { body: { data: CALLS, next: null } },
  'GET /usage': { body: USAGE },
};

const apiError = (status: number, code: string, message: string): FakeAnswer => ({
  status,
  body: { error: { code, message, request_id: 'req_9' } },
});

/** Starts a fake server on a free loopback port. */
export async function startFakeServer(): Promise<FakeServer> {
  const seen: SeenRequest[] = [];
  const scripted = new Map<string, FakeAnswer[]>();

  const answerTo = ({ route, authorization, body }: SeenRequest): FakeAnswer => {
    const script = scripted.get(route);
    if (script) return script.length > 1 ? script.shift()! : script[0]!;
    if (route === 'GET /.well-known/oauth-authorization-server') return metadata();
    if (route === 'POST /api/auth/sign-in/email') return signIn(body as { email: string; password: string });
    if (route === 'POST /api/auth/sign-out') return { body: { success: true } };
    if (authorization !== `Bearer ${SESSION}`)
      return apiError(401, 'missing_token', 'No session came with this.');
    return (
      ANSWERS[route.replace('/api/v1', '')] ?? apiError(404, 'not_found', 'There is nothing at this address.')
    );
  };

  const metadata = (): FakeAnswer => ({
    body: { issuer: urlOf(server), authorization_details_types_supported: ['ai_model_access'] },
  });
  const server = createServer(async (request, response) => {
    const asked = await readRequest(request);
    seen.push(asked);
    const { status = 200, headers, body, never } = answerTo(asked);
    if (never) return;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: urlOf(server),
    seen,
    fixed: (route) => ANSWERS[route]!,
    answer: (route, ...answers) => void scripted.set(route, answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://fake');
  const body = await text(request);
  return {
    route: `${request.method} ${pathname}`,
    query: search,
    authorization: request.headers.authorization,
    body: body === '' ? null : JSON.parse(body),
  };
}

const signIn = ({ email, password }: { email: string; password: string }): FakeAnswer =>
  email === 'me@example.com' && password === PASSWORD
    ? { headers: { 'set-auth-token': SESSION }, body: { token: 'unsigned', user: { email } } }
    : { status: 401, body: { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' } };
