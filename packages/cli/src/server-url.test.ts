// Which addresses a login may be sent to.

import { expect, it } from 'vitest';
import { parseServerUrl } from './server-url.ts';

it.each([
  ['https://keys.example.com', 'https://keys.example.com'],
  ['https://KEYS.example.com:443/', 'https://keys.example.com'],
  ['http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ['http://localhost:8787/', 'http://localhost:8787'],
  ['http://[::1]:8787', 'http://[::1]:8787'],
])('%s is accepted', (text, value) => {
  expect(parseServerUrl(text)).toEqual({ ok: true, value });
});

it.each([
  ['http://keys.example.com', 'https://'],
  ['http://localhost.evil.example', 'https://'],
  ['http://127.0.0.1.evil.example', 'https://'],
  ['https://me:secret@keys.example.com', 'alone'],
  ['https://keys.example.com/dashboard', 'alone, such as https://keys.example.com'],
  ['ftp://keys.example.com', 'must be the address'],
  ['keys.example.com', 'must be the address'],
  ['', 'must be the address'],
])('%j is refused', (text, says) => {
  const parsed = parseServerUrl(text);
  expect(parsed.ok || parsed.error).toContain(says);
  expect(JSON.stringify(parsed)).not.toContain('secret');
});
