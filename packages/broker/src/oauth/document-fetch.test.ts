import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isPublicAddress } from '../outgoing/public-address.ts';
import { createDocumentFetch, openDocumentFetch } from './document-fetch.ts';

/** The library as it is, and as one that looks names up in its own way. */
const library = vi.hoisted(() => ({ looksUpItself: false }));
vi.mock('undici', async (original) => {
  const real = await original<typeof import('undici')>();
  class EitherAgent extends real.Agent {
    constructor(options: Agent.Options) {
      super(library.looksUpItself ? {} : options);
    }
  }
  return { ...real, Agent: EitherAgent };
});

let recorder: Server;
let connections = 0;
let port = 0;
beforeAll(async () => {
  recorder = createServer((_request, response) => response.end('{}'));
  recorder.on('connection', () => connections++);
  await new Promise<void>((resolve) => recorder.listen(0, '127.0.0.1', resolve));
  port = (recorder.address() as AddressInfo).port;
});
afterAll(() => recorder.close());

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s is',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'app.test',
    '',
  ])('A40 %s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('createDocumentFetch', () => {
  it('A40 connects to no private address, however it is written', async () => {
    const documentFetch = createDocumentFetch(() => 0);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433']) {
      await expect(documentFetch(`https://${host}:${port}/client.json`)).rejects.toThrow();
    }
    expect(connections).toBe(0);
  });

  it('A39 fetches at most 60 documents a minute', async () => {
    let nowMs = 0;
    const documentFetch = createDocumentFetch(() => nowMs);
    const reasons = async () =>
      String(await documentFetch('https://localhost:1/').catch((error: unknown) => error));
    for (let count = 0; count < 60; count++) expect(await reasons()).not.toContain('too many');
    expect(await reasons()).toContain('too many');
    nowMs = 60_000;
    expect(await reasons()).not.toContain('too many');
  });

  it('A40 is not what a server starts with where the guard is not asked', async () => {
    await expect(openDocumentFetch(() => 0)).resolves.toBeTypeOf('function');
    library.looksUpItself = true;
    await expect(openDocumentFetch(() => 0)).rejects.toThrow('not starting');
    library.looksUpItself = false;
  });

  it('fetches https alone', async () => {
    const documentFetch = createDocumentFetch(() => 0);
    for (const url of [`http://127.0.0.1:${port}/`, 'file:///etc/passwd', 'data:application/json,{}']) {
      await expect(documentFetch(url)).rejects.toThrow('only https');
    }
  });
});
