import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('html', () => {
  it.each([
    ['markup', '<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['an attribute break', '" onmouseover="x', '&quot; onmouseover=&quot;x'],
    ['a single quote', "it's", 'it&#39;s'],
    ['an ampersand', 'a&lt;b', 'a&amp;lt;b'],
    ['a right-to-left override', 'evil\u202egnp.exe', 'evilgnp.exe'],
    ['a NUL', 'a\u0000b', 'ab'],
  ])('escapes %s', (_name, value, expected) => {
    expect(String(html`<p>${value}</p>`)).toBe(`<p>${expected}</p>`);
  });

  it('never lets text open a tag or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(String(html`${text}`)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('keeps what html made, joins lists and prints nothing for absent values', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(String(html`<ul>${items}</ul>${null}${undefined}${false}${true}${0}`)).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
    );
  });
});
