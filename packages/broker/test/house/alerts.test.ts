// Alerts of a whole broker: what apps do is told to the owner’s own program and mailbox, signed, without anybody looking.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { freePort } from '@valetkey/testkit';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, OWNER, startHouse } from './start-house.ts';

const mails: { readonly to: readonly string[]; readonly text: string }[] = [];
const posts: { readonly headers: Record<string, string>; readonly body: string }[] = [];
let mailServer: SMTPServer;
let hookServer: Server;
let hookUrl: string;
let house: House;

const startMailServer = async (): Promise<number> => {
  mailServer = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, { envelope }, done) {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => {
        text += part;
      });
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  const port = await freePort();
  await new Promise<void>((done) => {
    mailServer.listen(port, '127.0.0.1', done);
  });
  return port;
};

const startHook = async (): Promise<string> => {
  hookServer = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      posts.push({ headers: request.headers as Record<string, string>, body });
      // The first attempt fails: it has to come again.
      response.writeHead(posts.length === 1 ? 503 : 204).end();
    });
  });
  const port = await freePort();
  hookServer.listen(port, '127.0.0.1');
  await once(hookServer, 'listening');
  return `http://127.0.0.1:${port}/alerts`;
};

beforeAll(async () => {
  const mailPort = await startMailServer();
  hookUrl = await startHook();
  house = await startHouse({
    env: { VALETKEY_SMTP_URL: `smtp://127.0.0.1:${mailPort}`, VALETKEY_MAIL_FROM: 'valetkey@broker.test' },
  });
});
afterAll(async () => {
  await house?.close();
  hookServer?.closeAllConnections();
  hookServer?.close();
  await new Promise<void>((done) => {
    mailServer.close(done);
  });
});

const call = async (token: string): Promise<number> => {
  const response = await fetch(`${house.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'the-words-of-a-prompt' }],
      max_tokens: 20,
    }),
  });
  await response.text();
  return response.status;
};

const patience = { timeout: 30_000, interval: 200 };

it('a limit that fills up and a refusal reach a webhook and a mailbox, without a word of a prompt', async () => {
  const added = await house.api('POST', '/alert-destinations', { kind: 'webhook', url: hookUrl });
  expect((await house.api('POST', '/alert-destinations', { kind: 'email' })).status).toBe(201);
  const { token, id } = await house.grant({ provider: 'openai', limits: { requests_per_day: 2 } });
  expect([await call(token), await call(token), await call(token)]).toEqual([200, 200, 429]);
  const kinds = async () =>
    ((await house.api('GET', '/alerts')).body.data as { kind: string }[]).map(({ kind }) => kind).sort();
  await expect.poll(kinds, patience).toEqual(expect.arrayContaining(['limit', 'refusals']));
  const about = (await house.api('GET', '/alerts')).body.data.map(
    (each: { grant: { id: string } }) => each.grant.id,
  );
  expect(new Set(about)).toEqual(new Set([id]));
  await expect.poll(() => posts.length, patience).toBeGreaterThanOrEqual(2);
  await expect.poll(() => mails.length, patience).toBeGreaterThanOrEqual(2);
  for (const { headers, body } of posts) {
    const { type, data } = new Webhook(added.body.secret).verify(body, headers) as {
      type: string;
      data: { url: string; grant: object };
    };
    expect(['alert.limit', 'alert.refusals']).toContain(type);
    expect(data).toMatchObject({ grant: { id, name: 'Acme Writer' }, url: `${house.url}/apps/${id}` });
  }
  expect(new Set(mails.flatMap(({ to }) => to))).toEqual(new Set([OWNER.email]));
  const all = JSON.stringify([posts, mails]);
  expect(all).not.toContain('the-words-of-a-prompt');
  for (const key of Object.values(house.keys)) expect(all).not.toContain(key);
  const deliveries = async () =>
    ((await house.api('GET', '/alert-deliveries')).body.data as { status: string }[]).filter(
      ({ status }) => status === 'delivered',
    ).length;
  await expect.poll(deliveries, patience).toBeGreaterThanOrEqual(3);
  const failed = ((await house.api('GET', '/alert-deliveries')).body.data as { problem: string }[]).filter(
    ({ problem }) => problem === 'The address answered 503.',
  );
  expect(failed).toHaveLength(1);
}, 120_000);
