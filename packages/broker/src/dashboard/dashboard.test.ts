// Guarantees of the dashboard's server: every address that the page routes is its first page, and a program is never answered with a page.

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDashboard } from './dashboard.ts';

let folder: string;
let server: Server;
let origin: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-dashboard-'));
  writeFileSync(join(folder, 'index.html'), '<title>Page</title>');
  const [handler, port] = await Promise.all([createDashboard(folder), freePort()]);
  server = createServer(handler).listen(port, '127.0.0.1');
  origin = `http://127.0.0.1:${port}`;
  await once(server, 'listening');
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('an address that is no file', () => {
  it.each([
    ['opened in a browser', '/apps/gr_1?edit=limits', {}, 200],
    ['of a script that is gone', '/assets/old.js', {}, 404],
    ['called by a program', '/chat/completions', { method: 'POST', body: '{}' }, 404],
    ['read with a token', '/models', { headers: { authorization: 'Bearer vk_x' } }, 404],
    ['read with a token as Anthropic’s SDK sends it', '/models', { headers: { 'x-api-key': 'vk_x' } }, 404],
    ['read with a token as Google’s SDK sends it', '/models', { headers: { 'x-goog-api-key': 'vk_x' } }, 404],
  ])('%s is answered as that', async (_, path, init, status) => {
    const answer = await fetch(origin + path, init);
    const text = await answer.text();
    expect(answer.status).toBe(status);
    expect(text).toContain(status === 200 ? '<title>Page</title>' : '"code":"not_found"');
    expect(text.includes('The base URL of calls to models has a provider')).toBe(status === 404);
  });
});
