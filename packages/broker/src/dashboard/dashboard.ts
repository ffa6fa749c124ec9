// Serves the owner's dashboard: the files that packages/web was built into, and its first page for every address that the page itself
// routes. MUST NOT serve anything but that folder.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyRequest } from 'fastify';
import { pageHeaders } from '../pages/security-headers.ts';
import type { Handler } from '../routes.ts';

const builtFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@valetkey/web/package.json')), 'dist');

const NOTHING =
  'There is nothing at this address. The base URL of calls to models has a provider: it ends in /openai/v1, /anthropic, /google or the like.';

/** A program with a wrong base URL MUST NOT take a page for an answer: no browser that opens a page sends a token with it. */
const isPage = ({ method, url, headers }: FastifyRequest): boolean =>
  method === 'GET' &&
  !/\.[a-z0-9]+$/.test(url.split('?', 1)[0] ?? '') &&
  !['authorization', 'x-api-key', 'x-goog-api-key'].some((name) => name in headers);

/** The dashboard as a request handler. Without a build it says how to make one. */
export const createDashboard = async (folder = builtFolder()): Promise<Handler> => {
  const app = Fastify({ logger: false });
  const { 'content-type': _html, 'cache-control': _none, ...headers } = pageHeaders();
  app.addHook('onSend', async (_request, reply) => void reply.headers(headers));
  if (existsSync(join(folder, 'index.html'))) {
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders: (reply, path) =>
        reply.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
    app.setNotFoundHandler((request, reply) => {
      return isPage(request)
        ? reply.sendFile('index.html')
        : reply.code(404).send({ error: { code: 'not_found', message: NOTHING } });
    });
  } else {
    app.setNotFoundHandler((_request, reply) =>
      reply
        .code(503)
        .type('text/plain')
        .send('The dashboard is not built. Run: npm run build --workspace @valetkey/web\n'),
    );
  }
  await app.ready();
  return (request, response) => app.routing(request, response);
};
