// Guarantees of finding a broker: what a person types leads to one origin, and nothing that answers there leads away from it.

import { describe, expect, it } from 'vitest';
import { discover } from './discover.ts';

const metadataOf = (issuer: string, more: object = {}) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  pushed_authorization_request_endpoint: `${issuer}/par`,
  token_endpoint: `${issuer}/token`,
  device_authorization_endpoint: `${issuer}/device_authorization`,
  code_challenge_methods_supported: ['S256'],
  authorization_details_types_supported: ['ai_model_access'],
  authorization_response_iss_parameter_supported: true,
  ...more,
});

/** Answers everywhere with what `answer` makes of the asked origin, and notes where it was asked. */
const world = (answer: (origin: string) => Response) => {
  const asked: string[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    expect(init?.redirect).toBe('manual');
    asked.push(String(input));
    return answer(new URL(String(input)).origin);
  };
  return { asked, fetch: fetcher };
};
const honest = () => world((origin) => Response.json(metadataOf(origin)));

describe('what a person types', () => {
  it.each([
    ['keys.example.com', 'https://keys.example.com'],
    [' Keys.Example.com/ ', 'https://keys.example.com'],
    ['https://keys.example.com', 'https://keys.example.com'],
    ['keys.example.com:8443', 'https://keys.example.com:8443'],
    ['localhost:8787', 'http://localhost:8787'],
    ['127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['http://[::1]:8787/', 'http://[::1]:8787'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
  ])('%j is %s, asked at its well-known address alone', async (typed, issuer) => {
    const { asked, fetch } = honest();
    expect(await discover(typed, { fetch })).toMatchObject({ issuer, tokenEndpoint: `${issuer}/token` });
    expect(asked).toEqual([`${issuer}/.well-known/oauth-authorization-server`]);
  });

  it.each([
    '',
    'keys example',
    'keys%2eexample.com',
    'https:\\\\keys.example.com',
    'http://keys.example.com',
    'ftp://keys.example.com',
    'javascript:alert(1)',
    'javascript://keys.example.com/%0aalert(1)',
    'https://user:secret@keys.example.com',
    ':secret@keys.example.com',
    'keys.example.com@evil.test',
    'keys.example.com/path',
    'keys.example.com?x=1',
    'keys.example.com#x',
    'localhost.evil.test@127.0.0.1',
  ])('%j is no address, and nobody is asked', async (typed) => {
    const { asked, fetch } = honest();
    await expect(discover(typed, { fetch })).rejects.toMatchObject({ code: 'invalid_address' });
    expect(asked).toEqual([]);
  });
});

describe('an answer', () => {
  it.each<[string, object]>([
    ['is of another issuer', { issuer: 'https://other.test' }],
    ['names itself with a slash more', { issuer: 'https://keys.test/' }],
    ['sends tokens elsewhere', { token_endpoint: 'https://other.test/token' }],
    ['sends people elsewhere', { authorization_endpoint: 'https://keys.test.evil.test/authorize' }],
    ['sends people to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['pushes requests elsewhere', { pushed_authorization_request_endpoint: 'http://keys.test/par' }],
    ['takes no pushed requests', { pushed_authorization_request_endpoint: undefined }],
    ['knows plain challenges alone', { code_challenge_methods_supported: ['plain'] }],
    ['does not say who answers', { authorization_response_iss_parameter_supported: false }],
    ['is of a server for something else', { authorization_details_types_supported: ['payment'] }],
  ])('that %s is of no broker', async (_, more) => {
    const { fetch } = world((origin) => Response.json(metadataOf(origin, more)));
    await expect(discover('keys.test', { fetch })).rejects.toMatchObject({ code: 'not_a_broker' });
  });

  it.each([
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://other.test' } }),
      'sends its visitors to another address',
    ],
    ['a redirect in a browser', () => Response.error(), 'sends its visitors to another address'],
    ['a page', () => new Response('<h1>Hello</h1>'), 'does not answer as a Valetkey does'],
    ['an error', () => new Response('gone', { status: 404 }), 'answered 404, and not as a Valetkey does'],
    ['null', () => Response.json(null), 'is not what the server there calls itself'],
  ])('that is %s is of no broker, and whose it was is said', async (_, answer, says) => {
    const message = `https://keys.test ${says}.`;
    await expect(discover('keys.test', world(answer))).rejects.toMatchObject({
      code: 'not_a_broker',
      message,
    });
  });
});
