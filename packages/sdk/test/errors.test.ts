// Guarantees: every code that the broker can send has advice, and is read out of every form in which a program meets it.

import { describe, expect, it } from 'vitest';
import { dialects } from '../../broker/src/gateway/dialects/dialects.ts';
import { ERRORS, type ErrorCode } from '../../core/src/errors.ts';
import { adviceOn } from '../src/advice.ts';
import { explainError, refusalOf } from '../src/valetkey-error.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('every code of the broker', () => {
  it.each(CODES)('%s has advice', (code) => {
    expect(adviceOn(code)).toMatch(/\.$/);
  });

  it.each(Object.values(dialects))('is read with its fields in the form of %o', (dialect) => {
    for (const code of CODES) {
      const fields = { remaining: '0.5', required: '2' };
      const error = {
        code,
        message: 'It is so.',
        link: 'https://b.test/apps/g',
        retryAfterSeconds: 7,
        fields,
      };
      const body = JSON.parse(JSON.stringify(dialect.errorBody(error, 'req_1')));
      const read = refusalOf(402, body, '7');
      expect(read).toMatchObject({
        code,
        status: 402,
        message: 'It is so.',
        link: 'https://b.test/apps/g',
        retryAfterSeconds: 7,
        fields,
      });
    }
  });
});

describe('a thrown error', () => {
  const refusal = { code: 'token_revoked', message: 'Gone.', param: null, type: 'authentication_error' };
  const body = JSON.stringify({ error: refusal });
  it.each([
    ['openai', { status: 401, error: refusal }],
    ['@anthropic-ai/sdk', { status: 401, error: { type: 'error', error: refusal } }],
    [
      '@google/genai',
      {
        status: 401,
        message: JSON.stringify({
          error: { code: 401, message: 'Gone.', details: [{ reason: 'token_revoked', metadata: {} }] },
        }),
      },
    ],
    ['ai', { statusCode: 401, responseBody: body, message: 'Gone.' }],
    ['ai, after retries', { lastError: { statusCode: 401, responseBody: body } }],
  ])('of %s is explained', (_, thrown) => {
    expect(explainError(thrown)).toMatchObject({ code: 'token_revoked', status: 401, message: 'Gone.' });
  });

  it.each([
    ['the provider’s own', { status: 400, error: { code: 'content_policy_violation', message: 'No.' } }],
    ['named as OAuth names one, too', { status: 500, error: { code: 'server_error', message: 'Oops.' } }],
    ['no error of a server', new TypeError('x is not a function')],
    ['no object', 'text'],
    ['nothing', null],
  ])('that is %s is not explained', (_, thrown) => {
    expect(explainError(thrown)).toBeNull();
  });
});
