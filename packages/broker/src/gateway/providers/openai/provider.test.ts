// OpenAI's closed list as a whole.

import { describe, expect, it } from 'vitest';
import { openai } from './provider.ts';

describe('openai', () => {
  it('lists what the closed list says and nothing else', () => {
    expect(openai.operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /chat/completions',
      'POST /responses',
      'POST /completions',
      'POST /embeddings',
      'POST /images/generations',
      'POST /audio/speech',
      'POST /audio/transcriptions',
      'POST /moderations',
      'GET /models',
      'GET /models/{model}',
    ]);
  });

  it('puts the key in the authorization header and nowhere else', () => {
    expect(openai.authHeaders('sk-test-12345678')).toEqual({ authorization: 'Bearer sk-test-12345678' });
  });
});
