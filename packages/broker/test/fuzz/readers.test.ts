// What reads bytes of callers and providers, on bytes that nobody meant for it. Where it accepts something, a reader written by others has
// to see the same in it: two readings of one text are how a check is walked around.

import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { canonical, type JsonValue, parseJson } from '../../src/gateway/json/parse-json.ts';
import { encodeMultipart } from '../../src/gateway/multipart/encode-multipart.ts';
import { parseMultipart } from '../../src/gateway/multipart/parse-multipart.ts';
import { createSseScanner } from '../../src/gateway/sse/sse-scanner.ts';
import { readTraceContext } from '../../src/gateway/trace-context.ts';
import { FUZZ_TIMEOUT_MS, fuzz, near } from './fuzz.ts';

const target = (name: string, run: () => Promise<void>) => it(name, run, FUZZ_TIMEOUT_MS);

describe('event streams', () => {
  const USAGE = 'data: {"usage":{"n":1}}\n\n';
  const streams = near(
    [`data: {"a":1}\n\n${USAGE}data: [DONE]\n\n`, `event: x\r\nid: 1\r\n${USAGE}\r: ping\r\r`],
    ['\n', '\r', '\r\n', '\n\n', 'data:', 'data: ', '"usage"', ': ', '\ufeff', '\0', USAGE],
  );
  const cuts = fc.array(fc.nat(200), { maxLength: 6 });
  const pieces = (bytes: Buffer, marks: readonly number[]): Buffer[] => {
    const sorted = [0, ...marks.map((mark) => mark % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
  };
  const scan = (bytes: Buffer, marks: readonly number[], canHide: boolean): Buffer => {
    const scanner = createSseScanner({ needles: ['"usage"'], onData: () => 'hide', canHide });
    return Buffer.concat([...pieces(bytes, marks).map((piece) => scanner.push(piece)), scanner.end()]);
  };
  /** The data of each event, by the rules of the HTML standard (section 9.2.6) on the whole text. */
  const events = (bytes: Buffer): string[] => {
    const seen: string[] = [];
    let data: string[] = [];
    for (const line of bytes.toString('latin1').split(/\r\n|\r|\n/)) {
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'data') data.push(value);
      if (line !== '') continue;
      if (data.length > 0) seen.push(data.join('\n'));
      data = [];
    }
    return seen;
  };

  target('are passed on byte for byte, however they are cut', () =>
    fuzz('sse', fc.tuple(streams, cuts), ([bytes, marks]) => {
      if (!scan(bytes, marks, false).equals(bytes)) throw new Error('changed');
      if (!scan(bytes, marks, true).equals(scan(bytes, [], true))) throw new Error('depends on the cuts');
    }),
  );

  target('lose what is hidden, and nothing else, by the rules of the standard', () =>
    fuzz('sse hidden', streams, (bytes) => {
      // A byte order mark before the first line is taken off by browsers and looked at by nobody here.
      if (bytes.toString('latin1').startsWith('ï»¿')) return;
      const whole = Buffer.concat([bytes, Buffer.from('\n\n')]);
      const kept = events(whole).filter((data) => !data.includes('"usage"'));
      expect(events(scan(whole, [], true))).toEqual(kept);
    }),
  );
});

describe('JSON bodies', () => {
  const sqlite = new DatabaseSync(':memory:');
  const walk = sqlite.prepare('select key, type, atom from json_tree(?)');
  afterAll(() => sqlite.close());
  type Node = readonly [key: string | number | null, type: string, atom: unknown];
  /** Every value of a text with its key, in order, as the parser of SQLite reads it. */
  const nodesBySqlite = (text: string): Node[] =>
    walk.all(text).map(({ key, type, atom }): Node => {
      const kind = type === 'integer' || type === 'real' ? 'number' : String(type);
      return [key as string | null, kind, kind === 'number' || kind === 'text' ? atom : null];
    });
  /** The same of a value that was accepted. */
  function* nodesOf(value: JsonValue, key: string | number | null = null): Generator<Node> {
    if (typeof value === 'number') yield [key, 'number', value];
    else if (typeof value === 'string') yield [key, 'text', value];
    else if (typeof value !== 'object' || value === null) yield [key, String(value), null];
    else {
      yield [key, Array.isArray(value) ? 'array' : 'object', null];
      for (const [name, item] of Object.entries(value))
        yield* nodesOf(item as JsonValue, Array.isArray(value) ? Number(name) : name);
    }
  }

  const texts = near(
    [
      '{"model":"m","messages":[{"role":"user","content":"h\\u00e9"}],"n":1.5e3,"t":[true,null,-0.1]}',
      '{"\\u006dodel":"m","a":{"b":[[],{}]},"c":"\\ud83d\\ude00"}',
    ],
    [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      '\\u',
      '"model":1',
      '__proto__',
      '1e400',
      '-0',
      'é',
      '\ufeff',
      '{"":{"":0}}',
    ],
  );
  const any = fc.oneof(
    texts,
    fc.json().map((text) => Buffer.from(text)),
  );

  target('that are accepted say one thing, as sent and as received, to three readers', () =>
    fuzz('json', any, (bytes) => {
      const parsed = parseJson(bytes);
      if (!parsed.ok) return;
      const sent = canonical(parsed.value);
      const text = JSON.stringify(JSON.parse(bytes.toString('utf8')));
      if (sent !== text || JSON.stringify(JSON.parse(sent)) !== sent) throw new Error('another value');
      // SQLite ends a text at a NUL and has no lone surrogates.
      if (/\\u(?:0000|d[89a-f])/.test(sent)) return;
      if (!isDeepStrictEqual(nodesBySqlite(sent), [...nodesOf(parsed.value)]))
        throw new Error(`read otherwise: ${sent}`);
    }),
  );
});

describe('forms', () => {
  const part = (name: string, value: string, more = '') =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const forms = near(
    [
      `${part('model', 'm')}${part('file', 'RIFF', '; filename="a.wav"\r\nContent-Type: audio/wav')}--b--\r\n`,
      `${part('x[]', '1')}${part('x[]', '2')}--b--`,
    ],
    [
      '\r\n',
      '--b',
      '--b--',
      '\r\n--b\r\n',
      ';',
      '"',
      'name="model"',
      'filename=',
      '\0',
      'Content-Type: ',
      part('model', 'big'),
    ],
  );
  const BOUNDARY = 'f'.repeat(40);

  target('that are accepted are written anew so that others read the same fields', () =>
    fuzz('multipart', forms, async (bytes) => {
      const form = parseMultipart(bytes, 'multipart/form-data; boundary=b');
      if (!form.ok) return;
      const { contentType, body } = encodeMultipart(form.value, BOUNDARY);
      if (form.value.fields.length + form.value.files.length === 0) return;
      const read = await new Response(Buffer.from(body), {
        headers: { 'content-type': contentType },
      }).formData();
      const fields = [...read].filter(([, value]) => typeof value === 'string');
      expect(fields.map(([name]) => name)).toEqual(form.value.fields.map(({ name }) => name));
      expect([...read].length).toBe(form.value.fields.length + form.value.files.length);
    }),
  );
});

describe('trace headers', () => {
  target('that are taken are as the standard writes them', () =>
    fuzz(
      'traceparent',
      near(
        [
          '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
          'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what',
        ],
        ['-', '0', 'ff', '00', 'A', ' ', ',', '\r\n', '0'.repeat(32)],
      ),
      (bytes) => {
        const context = readTraceContext(bytes.toString('latin1'), () => 'b7ad6b7169203332');
        if (context && !/^00-(?!0{32})[0-9a-f]{32}-b7ad6b7169203332-0[0-3]$/.test(context.traceparent))
          throw new Error(context.traceparent);
      },
    ),
  );
});
