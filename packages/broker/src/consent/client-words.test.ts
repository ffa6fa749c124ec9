import { describe, expect, it } from 'vitest';
import { cleanClientName, destinationOf, formActionOf, isDoubtfulName } from './client-words.ts';

describe('A36 cleanClientName', () => {
  it.each([
    ['plain', 'Acme Writer', 'Acme Writer'],
    ['right-to-left override', 'evil\u202egnp.exe', 'evilgnp.exe'],
    ['zero-width', 'Op\u200ben\u2060AI\ufeff', 'OpenAI'],
    ['invisible letters', 'A\u3164B\uffa0', 'AB'],
    ['line breaks and runs of space', ' a\r\n\tb\u2028c ', 'a b c'],
    ['stacked marks', `Z${'\u0335'.repeat(50)}`, 'Z\u0335\u0335'],
    ['tags', '\u{e0041}x', 'x'],
    ['markup is left to escaping', '<script>', '<script>'],
    ['10 KB', 'x'.repeat(10_000), `${'x'.repeat(59)}…`],
  ])('%s', (_name, name, expected) => {
    expect(cleanClientName({ id: 'app_1', name })).toBe(expected);
  });

  it('falls back to the host of a document client, or the id', () => {
    expect(cleanClientName({ id: 'https://writer.test/c.json', name: '\u200b' })).toBe('writer.test');
    expect(cleanClientName({ id: 'app_1', name: '' })).toBe('app_1');
  });
});

describe('A36 isDoubtfulName', () => {
  it.each([
    'OpenAI',
    'Open AI',
    'ОpеnАI',
    'ChatGPT Plus',
    '0penAI',
    'My Claude',
    'Gοοgle',
    'Acmе',
    'ｏｐｅｎａｉ',
  ])('points at %s', (name) => expect(isDoubtfulName(name)).toBe(true));

  it.each(['Acme Writer', 'Заметки', 'Überblick', '日本語ノート', 'Σημειώσεις'])('leaves %s alone', (name) =>
    expect(isDoubtfulName(name)).toBe(false),
  );
});

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
