import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const PROVIDERS = [
  { name: 'openai', keyRequired: true },
  { name: 'ollama', keyRequired: false },
];
const problemsOf = (env: Record<string, string>) => {
  const read = readConfig(env, PROVIDERS);
  return read.ok ? [] : read.error;
};

describe('configuration', () => {
  it('needs nothing: a fresh machine listens on loopback with its data in ./data', () => {
    const read = readConfig({}, PROVIDERS);
    expect(read).toMatchObject({
      ok: true,
      value: {
        host: '127.0.0.1',
        port: 8787,
        issuer: 'http://127.0.0.1:8787',
        owner: null,
        logLevel: 'info',
      },
    });
  });

  it('reports every problem at once and repeats no value', () => {
    const problems = problemsOf({
      VALETKEY_UPSTREAM_NOBODY: 'http://127.0.0.1:1',
      VALETKEY_OWNER_EMAIL: 'owner@example.com',
      VALETKEY_ISSUER: 'https://broker.example',
      VALETKEY_UPSTREAM_OPENAI: 'http://secret-host.example',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'VALETKEY_OWNER_PASSWORD (or _FILE) is needed with VALETKEY_OWNER_EMAIL',
      'VALETKEY_UPSTREAM_NOBODY',
      'VALETKEY_UPSTREAM_OPENAI',
    ]);
    expect(problems.join()).not.toContain('secret-host');
  });

  it.each([
    [{}, { kind: 'file', path: '/d/valetkey.checkpoints.jsonl' }],
    [{ VALETKEY_CHECKPOINTS: 'file:/mnt/a' }, { kind: 'file', path: '/mnt/a' }],
    [{ VALETKEY_CHECKPOINTS: 'file:///mnt/a' }, { kind: 'file', path: '/mnt/a' }],
    [{ VALETKEY_CHECKPOINTS: 'stdout' }, { kind: 'stdout' }],
    [{ VALETKEY_CHECKPOINTS: 'https://log.example/x' }, { kind: 'url', url: 'https://log.example/x' }],
  ])('with %j checkpoints go to %j', (env, target) => {
    const read = readConfig({ VALETKEY_DATA_DIR: '/d', ...env }, PROVIDERS);
    expect(read.ok && read.value.checkpoints).toEqual({ target, everyMs: 60_000 });
  });

  it.each([
    ['at its own origin', {}, true],
    ['at another', { VALETKEY_UPSTREAM_OPENAI: 'https://proxy.example' }, false],
    [
      'at another that the operator names',
      { VALETKEY_UPSTREAM_OPENAI: 'https://proxy.example', VALETKEY_EXACT_COUNTS: 'ollama, openai' },
      true,
    ],
  ])('a provider’s token counts %s: believed %s', (_, env, isBelieved) => {
    const read = readConfig(env, PROVIDERS);
    expect(read.ok && read.value.exactCounts.has('openai')).toBe(isBelieved);
  });

  it.each([
    ['counts of a provider that there is not', { VALETKEY_EXACT_COUNTS: 'openia' }, 'must name providers'],
    [
      'an issuer over plain http on a public name',
      { VALETKEY_ISSUER: 'http://broker.example' },
      'must use https',
    ],
    ['a choice of receipts that is none', { VALETKEY_RECEIPTS: 'some' }, 'VALETKEY_RECEIPTS'],
    ['calls kept for less than a window', { VALETKEY_AUDIT_RETENTION_DAYS: '34' }, 'at least 35; without it'],
    ['calls kept for half a day', { VALETKEY_AUDIT_RETENTION_DAYS: '99.5' }, 'a whole number of days'],
    ['a depth of delegation that is none', { VALETKEY_MAX_DELEGATION_DEPTH: '9' }, 'from 0 to 8'],
    [
      'registration with a short token',
      { VALETKEY_CLIENT_REGISTRATION: 'token', VALETKEY_CLIENT_REGISTRATION_TOKEN: 'short' },
      'at least 32 characters',
    ],
    [
      'registration that is no choice',
      { VALETKEY_CLIENT_REGISTRATION: 'yes' },
      'VALETKEY_CLIENT_REGISTRATION',
    ],
    ['open requests that are no choice', { VALETKEY_OPEN_REQUESTS: 'yes' }, 'VALETKEY_OPEN_REQUESTS'],
    [
      'a call that would wait too long',
      { VALETKEY_OPEN_REQUEST_WAIT_SECONDS: '61' },
      'VALETKEY_OPEN_REQUEST_WAIT_SECONDS',
    ],
    [
      'certificates without terminators',
      { VALETKEY_MTLS_ORIGIN: 'https://mtls.test' },
      'VALETKEY_MTLS_TERMINATORS: must be',
    ],
    [
      'terminators without an origin',
      { VALETKEY_MTLS_TERMINATORS: '10.0.0.7' },
      'VALETKEY_MTLS_ORIGIN: must be',
    ],
    [
      'everybody as a terminator',
      { VALETKEY_MTLS_ORIGIN: 'https://mtls.test', VALETKEY_MTLS_TERMINATORS: '0.0.0.0/0' },
      'VALETKEY_MTLS_TERMINATORS: must be',
    ],
    ['a replica name with a blank', { VALETKEY_REPLICA_NAME: 'broker 0' }, 'must be 1 to 63 letters'],
    ['an issuer with a path', { VALETKEY_ISSUER: 'https://broker.example/x' }, 'without a path'],
    ['a public listener without a public issuer', { VALETKEY_HOST: '192.0.2.7' }, 'VALETKEY_ISSUER'],
    ['a port that is none', { VALETKEY_PORT: 'http' }, 'must be a port number'],
    [
      'an upstream that is no web address',
      { VALETKEY_UPSTREAM_OPENAI: 'file:///etc/passwd' },
      'http or https',
    ],
    [
      'a provider key over plain http',
      { VALETKEY_UPSTREAM_OPENAI: 'http://proxy.example' },
      'must use https',
    ],
    [
      'a price file that is not there',
      { VALETKEY_PRICES_FILE: '/none' },
      'VALETKEY_PRICES_FILE: cannot be read',
    ],
    [
      'a price file with problems',
      { VALETKEY_PRICES_FILE: import.meta.filename },
      'VALETKEY_PRICES_FILE: is not JSON',
    ],
    ['a database that is no PostgreSQL', { VALETKEY_DATABASE_URL: 'mysql://x' }, 'address of a PostgreSQL'],
    [
      'checkpoints to nowhere',
      { VALETKEY_CHECKPOINTS: 'elsewhere' },
      'must be file:PATH, stdout or an https',
    ],
    ['checkpoints over plain http', { VALETKEY_CHECKPOINTS: 'http://log.example' }, 'https address'],
    ['checkpoints at no interval', { VALETKEY_CHECKPOINT_SECONDS: '0' }, 'VALETKEY_CHECKPOINT_SECONDS'],
  ])('refuses %s', (_, env, says) => {
    expect(problemsOf(env as Record<string, string>).join('\n')).toContain(says);
  });

  it.each([
    [
      'a provider on loopback',
      { VALETKEY_UPSTREAM_OPENAI: 'http://127.0.0.1:9000/' },
      'openai',
      'http://127.0.0.1:9000',
    ],
    [
      'a self-hosted provider without a key',
      { VALETKEY_UPSTREAM_OLLAMA: 'http://10.0.0.5:11434' },
      'ollama',
      'http://10.0.0.5:11434',
    ],
    [
      'a proxy below a path',
      { VALETKEY_UPSTREAM_OPENAI: 'https://eu.example/openai' },
      'openai',
      'https://eu.example/openai',
    ],
  ])('accepts %s', (_, env, name, origin) => {
    const read = readConfig(env as Record<string, string>, PROVIDERS);
    expect(read.ok && read.value.upstreams.get(name)).toBe(origin);
  });
});
