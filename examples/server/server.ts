// A web app that keeps each person's connection on the server: Fastify, a session cookie, the official OpenAI client. A browser sees no token.

import { randomBytes } from 'node:crypto';
import {
  type AppOptions,
  explainError,
  type ReceiptCheck,
  receiptCheck,
  type ValetkeyApp,
  valetkeyApp,
} from '@valetkey/sdk';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import OpenAI from 'openai';
import { page, type View } from './pages.ts';

/** Who the app is, and whom it asks. */
export interface ServerOptions extends Required<Pick<AppOptions, 'clientId' | 'auth' | 'store'>> {
  /** Its own address, such as `https://haiku.example`. */
  readonly origin: string;
  /** The broker’s address. */
  readonly broker: string;
}

const ACCESS = [
  {
    provider: 'sandbox',
    models: ['sandbox-*'],
    capabilities: ['chat'],
    limits: { daily_spend: 0.5 },
    reason: 'Haiku about what you type',
  },
];

const COOKIE = 'haiku';

type SessionOf = (request: FastifyRequest, reply: FastifyReply) => string;

/** The person's session, which is what their connection is kept under; a new one where they have none. */
const sessionsAt =
  (origin: string): SessionOf =>
  (request, reply) => {
    const known = new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];
    const session = known ?? randomBytes(32).toString('base64url');
    const secure = origin.startsWith('https:') ? '; Secure' : '';
    // Lax: it comes along when the broker sends the browser back, and with no form of another site.
    if (!known) reply.header('set-cookie', `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Lax${secure}`);
    return session;
  };

/** The app, not yet listening. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { origin, broker } = options;
  const server = fastify();
  const app = valetkeyApp({ ...options, redirectUri: `${origin}/callback` });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 10_000 },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  // The broker, too: Chromium counts where a form's answer redirects to as where the form goes.
  const policy = `default-src 'none'; form-action 'self' ${new URL(broker).origin}; frame-ancestors 'none'`;
  server.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', policy);
    if (request.method === 'POST' && request.headers.origin && request.headers.origin !== origin)
      await reply.code(403).send('This form is of another site.');
  });
  addPages(server, app, broker, sessionsAt(origin));
  addEvidence(server, receiptCheck({ broker }));
  return server;
}

function addPages(server: FastifyInstance, app: ValetkeyApp, broker: string, sessionOf: SessionOf): void {
  const show = async (session: string, reply: FastifyReply, view: Partial<View> = {}): Promise<unknown> => {
    const connection = await app.connection(session);
    const seen = connection ? await connection.budget().catch(refusalView) : {};
    const budget = seen && 'remainingUsd' in seen ? { budget: seen } : (seen ?? { budget: null });
    return reply.type('text/html').send(page({ isConnected: connection !== null, ...budget, ...view }));
  };
  server.get('/', (request, reply) => show(sessionOf(request, reply), reply));
  server.post('/connect', async (request, reply) => {
    const { url } = await app.start({ broker, access: ACCESS, name: sessionOf(request, reply) });
    return reply.redirect(url, 303);
  });
  server.get('/callback', async (request, reply) => {
    const session = sessionOf(request, reply);
    try {
      await app.finish({ url: new URL(request.url, broker), name: session });
    } catch (thrown) {
      return show(session, reply.code(400), refusalView(thrown));
    }
    return reply.redirect('/', 303);
  });
  server.post<{ Body: URLSearchParams }>('/ask', async (request, reply) => {
    const session = sessionOf(request, reply);
    try {
      return await show(session, reply, {
        answer: await write(app, session, request.body.get('about') ?? ''),
      });
    } catch (thrown) {
      return show(session, reply.code(402), refusalView(thrown));
    }
  });
  server.post('/disconnect', async (request, reply) => {
    await (await app.connection(sessionOf(request, reply)))?.revoke();
    return reply.redirect('/', 303);
  });
}

async function write(app: ValetkeyApp, session: string, about: string): Promise<string> {
  const connection = await app.connection(session);
  if (connection === null) return '';
  const openai = new OpenAI({
    apiKey: connection.token,
    baseURL: connection.baseUrl('openai'),
    fetch: connection.fetch,
  });
  const messages = [{ role: 'user' as const, content: `A haiku about ${about}` }];
  const answer = await openai.chat.completions.create({ model: 'sandbox-mini', messages });
  return answer.choices[0]?.message.content ?? '';
}

/** What the broker refused, in its words; everything else is a fault of ours. */
function refusalView(thrown: unknown): Pick<View, 'problem' | 'link'> {
  const refusal = explainError(thrown);
  if (refusal === null) throw thrown;
  return { problem: refusal.message, link: refusal.link };
}

/** Where agents show what they have done: it answers who shows a whole chain of receipts, and nobody else. */
function addEvidence(server: FastifyInstance, receipts: ReceiptCheck): void {
  server.post('/evidence', { preHandler: receipts.fastify }, async (request) => {
    const [root] = receipts.chainOf(request).grants;
    return { grant: root?.grantId, costNanos: root?.totalNanos };
  });
}
