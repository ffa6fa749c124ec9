// What decides where something may go, on texts that nobody meant for it: rights and the models they cover, addresses of apps, targets of
// requests. Each is held against a reading by others: a regular expression, a browser's URL.

import {
  formatAccess,
  intersectPatterns,
  isModelCovered,
  isPatternCovered,
  parseAuthorizationDetails,
} from '@valetkey/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/gateway/json/parse-json.ts';
import { splitTarget } from '../../src/gateway/target.ts';
import { checkRedirectUri } from '../../src/oauth/redirect-uri.ts';
import { FUZZ_TIMEOUT_MS, fuzz, near } from './fuzz.ts';

const target = (name: string, run: () => Promise<void>) => it(name, run, FUZZ_TIMEOUT_MS);

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
