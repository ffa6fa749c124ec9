// Snippets carry the person's real values and cannot be broken out of.

import { describe, expect, it } from 'vitest';
import { curlCode, snippetsFor } from './snippets.ts';

const VALUES = {
  base_url: 'http://127.0.0.1:8787/sandbox/v1',
  base_urls: { openai: 'http://127.0.0.1:8787/sandbox/v1' },
  token: 'vk_abc',
  model: 'sandbox-small',
};

describe('snippetsFor', () => {
  it('offers only the dialects that the grant speaks', () => {
    expect(snippetsFor(VALUES).map((snippet) => snippet.id)).toEqual(['curl', 'openai', 'openai-python']);
  });
  it('adds the SDK of each further dialect', () => {
    const base_urls = { anthropic: 'http://h/anthropic', google: 'http://h/google' };
    const ids = snippetsFor({ ...VALUES, base_urls }).map((snippet) => snippet.id);
    expect(ids).toContain('anthropic');
    expect(ids).toContain('google');
  });
  it('writes address, token and model into every program', () => {
    for (const { code } of snippetsFor(VALUES)) {
      for (const value of [VALUES.base_url, VALUES.token, VALUES.model]) expect(code).toContain(value);
    }
  });
});

it('curlCode keeps a quote in a model name inside the shell string', () => {
  expect(curlCode({ ...VALUES, model: "x'; rm -rf ~ #" })).toContain(`x'\\''; rm -rf ~ #`);
});
