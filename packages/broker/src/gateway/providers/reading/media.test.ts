// Which URLs may stand for media.

import { describe, expect, it } from 'vitest';
import { mediaUrlBytes } from './media.ts';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';

describe('a URL stands for media only as a data: URL of a known type, or as an https URL of a public host', () => {
  it.each([
    // URL, bytes in the body, or the code of the refusal
    [PNG, PNG.length],
    [PNG.replace('data:', 'DATA:'), PNG.length],
    ['https://images.example.org/a.png?x=1', 0],
    ['https://images.example.org', 0],
    ['https://images.example.org:443/a', 0],
    ['https://xn--bcher-kva.example.org/a', 0],
    ['data:image/svg+xml;base64,PHN2Zz4=', 'invalid_request'],
    ['data:image/png,raw', 'invalid_request'],
    ['data:;base64,AAAA', 'invalid_request'],
    ['data:image/png;base64', 'invalid_request'],
    ['http://images.example.org/a.png', 'reference_not_permitted'],
    ['https://images.example.org:8443/a.png', 'reference_not_permitted'],
    ['https://user@images.example.org/a.png', 'reference_not_permitted'],
    ['https://images.example.org@evil.example.net/a', 'reference_not_permitted'],
    ['https://images.example.org\\@evil.example.net/a', 'reference_not_permitted'],
    ['https://127.0.0.1/a.png', 'reference_not_permitted'],
    ['https://0x7f.1/a', 'reference_not_permitted'],
    ['https://[::1]/a.png', 'reference_not_permitted'],
    ['https://localhost/a.png', 'reference_not_permitted'],
    ['https://printer.local/a.png', 'reference_not_permitted'],
    ['https://metadata.google.internal/a', 'reference_not_permitted'],
    ['file:///etc/passwd', 'reference_not_permitted'],
    ['gs://bucket/a.png', 'reference_not_permitted'],
    ['', 'reference_not_permitted'],
  ])('%s: %s', (url, expected) => {
    const result = mediaUrlBytes(url, /^image\/png$/);
    expect(typeof result === 'number' ? result : result.code).toBe(expected);
  });
});
