// The proxy of `deploy/nginx.conf`, a real nginx with that very file, in front of the whole product: answers are not buffered, nothing is
// lost on the way, and what callers claim about host and scheme is not believed. Where no nginx is installed, the broker alone has to do the same.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@valetkey/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, startHouse } from './start-house.ts';

const NGINX = '/usr/sbin/nginx';
const isThere = existsSync(NGINX) && existsSync('/usr/bin/openssl');
const folder = mkdtempSync(join(tmpdir(), 'valetkey-nginx-'));
const CONF = readFileSync(new URL('../../../../deploy/nginx.conf', import.meta.url), 'utf8');

let house: House;
let token: string;
let port: number;
let nginx: ChildProcess | undefined;

/** The file as it stands, with this machine's ports and a certificate of a minute ago. */
const site = (broker: number): string =>
  CONF.replace('127.0.0.1:8787', `127.0.0.1:${broker}`)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('/etc/ssl/keys.example.com.pem', `${folder}/cert.pem`)
    .replace('/etc/ssl/keys.example.com.key', `${folder}/key.pem`);

const call = (path: string, body: object | null, headers: Record<string, string> = {}) => {
  const asked = (isThere ? https : http).request({
    host: '127.0.0.1',
    port,
    path,
    method: body ? 'POST' : 'GET',
    rejectUnauthorized: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });
  asked.end(body === null ? '' : JSON.stringify(body));
  return new Promise<http.IncomingMessage>((resolve, reject) => {
    asked.on('response', resolve);
    asked.on('error', reject);
  });
};
const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], max_tokens: 50 };

const startNginx = async (): Promise<void> => {
  const pair = [
    '-keyout',
    `${folder}/key.pem`,
    '-out',
    `${folder}/cert.pem`,
    '-subj',
    '/CN=keys.example.com',
  ];
  execFileSync('/usr/bin/openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...pair], {
    stdio: 'ignore',
  });
  writeFileSync(
    `${folder}/nginx.conf`,
    `daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log; events {}
     http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
     fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
     ${site(house.broker.port)} }`,
  );
  const started = spawn(NGINX, ['-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`], {
    stdio: 'ignore',
  });
  nginx = started;
  const isUp = () => call('/healthz', null).then(Boolean, () => false);
  while (started.exitCode === null && !(await isUp())) await delay(50);
  expect(started.exitCode, readFileSync(`${folder}/error.log`, 'utf8')).toBeNull();
};

beforeAll(async () => {
  house = await startHouse();
  token = (await house.grant({ provider: 'openai', limits: { total_spend: 5 } })).token;
  port = isThere ? await freePort() : house.broker.port;
  if (isThere) await startNginx();
});
afterAll(async () => {
  const running = nginx;
  if (running?.exitCode === null) {
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGQUIT');
    await ended;
  }
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('behind nginx as deploy/nginx.conf sets it up', () => {
  it('the first words of a stream arrive while the provider still holds back the rest', async () => {
    const { openai } = house.simulators;
    openai.script({ times: 1, chunks: 6, hold: { events: 3 } });
    const answer = await call('/openai/v1/chat/completions', { ...CHAT, stream: true });
    const first = await new Promise<Buffer>((resolve) => answer.once('data', resolve));
    answer.pause();
    await openai.held(1);
    expect(first.toString()).toMatch(/^data: \{/);
    expect(answer.complete).toBe(false);
    openai.release();
    expect(await text(answer)).toContain('data: [DONE]');
  });

  it('an answer in one piece keeps its receipt and what is left of the budget', async () => {
    const answer = await call('/openai/v1/chat/completions', CHAT);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['valetkey-budget']).toMatch(/cost="0\.\d+", remaining="/);
    expect(answer.headers['valetkey-receipt']).toMatch(/^eyJ/);
    expect(JSON.parse(await text(answer)).choices).toHaveLength(1);
  });

  it('a body of many megabytes arrives whole', async () => {
    const content = 'word '.repeat(1_200_000);
    const answer = await call('/openai/v1/chat/completions', {
      ...CHAT,
      messages: [{ role: 'user', content }],
    });
    const said = await text(answer);
    expect([answer.statusCode, said]).toEqual([200, expect.stringContaining('"choices"')]);
  });

  it('no address is made from what a caller says about host or scheme', async () => {
    const claims = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', host: 'evil.example' };
    const metadata = await call('/.well-known/oauth-authorization-server', null, claims);
    const said = await text(metadata);
    expect(said).toContain(house.url);
    expect(said).not.toContain('evil.example');
  });
});
