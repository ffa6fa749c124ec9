// What holds for every provider: its list, its key, its headers, and that it stands alone.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInProviders } from './registry.ts';

const KEY = 'sk-canary-0123456789abcdef';
const SECRETS = ['authorization', 'x-api-key', 'x-goog-api-key', 'cookie', 'set-cookie'];
const each = builtInProviders.map((provider) => [provider.name, provider] as const);

describe('every provider', () => {
  it('is there once, under the names that people configure', () => {
    expect(builtInProviders.map(({ name }) => name)).toEqual([
      ...[
        'openai',
        'anthropic',
        'google',
        'mistral',
        'groq',
        'together',
        'deepseek',
        'xai',
        'openrouter',
        'fireworks',
      ],
      ...['ollama', 'vllm', 'sandbox'],
    ]);
  });

  it.each(each)('%s has operations with unique addresses and names', (_name, { name, operations }) => {
    const addresses = operations.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const operation of operations) expect(operation.name.startsWith(`${name}.`)).toBe(true);
  });

  it.each(each)(
    '%s meters what costs: only free operations and moderations have no meter',
    (_name, { operations }) => {
      for (const { capability, meter, filterAnswer } of operations) {
        expect(meter === undefined).toBe(capability === null || capability === 'moderation');
        if (filterAnswer) expect(capability).toBeNull();
      }
    },
  );

  it.each(each)(
    'A15 A62 %s lets no credential, cookie or organisation pass in a header',
    (_name, provider) => {
      const headers = [
        ...provider.requestHeaders,
        ...provider.responseHeaders,
        ...Object.keys(provider.defaultHeaders),
      ];
      for (const header of headers) {
        expect(header).toBe(header.toLowerCase());
        expect(SECRETS).not.toContain(header);
        expect(header).not.toMatch(
          /organi[sz]ation|project|stainless|forwarded|ratelimit|location|link|via|server$/,
        );
      }
    },
  );

  it.each(each)(
    'A12 A10 %s refuses what delays or hides spend, and knows no administration',
    (_name, provider) => {
      const refuses = (path: string) =>
        provider.refusedPaths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
      const base = { openai: '', anthropic: '/v1', google: '/v1beta' }[provider.dialect];
      for (const path of ['/files', '/batches'])
        if (provider.dialect === 'openai') expect(refuses(path)).toBe(true);
      expect(refuses(`${base}/files/file-1`)).toBe(true);
      for (const path of [
        '/organization/api_keys',
        '/organizations',
        '/projects',
        '/dashboard/billing/usage',
        '/responses/resp_1',
      ])
        expect(refuses(`${base}${path}`)).toBe(false);
    },
  );

  it.each(each)('A63 %s refuses hostile key material without repeating it', (_name, provider) => {
    for (const key of [
      `${KEY}\n`,
      `${KEY}\r\nX: y`,
      `${KEY}\0`,
      `${KEY}🔑`,
      ` ${KEY}`,
      `${KEY} `,
      KEY.repeat(5_000),
    ]) {
      const refusal = provider.checkKey(key);
      expect(refusal).not.toBeNull();
      expect(refusal).not.toContain('canary');
    }
    expect(provider.checkKey('') === null).toBe(!provider.keyRequired);
  });

  it.each(each)('%s puts the key into one header', (_name, provider) => {
    expect(Object.values(provider.authHeaders(KEY)).filter((value) => value.includes(KEY))).toHaveLength(1);
  });
});

describe('keys that are none', () => {
  it.each([
    // provider, key, what the message says (null: it may be a key)
    ['openai', 'sk-proj-abcdefgh', null],
    ['openai', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln', 'subscription'],
    ['openai', 'sess-abcdefghijkl', 'subscription'],
    ['openai', 'sk-ant-api03-abc', 'Anthropic'],
    ['anthropic', 'sk-ant-api03-abc', null],
    ['anthropic', 'sk-ant-oat01-abc', 'subscription'],
    ['anthropic', 'sk-ant-ort01-abc', 'subscription'],
    ['anthropic', 'sk-ant-admin01-abc', 'admin'],
    ['google', 'AIzaSyAbcdefgh', null],
    ['google', 'ya29.a0AbCdEf', 'subscription'],
    ['groq', 'gsk_abcdefgh', null],
    ['groq', 'sk-abcdefgh', 'gsk_'],
    ['ollama', '', null],
  ] as const)('%s %s: %s', (name, key, expected) => {
    const refusal = builtInProviders.find((provider) => provider.name === name)?.checkKey(key);
    if (expected === null) expect(refusal).toBeNull();
    else expect(refusal).toContain(expected);
  });
});

describe('the folders', () => {
  const PROVIDERS = ['openai', 'anthropic', 'google', 'openai-compatible'];
  const sources = (folder: string) =>
    readdirSync(join(import.meta.dirname, folder)).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    );

  it.each(PROVIDERS)('%s imports no other provider', (folder) => {
    const others = PROVIDERS.filter((other) => other !== folder);
    for (const file of sources(folder)) {
      const text = readFileSync(join(import.meta.dirname, folder, file), 'utf8');
      for (const other of others) expect(text, file).not.toContain(`'../${other}/`);
    }
  });
});
