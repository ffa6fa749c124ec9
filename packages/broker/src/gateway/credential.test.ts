// One request, one credential, from one of three headers.

import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readCredential } from './credential.ts';

const read = (headers: Readonly<Record<string, string | readonly string[]>>) => {
  const rawHeaders = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [name, value as string]),
  );
  const found = readCredential({ rawHeaders } as IncomingMessage);
  return found.ok ? found.value : found.error.code;
};
describe('the credential of a request', () => {
  it.each([
    [{ Authorization: 'Bearer vk_1' }, { token: 'vk_1', scheme: 'bearer' }],
    [{ authorization: 'bearer  vk_1' }, { token: 'vk_1', scheme: 'bearer' }],
    [{ authorization: 'DPoP vk_1' }, { token: 'vk_1', scheme: 'dpop' }],
    [{ 'x-api-key': 'vk_1' }, { token: 'vk_1', scheme: 'bearer' }],
    [{ 'x-goog-api-key': 'vk_1' }, { token: 'vk_1', scheme: 'bearer' }],
    [
      { 'x-api-key': 'vk_1', authorization: 'DPoP vk_1' },
      { token: 'vk_1', scheme: 'dpop' },
    ],
    [{ 'x-api-key': 'x'.repeat(8192) }, { token: 'x'.repeat(8192), scheme: 'bearer' }],
    [{}, 'missing_token'],
    [{ cookie: 'token=vk_1', 'api-key': 'vk_1' }, 'missing_token'],
    [{ authorization: 'Bearer vk_1', 'x-api-key': 'vk_2' }, 'multiple_credentials'],
    [{ 'x-api-key': 'vk_1', 'x-goog-api-key': 'vk_2' }, 'multiple_credentials'],
    [{ authorization: ['Bearer vk_1', 'Bearer vk_2'] }, 'multiple_credentials'],
    [{ authorization: 'Basic vk_1' }, 'invalid_token'],
    [{ authorization: 'Bearer' }, 'invalid_token'],
    [{ authorization: 'Bearer vk_1 vk_2' }, 'invalid_token'],
    [{ authorization: 'Basic vk_2', 'x-api-key': 'vk_1' }, 'invalid_token'],
    [{ 'x-api-key': 'vk 1' }, 'invalid_token'],
    [{ 'x-api-key': 'x'.repeat(8193) }, 'invalid_token'],
  ])('of %j is %j', (headers, expected) => {
    expect(read(headers as never)).toEqual(expected);
  });
});
