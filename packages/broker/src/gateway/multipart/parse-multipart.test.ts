// A46: a form says one thing only, and what is sent upstream is written anew from what was checked.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMultipart } from './encode-multipart.ts';
import { fieldValue, type Multipart } from './multipart.ts';
import { type MultipartLimits, parseMultipart } from './parse-multipart.ts';

const TYPE = 'multipart/form-data; boundary=XbX';
const part = (headers: string, body: string) => `--XbX\r\n${headers}\r\n\r\n${body}\r\n`;
const field = (name: string, value: string) => part(`Content-Disposition: form-data; name="${name}"`, value);
const file = (filename: string, type = 'audio/mpeg') =>
  part(
    `Content-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: ${type}`,
    'ID3\r\n--Xb',
  );
const END = '--XbX--\r\n';
const parse = (text: string, type = TYPE, limits: Partial<MultipartLimits> = {}) =>
  parseMultipart(Buffer.from(text), type, limits);

describe('parseMultipart', () => {
  it('reads fields and files', () => {
    const result = parse(
      field('model', 'whisper-1') + file('speech.mp3') + field('tag[]', 'a') + field('tag[]', '') + END,
    );
    expect(result).toEqual({
      ok: true,
      value: {
        fields: [
          { name: 'model', value: 'whisper-1' },
          { name: 'tag[]', value: 'a' },
          { name: 'tag[]', value: '' },
        ],
        files: [
          {
            name: 'file',
            filename: 'speech.mp3',
            contentType: 'audio/mpeg',
            bytes: Buffer.from('ID3\r\n--Xb'),
          },
        ],
      },
    });
    expect(result.ok && [fieldValue(result.value, 'model'), fieldValue(result.value, 'n')]).toEqual([
      'whisper-1',
      null,
    ]);
  });

  it('reads what the runtime itself writes', async () => {
    const form = new FormData();
    form.set('model', 'whisper-1');
    form.set('prompt', 'é\n');
    form.set('file', new File(['abc'], 'a.wav', { type: 'audio/wav' }));
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const result = parseMultipart(await request.bytes(), request.headers.get('content-type') ?? '');
    expect(result).toMatchObject({
      ok: true,
      value: { files: [{ filename: 'a.wav', contentType: 'audio/wav' }] },
    });
    expect(result.ok && fieldValue(result.value, 'prompt')).toBe('é\r\n');
  });

  it.each<[string, string, string]>([
    ['two models', field('model', 'small') + field('model', 'big') + END, 'duplicate_key'],
    ['a field and a file of one name', field('file', 'x') + file('a.mp3') + END, 'duplicate_key'],
    ['two files of one name', file('a.mp3') + file('b.mp3') + END, 'duplicate_key'],
    [
      'a model after the file that was there before',
      field('model', 'a') + file('a.mp3') + field('model', 'b') + END,
      'duplicate_key',
    ],
    ['a name with a space', field('model ', 'big') + END, 'invalid_request'],
    ['an escaped name', field('mod\\"el', 'big') + END, 'invalid_request'],
    [
      'a name in another encoding',
      part("Content-Disposition: form-data; name*=utf-8''model", 'big') + END,
      'invalid_request',
    ],
    ['an unquoted name', part('Content-Disposition: form-data; name=model', 'big') + END, 'invalid_request'],
    [
      'two names',
      part('Content-Disposition: form-data; name="model"; name="x"', 'big') + END,
      'invalid_request',
    ],
    [
      'two dispositions',
      part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"', 'x') + END,
      'invalid_request',
    ],
    ['a folded header', part('Content-Disposition: form-data;\r\n name="a"', 'x') + END, 'invalid_request'],
    ['no disposition', part('Content-Type: text/plain', 'x') + END, 'invalid_request'],
    [
      'a transfer encoding',
      part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'eA==') + END,
      'invalid_request',
    ],
    [
      'a field in another charset',
      part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-7', 'x') + END,
      'invalid_request',
    ],
    ['a nested form', file('a', 'multipart/mixed; boundary=y') + END, 'invalid_request'],
    ['text before the first boundary', `preamble\r\n${field('a', 'b')}${END}`, 'invalid_request'],
    ['text after the last', `${field('a', 'b')}${END}--XbX`, 'invalid_request'],
    ['no last boundary', field('a', 'b'), 'invalid_request'],
    ['a boundary with a longer name', `${field('a', 'b')}--XbXY\r\n${END}`, 'invalid_request'],
    ['line ends without CR', (field('a', 'b') + END).replaceAll('\r', ''), 'invalid_request'],
    ['a part with no header', `--XbX\r\n\r\nx\r\n${END}`, 'invalid_request'],
    ['nothing', '', 'invalid_request'],
  ])('refuses %s', (_name, text, code) => {
    expect(parse(text)).toMatchObject({ ok: false, error: { code } });
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=XbX; charset=utf-16',
    'multipart/form-data; charset=utf-16; boundary=XbX',
    'multipart/mixed; boundary=XbX',
    'multipart/form-data; boundary=a b',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
  ])('refuses the content type %j', (type) => {
    expect(parse(field('a', 'b') + END, type)).toMatchObject({
      ok: false,
      error: { code: 'unsupported_media_type' },
    });
  });

  it.each<[string, Partial<MultipartLimits>]>([
    ['bytes', { maxBytes: 20 }],
    ['parts', { maxParts: 1 }],
    ['bytes of a field', { maxFieldBytes: 2 }],
    ['bytes of a header', { maxHeaderBytes: 20 }],
  ])('holds the limit on %s', (_name, limits) => {
    const text = field('a', 'bcd') + field('b', 'c') + END;
    expect(parse(text)).toMatchObject({ ok: true });
    expect(parse(text, TYPE, limits)).toMatchObject({ ok: false });
  });

  it('refuses a field that is not UTF-8', () => {
    const body = Buffer.from(field('a', '\xff') + END, 'latin1');
    expect(parseMultipart(body, TYPE)).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\é t.mp3', '_t.mp3'],
    ['.htaccess', 'htaccess'],
    ['', 'file'],
    [`${'a'.repeat(300)}.mp3`, `${'a'.repeat(96)}.mp3`],
  ])('keeps of the file name %j only %j', (filename, expected) => {
    const result = parse(file(filename) + END);
    expect(result.ok && result.value.files[0]?.filename).toBe(expected);
  });

  it('reads 25 MB without copying the file', () => {
    const body = Buffer.concat([
      Buffer.from(file('a.mp3').replace('ID3\r\n--Xb', '')).subarray(0, -2),
      Buffer.alloc(25e6, '\r\n--Xb'),
      Buffer.from(`\r\n${END}`),
    ]);
    const result = parseMultipart(body, TYPE);
    expect(result.ok && result.value.files[0]?.bytes.length).toBe(25e6);
    expect(result.ok && result.value.files[0]?.bytes.buffer).toBe(body.buffer);
  });
});

const forms: fc.Arbitrary<Multipart> = fc.record({
  fields: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z_]{1,8}$/),
      value: fc.string({ unit: 'binary' }).map((s) => s.toWellFormed()),
    }),
    {
      selector: ({ name }) => name,
      maxLength: 5,
    },
  ),
  files: fc.array(
    fc.record({
      name: fc.constant('image[]'),
      filename: fc.stringMatching(/^[a-z0-9_-][a-z0-9._-]{0,20}$/),
      contentType: fc.constantFrom('image/png', 'audio/webm;codecs=opus', 'application/octet-stream'),
      bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
    { maxLength: 3 },
  ),
});

describe('encodeMultipart', () => {
  const boundary = 'valetkey0123456789abcdef';

  it('writes exactly the form that was checked', () => {
    fc.assert(
      fc.property(forms, (form) => {
        const { body, contentType } = encodeMultipart(form, boundary);
        expect(parseMultipart(body, contentType)).toEqual({ ok: true, value: form });
      }),
    );
  });

  it('refuses a boundary that could be foreseen to break the form', () => {
    expect(() =>
      encodeMultipart({ fields: [{ name: 'a', value: boundary }], files: [] }, boundary),
    ).toThrow();
    expect(() => encodeMultipart({ fields: [], files: [] }, 'a b')).toThrow();
  });
});
