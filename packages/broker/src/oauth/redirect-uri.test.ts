import { describe, expect, it } from 'vitest';
import { applicationTypeOf, checkRedirectUri } from './redirect-uri.ts';

describe('checkRedirectUri', () => {
  it.each([
    'https://app.test/callback',
    'https://app.test:8443/cb?x=1',
    'http://127.0.0.1/cb',
    'http://127.0.0.1:5173/cb',
    'http://[::1]:9/cb',
    'http://localhost:3000/',
    'com.example.app:/callback',
    'com.example.app://callback',
  ])('takes %s', (uri) => expect(checkRedirectUri(uri)).toBeNull());

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java.script:alert(1)#x',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'blob:https://app.test/x',
    'http://app.test/cb',
    'http://127.0.0.1.evil.test/cb',
    'https://localhost/cb',
    'https://*.app.test/cb',
    'https://app.test/*',
    'https://app.test/cb#f',
    'https://user@app.test/cb',
    'https://user:pass@app.test/cb',
    'https://app.test\\@evil.test/cb',
    'https://app.test/a b',
    'https://app.test/\u0000',
    'https://äpp.test/cb',
    'myapp:/cb',
    '/callback',
    '//app.test/cb',
    'https://',
    'https:app.test/cb',
    'https:/app.test/cb',
    'https:///app.test/cb',
    'https:https://app.test/cb',
    '',
    `https://app.test/${'x'.repeat(1000)}`,
  ])('A39 refuses %s', (uri) => expect(checkRedirectUri(uri)).toEqual(expect.any(String)));

  it('an app with any address on the own machine is native', () => {
    expect(applicationTypeOf(['https://a.test/', 'https://b.test/'])).toBe('web');
    expect(applicationTypeOf(['https://a.test/', 'http://127.0.0.1/'])).toBe('native');
    expect(applicationTypeOf(['com.example.app:/'])).toBe('native');
  });
});
