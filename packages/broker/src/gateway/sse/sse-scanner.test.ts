// Bytes pass as they came, usage is seen, and one event can be hidden, however the network cuts the stream (A58, A72).

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseScanner, type SseScannerOptions } from './sse-scanner.ts';

/** Sends a stream in the given pieces; gives what came out, what was shown, and what was passed on with each piece. */
function run(pieces: readonly string[], options: Partial<SseScannerOptions> = {}) {
  const shown: string[] = [];
  const scanner = createSseScanner({
    needles: ['"usage"'],
    onData: (payload) => {
      shown.push(payload);
      return payload.includes('hide') ? 'hide' : 'pass';
    },
    ...options,
  });
  const passed = pieces.map((piece) =>
    Buffer.from(scanner.push(Buffer.from(piece, 'latin1'))).toString('latin1'),
  );
  const rest = Buffer.from(scanner.end()).toString('latin1');
  return { shown, passed, rest, output: passed.join('') + rest, skippedLine: scanner.skippedLine };
}

const USAGE = 'data: {"usage":1}\n\n';
const HIDDEN = 'data: {"usage":"hide"}\n\n';
const TEXT = 'data: {"text":"a"}\n\n';

describe('a scanner that hides nothing', () => {
  it('shows matching data lines without decoding the others', () => {
    expect(
      run([`event: x\n${TEXT}${USAGE}: "usage"\nid: "usage"\ndata:{"usage":2}\r\n\r\ndata: [DONE]\n\n`])
        .shown,
    ).toEqual(['{"usage":1}', '{"usage":2}']);
  });

  it('returns the very buffer it was given', () => {
    const scanner = createSseScanner({ needles: ['"usage"'], onData: () => 'hide' });
    for (const text of [HIDDEN, 'data: {"us', 'age":1}\n', '']) {
      const chunk = Buffer.from(text);
      expect(scanner.push(chunk)).toBe(chunk);
    }
  });

  it('finds a needle cut in two, and a last line without an end', () => {
    expect(run(['data: {"us', 'age', '":1}']).shown).toEqual(['{"usage":1}']);
  });

  it('flags a line that is too long and goes on with the next', () => {
    const long = `data: {"usage":"${'x'.repeat(50)}"}\n`;
    for (const pieces of [[long + USAGE], [long.slice(0, 30), long.slice(30) + USAGE]]) {
      expect(run(pieces, { maxLineBytes: 40 })).toMatchObject({ shown: ['{"usage":1}'], skippedLine: true });
    }
  });

  it('takes the payload as UTF-8', () => {
    const bytes = Buffer.from('data: "usage" é\n').toString('latin1');
    expect(run([bytes.slice(0, 15), bytes.slice(15)]).shown).toEqual(['"usage" é']);
  });
});

describe('a scanner that hides', () => {
  const hiding = { canHide: true };

  it('removes the whole event and nothing else', () => {
    expect(run([`${TEXT}event: u\n${HIDDEN}${USAGE}`], hiding).output).toBe(TEXT + USAGE);
  });

  it('passes complete events at once and returns the very buffer', () => {
    const scanner = createSseScanner({ needles: ['"usage"'], onData: () => 'hide', canHide: true });
    const chunk = Buffer.from(TEXT + TEXT);
    expect(scanner.push(chunk)).toBe(chunk);
  });

  it('keeps back only the event that is not complete', () => {
    expect(run([`${TEXT}data: {"te`, 'xt":1}\n', '\n'], hiding).passed).toEqual([
      TEXT,
      '',
      'data: {"text":1}\n\n',
    ]);
  });

  it('hides an event that the stream ends before its blank line', () => {
    expect(run(['data: {"usage":"hide"}'], hiding)).toMatchObject({
      output: '',
      shown: ['{"usage":"hide"}'],
    });
    expect(run(['data: {"text":1}'], hiding).rest).toBe('data: {"text":1}');
  });

  it('passes an event that is too long to be kept back', () => {
    const long = `: ${'x'.repeat(60)}\n${HIDDEN}`;
    expect(run([long.slice(0, 50), long.slice(50)], { ...hiding, maxLineBytes: 40 }).output).toBe(long);
  });

  it('takes the LF of a CR LF that was cut in two away with the event', () => {
    expect(run(['data: {"usage":"hide"}\r\n\r', '\ndata: x\n\n'], hiding).output).toBe('data: x\n\n');
  });
});

/** Streams of few words and all line ends, cut anywhere. */
const streams = fc
  .array(
    fc.constantFrom(
      'data: {"usage":1}',
      'data: "usage" hide',
      'data:x',
      'event: e',
      '"usage"',
      '\n',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'y',
    ),
    {
      maxLength: 24,
    },
  )
  .map((words) => words.join(''));

const cut = (text: string, at: readonly number[]): string[] => {
  const marks = [...new Set(at.map((mark) => mark % (text.length + 1)))].sort((a, b) => a - b);
  return [...marks, text.length].map((mark, index) => text.slice(marks[index - 1] ?? 0, mark));
};

/** The rules again, on the whole text: what must come out and what must be shown. */
function expected(text: string, canHide: boolean, maxLineBytes: number) {
  const shown: string[] = [];
  const events: string[] = [];
  let isHidden = false;
  let event = '';
  let output = '';
  for (const [raw, line = '', end = ''] of text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    if (raw === '') continue;
    event += raw;
    if (line.startsWith('data:') && line.includes('"usage"') && line.length <= maxLineBytes) {
      const payload = line.slice(line[5] === ' ' ? 6 : 5);
      shown.push(payload);
      isHidden ||= payload.includes('hide');
    }
    if (line !== '' || end === '') continue;
    const length = event.length - (event.endsWith('\r\n') ? 1 : 0);
    if (!(canHide && isHidden && length <= maxLineBytes)) output += event;
    events.push(event);
    event = '';
    isHidden = false;
  }
  if (!(canHide && isHidden && event.length <= maxLineBytes)) output += event;
  return { shown, output };
}

describe('any division into chunks', () => {
  it.each([
    [false, 1000],
    [true, 1000],
    [false, 16],
    [true, 24],
  ])('gives the same output and calls (canHide %s, lines to %s bytes)', (canHide, maxLineBytes) => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(400), { maxLength: 12 }), (text, marks) => {
        const { shown, output, skippedLine } = run(cut(text, marks), { canHide, maxLineBytes });
        expect({ shown, output }).toEqual(expected(text, canHide, maxLineBytes));
        expect(skippedLine).toBe(text.split(/[\r\n]/).some((line) => line.length > maxLineBytes));
      }),
      { numRuns: 2000 },
    );
  });
});
