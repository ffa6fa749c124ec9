// Which addresses a login may be sent to.

import { expect, it } from 'vitest';
import { parseServerUrl } from './server-url.ts';

it.each([
  ['https://keys.example.com', 'https://keys.example.com'],
  ['https://KEYS.example.com:443/', 'https://keys.example.com'],
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ['http://localhost:8787/', 'http://localhost:8787'],
  ['http://[::1]:8787', 'http://[::1]:8787'],
  ['keys.example.com', 'https://keys.example.com'],
  ['keys.example.com:8443/', 'https://keys.example.com:8443'],
  ['localhost:8787', 'http://localhost:8787'],
  ['127.0.0.1', 'http://127.0.0.1'],
  ['[::1]:8787', 'http://[::1]:8787'],
  ['localhost.evil.example', 'https://localhost.evil.example'],
])('%s is accepted', (text, value) => {
  expect(parseServerUrl(text, '--url')).toEqual({ ok: true, value });
});

it.each([
  ['http://keys.example.com', 'https://'],
  ['http://localhost.evil.example', 'https://'],
  ['http://127.0.0.1.evil.example', 'https://'],
  ['https://me:secret@keys.example.com', 'alone'],
  ['https://keys.example.com/dashboard', 'alone, such as https://keys.example.com'],
  ['ftp://keys.example.com', 'must be the address'],
  ['me:secret@keys.example.com', 'alone'],
  ['keys.example.com/dashboard', 'alone'],
  ['javascript:alert(1)', 'must be the address'],
  ['two words', 'must be the address'],
  ['', 'must be the address'],
])('%j is refused', (text, says) => {
  const parsed = parseServerUrl(text, '--url');
  expect(parsed.ok || parsed.error).toContain(says);
  expect(JSON.stringify(parsed)).not.toContain('secret');
});
