import { describe, expect, it } from 'vitest';
import { destinationOf, formActionOf } from './client-words.ts';

describe('where the browser goes afterwards', () => {
  it.each([
    ['https://app.test:8443/cb', { kind: 'host', host: 'app.test:8443' }, 'https://app.test:8443'],
    ['http://127.0.0.1:5000/cb', { kind: 'this_computer' }, 'http://127.0.0.1:5000'],
    ['http://[::1]:5000/cb', { kind: 'this_computer' }, 'http:'],
    ['com.example.app:/cb', { kind: 'app_scheme', scheme: 'com.example.app' }, 'com.example.app:'],
  ])('%s', (uri, destination, formAction) => {
    expect(destinationOf(uri)).toEqual(destination);
    expect(formActionOf(uri)).toBe(formAction);
  });
});
