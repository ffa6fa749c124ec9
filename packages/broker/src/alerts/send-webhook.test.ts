import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { freePort } from '@valetkey/testkit';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { systemAmbient } from '../clock.ts';
import { messageOf, testMessage } from './message.ts';
import { createSendWebhook, newWebhookSecret, parseWebhookUrl } from './send-webhook.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Takes posts at a loopback address. @returns what came */
const receive = async (answer: RequestListener = (_request, response) => response.end('secret words')) => {
  const taken: { headers: Record<string, string>; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      taken.push({ headers: request.headers as Record<string, string>, body });
      answer(request, response);
    });
  });
  servers.push(server);
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { taken, url: `http://127.0.0.1:${port}/hook` };
};

const secret = newWebhookSecret(systemAmbient.randomBytes);
const message = testMessage('al_1', Date.now(), 'https://broker.test');

describe('webhooks', () => {
  it('are what a Standard Webhooks library verifies, and nobody else can make', async () => {
    const { taken, url } = await receive();
    const sent = await createSendWebhook(true)({ url, secret }, message, Date.now());
    expect(sent).toEqual({ ok: true, isGone: false, message: 'The address answered 200.' });
    const [{ headers, body } = { headers: {}, body: '' }] = taken;
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'alert.test',
      timestamp: message.timestamp,
      data: message.data,
    });
    expect(headers).toMatchObject({ 'webhook-id': 'al_1', 'content-type': 'application/json' });
    const other = new Webhook(newWebhookSecret(systemAmbient.randomBytes));
    expect(() => other.verify(body, headers)).toThrow(WebhookVerificationError);
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow(WebhookVerificationError);
  });

  it('follow no redirect, say no word of the answer, and know who is gone', async () => {
    const inner = await receive();
    const redirecting = await receive((_request, response) =>
      response.writeHead(307, { location: inner.url }).end(),
    );
    const send = createSendWebhook(true);
    const redirected = await send({ url: redirecting.url, secret }, message, Date.now());
    expect(redirected).toEqual({
      ok: false,
      isGone: false,
      message: 'The address answered with a redirect, which is not followed.',
    });
    expect(inner.taken).toEqual([]);
    const gone = await receive((_request, response) => response.writeHead(410).end('go away'));
    expect(await send({ url: gone.url, secret }, message, Date.now())).toEqual({
      ok: false,
      isGone: true,
      message: 'The address answered 410.',
    });
  });

  it('do not tell a name that is not there from one of a private network', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    });
    const said = async (error: Error) => {
      const send = createSendWebhook(false, (_name, _options, callback) => callback(error, '', 4));
      return (await send({ url: 'https://db.internal.example/', secret }, message, Date.now())).message;
    };
    expect(await said(missing)).toBe('The address was not reached.');
    expect(await said(new Error('the name resolves to an address that is not public'))).toBe(
      'The address was not reached.',
    );
  });

  it('are refused by nobody who is not there', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const sent = await createSendWebhook(true)({ url, secret }, message, Date.now());
    expect(sent).toEqual({
      ok: false,
      isGone: false,
      message: 'The address was not reached (ECONNREFUSED).',
    });
  });

  it('reach no private network, by address or by name, nor this machine unless the broker is its owner’s own', async () => {
    const { taken, url } = await receive();
    const refused = await createSendWebhook(false)({ url, secret }, message, Date.now());
    expect(refused.ok).toBe(false);
    const asked: string[] = [];
    const send = createSendWebhook(true, (hostname, _options, callback) => {
      asked.push(hostname);
      callback(new Error('the name resolves to an address that is not public'), '', 4);
    });
    const named = await send({ url: 'https://inside.example/', secret }, message, Date.now());
    expect([named.ok, asked]).toEqual([false, ['inside.example']]);
    expect(taken).toEqual([]);
  });

  it.each([
    ['http://127.0.0.1:9/x', false, false],
    ['http://127.0.0.1:9/x', true, true],
    ['https://localhost/x', true, true],
    ['http://192.168.0.2/', true, false],
    ['https://192.168.0.2/', true, false],
    ['https://2130706433/', false, false],
    ['https://[::1]/', false, false],
    ['https://[::ffff:10.0.0.1]/', false, false],
    ['https://example.com/hook', false, true],
    ['https://user@example.com/', true, false],
    ['ftp://127.0.0.1/', true, false],
  ])('take %s (own machine: %s): %s', (text, isOwn, expected) => {
    expect(parseWebhookUrl(text, isOwn).ok).toBe(expected);
  });
});

describe('messages', () => {
  it('keep what apps call themselves on one line, and out of the subject', () => {
    const name = 'Evil\r\nBcc: all@example.com\u202e\u2028x';
    const made = messageOf(
      {
        id: 'al_2',
        kind: 'refusals',
        details: { code: 'budget_exhausted' },
        grant: { id: 'gr_1', name },
        providerKey: null,
        deviceName: null,
        times: 3,
        raisedAtMs: 0,
        lastAtMs: 0,
        acknowledgedAtMs: null,
      },
      'https://broker.test',
    );
    expect(made.subject).toBe('Calls were refused');
    expect(made.text.split('\n')).toEqual([
      'Evil Bcc: all@example.com x was refused (budget_exhausted).',
      '',
      'Look at it: https://broker.test/apps/gr_1',
    ]);
    expect(made.data).toMatchObject({ times: 3, url: 'https://broker.test/apps/gr_1' });
  });
});
