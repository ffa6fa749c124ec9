// Which `traceparent` is believed (W3C Trace Context level 2, section 3.2), and what goes on to the provider.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraceContext } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const OURS = 'b7ad6b7169203331';
const read = (header: string | string[] | undefined) => readTraceContext(header, () => OURS);

describe('a traceparent', () => {
  it.each([
    ['sampled', `00-${TRACE}-${SPAN}-01`, '01'],
    ['not sampled', `00-${TRACE}-${SPAN}-00`, '00'],
    ['random trace id', `00-${TRACE}-${SPAN}-03`, '03'],
    ['flags that nobody defined are not passed on', `00-${TRACE}-${SPAN}-fd`, '01'],
    ['a later version', `01-${TRACE}-${SPAN}-01`, '01'],
    ['a later version that says more', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`, '01'],
  ])('is carried with a span of ours: %s', (_, header, flags) => {
    expect(read(header)).toEqual({
      traceId: TRACE,
      spanId: OURS,
      parentId: SPAN,
      flags: Number(flags),
      traceparent: `00-${TRACE}-${OURS}-${flags}`,
    });
  });

  it.each([
    ['none', undefined],
    ['several', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
    ['several in one', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
    ['empty', ''],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version of one digit', `0-${TRACE}-${SPAN}-01`],
    ['trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['long span id', `00-${TRACE}-${SPAN}0-01`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['flags that are no hex', `00-${TRACE}-${SPAN}-0g`],
    ['version 00 that says more', `00-${TRACE}-${SPAN}-01-more`],
    ['version 00 with a dash at its end', `00-${TRACE}-${SPAN}-01-`],
    ['a later version that goes on without a dash', `01-${TRACE}-${SPAN}-01.more`],
    ['white space around', ` 00-${TRACE}-${SPAN}-01`],
    ['a line end', `00-${TRACE}-${SPAN}-01\n`],
  ])('is ignored: %s', (_, header) => {
    expect(read(header)).toBeNull();
  });

  it('never carries anything of the caller but its trace id and two flags', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.stringMatching(/^[0-9a-f]{2}$/), (more, flags) => {
        const sent = read(`01-${TRACE}-${SPAN}-${flags}-${more}`)?.traceparent;
        expect(sent ?? `00-${TRACE}-${OURS}-00`).toMatch(new RegExp(`^00-${TRACE}-${OURS}-0[0-3]$`));
      }),
    );
  });
});
