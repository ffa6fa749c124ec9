import { describe, expect, it } from 'vitest';
import type { Operation, Provider } from './contract.ts';
import { OperationTable, parseTarget, splitTarget } from './target.ts';

const operation = (method: 'GET' | 'POST', path: string): Operation => ({
  name: `${method} ${path}`,
  method,
  path,
  capability: null,
  body: 'none',
  maxBodyBytes: 0,
  read: () => {
    throw new Error('not read here');
  },
});

const provider = (
  name: string,
  dialect: Provider['dialect'],
  operations: readonly Operation[] = [],
): Provider => ({
  name,
  label: name,
  dialect,
  origin: 'https://provider.test',
  basePath: '',
  operations,
  refusedPaths: ['/files', '/batches'],
  authHeaders: () => ({}),
  requestHeaders: [],
  responseHeaders: [],
  defaultHeaders: {},
  checkKey: () => null,
  keyRequired: true,
});

const providers = new Map(
  [
    provider('openai', 'openai'),
    provider('anthropic', 'anthropic'),
    provider('google', 'google'),
    provider('groq', 'openai'),
  ].map((each) => [each.name, each]),
);

describe('the target of a request', () => {
  it.each([
    ['/openai/v1/chat/completions', 'openai', '/chat/completions'],
    ['/v1/openai/chat/completions', 'openai', '/chat/completions'],
    ['/groq/v1/models', 'groq', '/models'],
    ['/anthropic/v1/messages?beta=true', 'anthropic', '/v1/messages'],
    ['/anthropic/v1/v1/messages', 'anthropic', '/v1/messages'],
    [
      '/google/v1beta/models/gemini-2.5-flash:generateContent',
      'google',
      '/v1beta/models/gemini-2.5-flash:generateContent',
    ],
    ['/v1/chat/completions', null, '/chat/completions'],
    ['/openai/v1', 'openai', '/'],
    ['/openai', 'openai', '/'],
    ['/openai/v1x', 'openai', '/v1x'],
    ['/anthropic', 'anthropic', '/'],
    ['/google', 'google', '/'],
    ['/v1', null, '/'],
  ])('%s is for %s at %s', (url, name, path) => {
    const target = parseTarget(url, providers);
    expect(target?.provider?.name ?? null).toBe(name);
    expect(target?.path).toBe(path);
  });

  it.each([
    ['A1 absolute form', 'http://evil.test/openai/v1/models'],
    ['A2 scheme-relative', '//evil.test/openai/v1/models'],
    ['A2 backslash', '/\\evil.test/openai/v1/models'],
    ['A7 dot segments', '/openai/v1/chat/completions/../files'],
    ['A7 a dot segment at the end', '/openai/v1/chat/..'],
    ['A8 encoded dots', '/openai/v1/chat/completions/%2e%2e/files'],
    ['A8 half-encoded dots', '/openai/v1/.%2E/files'],
    ['A9 encoded slash', '/openai/v1/chat%2fcompletions'],
    ['A9 doubly encoded', '/openai/v1/%252e%252e/files'],
    ['an encoded control', '/openai/v1/models/%00'],
    ['a broken escape', '/openai/v1/models/%zz'],
    ['an empty segment', '/openai//v1/models'],
    ['another room', '/api/v1/me'],
    ['asterisk form', '*'],
  ])('%s is no target', (_, url) => {
    expect(parseTarget(url, providers)).toBeNull();
  });

  it('decodes nothing that it passes on', () => {
    expect(splitTarget('/openai/v1/models/caf%C3%A9?x=%2F')).toEqual({
      path: '/openai/v1/models/caf%C3%A9',
      query: 'x=%2F',
    });
  });
});

describe('the closed list', () => {
  const table = new OperationTable(
    provider('openai', 'openai', [
      operation('POST', '/chat/completions'),
      operation('GET', '/models'),
      operation('GET', '/models/{model}'),
      operation('POST', '/{version}/models/{model}:generateContent'),
    ]),
  );
  const found = (method: string, path: string) => {
    const match = table.find(method, path);
    if (!match.ok) return match.error.allow ?? match.error.code;
    return [match.value.operation.name, match.value.params];
  };

  it.each([
    ['POST', '/chat/completions', ['POST /chat/completions', {}]],
    ['GET', '/models/gpt-5', ['GET /models/{model}', { model: 'gpt-5' }]],
    [
      'POST',
      '/v1/models/m.1:generateContent',
      ['POST /{version}/models/{model}:generateContent', { version: 'v1', model: 'm.1' }],
    ],
    ['GET', '/chat/completions', 'POST'],
    ['DELETE', '/chat/completions', 'POST'],
    ['DELETE', '/models/gpt-5', 'GET'],
    ['POST', '/chat/completions/', 'not_found'],
    ['POST', '/Chat/Completions', 'not_found'],
    ['GET', '/models/a/b', 'not_found'],
    ['GET', '/organization/api_keys', 'not_found'],
    ['POST', '/files', 'operation_not_permitted'],
    ['GET', '/batches/b_1/cancel', 'operation_not_permitted'],
    ['GET', '/filesystem', 'not_found'],
  ])('%s %s gives %j', (method, path, expected) => {
    expect(found(method, path)).toEqual(expected);
  });
});
