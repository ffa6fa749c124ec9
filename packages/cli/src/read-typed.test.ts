// Guarantees of the prompt for secrets.

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { readHidden } from './read-typed.ts';

/** A terminal that answers the prompt with `keys` and records, in order, what happens to it. */
function fakeTerminal(keys: string) {
  const events: string[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void events.push(on ? 'echo off' : 'echo on'),
  });
  const output = new PassThrough();
  output.on('data', (chunk) => {
    events.push(`shows ${JSON.stringify(String(chunk))}`);
    if (events.length === 2) input.write(keys);
  });
  return { input, output, events };
}

it('turns the echo off before it asks, shows nothing of what is typed, and turns it on again', async () => {
  const { input, output, events } = fakeTerminal('s3crex\u007ft\r');
  expect(await readHidden(input, output, 'Password: ')).toBe('s3cret');
  expect(events).toEqual(['echo off', 'shows "Password: "', 'echo on', 'shows "\\n"']);
});

it.each([
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s gives null', async (_name, key) => {
  const { input, output } = fakeTerminal(key);
  expect(await readHidden(input, output, 'Password: ')).toBeNull();
});
