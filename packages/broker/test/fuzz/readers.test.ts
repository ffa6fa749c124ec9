// What reads bytes of callers and providers, on bytes that nobody meant for it. Where it accepts something, a reader written by others has
// to see the same in it: two readings of one text are how a check is walked around.

import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import {
  formatAccess,
  intersectPatterns,
  isModelCovered,
  isPatternCovered,
  parseAuthorizationDetails,
} from '@valetkey/core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { canonical, type JsonValue, parseJson } from '../../src/gateway/json/parse-json.ts';
import { encodeMultipart } from '../../src/gateway/multipart/encode-multipart.ts';
import { parseMultipart } from '../../src/gateway/multipart/parse-multipart.ts';
import { createSseScanner } from '../../src/gateway/sse/sse-scanner.ts';
import { splitTarget } from '../../src/gateway/target.ts';
import { readTraceContext } from '../../src/gateway/trace-context.ts';
import { checkRedirectUri } from '../../src/oauth/redirect-uri.ts';
import { FUZZ_TIMEOUT_MS, fuzz, near } from './fuzz.ts';

const target = (name: string, run: () => Promise<void>) => it(name, run, FUZZ_TIMEOUT_MS);

describe('event streams', () => {
  const USAGE = 'data: {"usage":{"n":1}}\n\n';
  const streams = near(
    [`data: {"a":1}\n\n${USAGE}data: [DONE]\n\n`, `event: x\r\nid: 1\r\n${USAGE}\r: ping\r\r`],
    ['\n', '\r', '\r\n', '\n\n', 'data:', 'data: ', '"usage"', ': ', '\ufeff', '\0', USAGE],
  );
  const cuts = fc.array(fc.nat(200), { maxLength: 6 });
  const pieces = (bytes: Buffer, marks: readonly number[]): Buffer[] => {
    const sorted = [0, ...marks.map((mark) => mark % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
  };
  const scan = (bytes: Buffer, marks: readonly number[], canHide: boolean): Buffer => {
    const scanner = createSseScanner({ needles: ['"usage"'], onData: () => 'hide', canHide });
    return Buffer.concat([...pieces(bytes, marks).map((piece) => scanner.push(piece)), scanner.end()]);
  };
  /** The data of each event, by the rules of the HTML standard (section 9.2.6) on the whole text. */
  const events = (bytes: Buffer): string[] => {
    const seen: string[] = [];
    let data: string[] = [];
    for (const line of bytes.toString('latin1').split(/\r\n|\r|\n/)) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'data') data.push(value);
      if (line !== '') continue;
      if (data.length > 0) seen.push(data.join('\n'));
      data = [];
    }
    return seen;
  };

  target('are passed on byte for byte, however they are cut', () =>
    fuzz('sse', fc.tuple(streams, cuts), ([bytes, marks]) => {
      if (!scan(bytes, marks, false).equals(bytes)) throw new Error('changed');
      if (!scan(bytes, marks, true).equals(scan(bytes, [], true))) throw new Error('depends on the cuts');
    }),
  );

  target('lose what is hidden, and nothing else, by the rules of the standard', () =>
    fuzz('sse hidden', streams, (bytes) => {
      // A byte order mark before the first line is taken off by browsers and looked at by nobody here.
      if (bytes.toString('latin1').startsWith('ï»¿')) return;
      const whole = Buffer.concat([bytes, Buffer.from('\n\n')]);
      const kept = events(whole).filter((data) => !data.includes('"usage"'));
      expect(events(scan(whole, [], true))).toEqual(kept);
    }),
  );
});

describe('JSON bodies', () => {
  const sqlite = new DatabaseSync(':memory:');
  const walk = sqlite.prepare('select key, type, atom from json_tree(?)');
  afterAll(() => sqlite.close());
  type Node = readonly [key: string | number | null, type: string, atom: unknown];
  /** Every value of a text with its key, in order, as the parser of SQLite reads it. */
  const nodesBySqlite = (text: string): Node[] =>
    walk.all(text).map(({ key, type, atom }): Node => {
      const kind = type === 'integer' || type === 'real' ? 'number' : String(type);
      return [key as string | null, kind, kind === 'number' || kind === 'text' ? atom : null];
    });
  /** The same of a value that was accepted. */
  function* nodesOf(value: JsonValue, key: string | number | null = null): Generator<Node> {
    if (typeof value === 'number') yield [key, 'number', value];
    else if (typeof value === 'string') yield [key, 'text', value];
    else if (typeof value !== 'object' || value === null) yield [key, String(value), null];
    else {
      yield [key, Array.isArray(value) ? 'array' : 'object', null];
      for (const [name, item] of Object.entries(value))
        yield* nodesOf(item as JsonValue, Array.isArray(value) ? Number(name) : name);
    }
  }

  const texts = near(
    [
      '{"model":"m","messages":[{"role":"user","content":"h\\u00e9"}],"n":1.5e3,"t":[true,null,-0.1]}',
      '{"\\u006dodel":"m","a":{"b":[[],{}]},"c":"\\ud83d\\ude00"}',
    ],
    [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '\\u',
      '"model":1',
      '__proto__',
      '1e400',
      '-0',
      'é',
      '\ufeff',
      '{"":{"":0}}',
    ],
  );
  const any = fc.oneof(
    texts,
    fc.json().map((text) => Buffer.from(text)),
  );

  target('that are accepted say one thing, as sent and as received, to three readers', () =>
    fuzz('json', any, (bytes) => {
      const parsed = parseJson(bytes);
      if (!parsed.ok) return;
      const sent = canonical(parsed.value);
      const text = JSON.stringify(JSON.parse(bytes.toString('utf8')));
      if (sent !== text || JSON.stringify(JSON.parse(sent)) !== sent) throw new Error('another value');
      // SQLite ends a text at a NUL and has no lone surrogates.
      if (/\\u(?:0000|d[89a-f])/.test(sent)) return;
      if (!isDeepStrictEqual(nodesBySqlite(sent), [...nodesOf(parsed.value)]))
        throw new Error(`read otherwise: ${sent}`);
    }),
  );
});

describe('forms', () => {
  const part = (name: string, value: string, more = '') =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const forms = near(
    [
      `${part('model', 'm')}${part('file', 'RIFF', '; filename="a.wav"\r\nContent-Type: audio/wav')}--b--\r\n`,
      `${part('x[]', '1')}${part('x[]', '2')}--b--`,
    ],
    [
      '\r\n',
      '--b',
      '--b--',
      '\r\n--b\r\n',
      ';',
      '"',
      'name="model"',
      'filename=',
      '\0',
      'Content-Type: ',
      part('model', 'big'),
    ],
  );
  const BOUNDARY = 'f'.repeat(40);

  target('that are accepted are written anew so that others read the same fields', () =>
    fuzz('multipart', forms, async (bytes) => {
      const form = parseMultipart(bytes, 'multipart/form-data; boundary=b');
      if (!form.ok) return;
      const { contentType, body } = encodeMultipart(form.value, BOUNDARY);
      if (form.value.fields.length + form.value.files.length === 0) return;
      const read = await new Response(Buffer.from(body), {
        headers: { 'content-type': contentType },
      }).formData();
      const fields = [...read].filter(([, value]) => typeof value === 'string');
      expect(fields.map(([name]) => name)).toEqual(form.value.fields.map(({ name }) => name));
      expect([...read].length).toBe(form.value.fields.length + form.value.files.length);
    }),
  );
});

describe('rights', () => {
  const details = near(
    [
      '[{"type":"ai_model_access","provider":"openai","models":["gpt-*"],"limits":{"daily_spend":1.5,"max_requests":3},"expires":"2027-01-01T00:00:00Z"}]',
      '[{"type":"ai_model_access","provider":"x","capabilities":["chat"],"tools":[],"delegation":{"max_depth":2,"to":["app"]},"reason":"r"}]',
    ],
    [
      '{',
      '}',
      ',',
      '"',
      '[',
      '"models":',
      'null',
      '1e9',
      '-1',
      '"*"',
      '"reason":"\\u202e"',
      '"type":"payment"',
    ],
  );
  const values = fc.oneof(
    details.map((bytes) => {
      const parsed = parseJson(bytes);
      return parsed.ok ? parsed.value : null;
    }),
    fc.jsonValue(),
  );

  target('that are accepted are written back as the same rights', () =>
    fuzz('authorization_details', values, (value) => {
      const parsed = parseAuthorizationDetails(value, { maxEntries: 8 });
      if (!parsed.ok) return;
      const again = parseAuthorizationDetails(parsed.value.map(formatAccess), { maxEntries: 8 });
      expect(again).toEqual(parsed);
    }),
  );

  const stem = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 5 });
  const word = fc.oneof(
    stem,
    stem.map((name) => `${name}*`),
    fc.constant('*'),
  );
  const patterns = fc.array(word, { maxLength: 4 });
  /** The same rule as a regular expression. */
  const covers = (list: readonly string[], name: string) =>
    list.some((pattern) => new RegExp(`^${RegExp.escape(pattern).replace(/\\\*$/, '.*')}$`, 's').test(name));
  const names = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 6 });

  target('to models cover what a regular expression covers, and together what both cover', () =>
    fuzz('model patterns', fc.tuple(patterns, patterns, names, word), ([left, right, name, pattern]) => {
      if (isModelCovered(left, name) !== covers(left, name)) throw new Error('covers otherwise');
      const both = intersectPatterns(left, right);
      if (isModelCovered(both, name) !== (covers(left, name) && covers(right, name)))
        throw new Error('not what both cover');
      if (isPatternCovered(pattern, left) && covers([pattern], name) && !covers(left, name))
        throw new Error('a covered pattern reaches further');
    }),
  );
});

describe('addresses', () => {
  target('to which codes may go are where a browser would go with them', () =>
    fuzz(
      'redirect URIs',
      near(
        [
          'https://app.test/cb',
          'http://127.0.0.1:5123/cb',
          'com.example.app:/cb',
          'http://[::1]/cb?x=1',
          'https://app.test:8443/a/b',
        ],
        [
          '//',
          '/',
          '\\',
          ':',
          '@',
          '#',
          '?',
          '%2e',
          '.',
          'javascript:',
          'data:',
          'HTTPS:',
          ' ',
          '\t',
          '*',
          'localhost',
          '0x7f.1',
          'é',
        ],
      ),
      (bytes) => {
        const uri = bytes.toString('latin1');
        if (checkRedirectUri(uri) !== null) return;
        // From a page of ours, and whatever page it is: an address that means another place there is no address.
        const [one, other] = ['https://broker.test/x/', 'http://localhost:1/'].map(
          (base) => new URL(uri, base),
        );
        if (one?.href !== other?.href) throw new Error('relative');
        if (one?.hash || one?.username || one?.password) throw new Error('more than an address');
        if (!/^(?:https?|[a-z][a-z0-9+.-]*\.[a-z0-9+.-]*):$/.test(one?.protocol ?? ''))
          throw new Error(one?.protocol);
      },
    ),
  );

  target('of requests are never repaired', () =>
    fuzz(
      'request targets',
      near(
        [
          '/openai/v1/chat/completions',
          '/google/v1beta/models/m%3Ax:generateContent?alt=sse',
          '/v1/models/a@b',
        ],
        ['/', '//', '..', '.', '%2e', '%2F', '%5c', '%00', '\\', '?', '#', ';', '%', ' ', 'http://evil.test'],
      ),
      (bytes) => {
        const split = splitTarget(bytes.toString('latin1'));
        if (split && new URL(split.path, 'http://broker.test').pathname !== split.path)
          throw new Error('means another path');
      },
    ),
  );
});

describe('trace headers', () => {
  target('that are taken are as the standard writes them', () =>
    fuzz(
      'traceparent',
      near(
        [
          '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what',
        ],
        ['-', '0', 'ff', '00', 'A', ' ', ',', '\r\n', '0'.repeat(32)],
      ),
      (bytes) => {
        const context = readTraceContext(bytes.toString('latin1'), () => 'b7ad6b7169203332');
        if (context && !/^00-(?!0{32})[0-9a-f]{32}-b7ad6b7169203332-0[0-3]$/.test(context.traceparent))
          throw new Error(context.traceparent);
      },
    ),
  );
});
