import { describe, expect, it } from 'vitest';
import { inLanguage } from '../language.ts';
import { cleanClientName, isDoubtfulName, type NamedClient, namesOfRecipients } from './client-names.ts';

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

describe('who a right may be delegated to', () => {
  const registered = (client_name: string): NamedClient => ({ ownerId: 'bob', metadata: { client_name } });
  const unclaimed = (client_name: string): NamedClient => ({ ownerId: null, metadata: { client_name } });
  it.each<[id: string, NamedClient | null, words: string]>([
    ['app_1', registered('Acme Scout'), 'Acme Scout (app_1)'],
    ['https://scout.test/c.json', unclaimed('Scout'), 'Scout (https://scout.test/c.json)'],
    ['app_1', null, 'unknown app (app_1)'],
    ['app_1', unclaimed('Registered by nobody'), 'unknown app (app_1)'],
    ['app_1', registered('ОpеnАI'), 'app with a doubtful name (app_1)'],
    ['app_1', registered('Acme (app_2)'), 'app with a doubtful name (app_1)'],
    ['app_1', registered('Acme ﹙app_2﹚'), 'app with a doubtful name (app_1)'],
    ['app_1', registered('Acme https://acme.test'), 'app with a doubtful name (app_1)'],
    ['app_1', registered('Acme\u202e\u200b Scout'), 'Acme Scout (app_1)'],
  ])('%s, %j: %s', async (id, client, words) => {
    const say = await namesOfRecipients([{ delegationTo: [id] }, { delegationTo: null }], async () => client);
    expect(say(id)).toBe(words);
  });

  it.each([
    ['de', 'unbekannte App (app_1)'],
    ['ja', '不明なアプリ（app_1）'],
  ] as const)('speak the language of the page: %s', async (language, words) => {
    const say = await inLanguage(language, () =>
      namesOfRecipients([{ delegationTo: ['app_1'] }], async () => null),
    );
    expect(say('app_1')).toBe(words);
  });
});
