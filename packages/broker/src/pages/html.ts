// Server-rendered HTML that cannot be injected into: whatever stands in `${}` is escaped, unless it was itself made by `html`. There is
// no way here to mark a string as trusted, and MUST NOT be.

/** A piece of HTML made by `html`. Turn it into text with `String(...)`. */
export class Html {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** What may stand in a template. `null`, `undefined` and booleans print nothing, so that `condition && html...` works. */
export type HtmlValue = Html | string | number | boolean | null | undefined | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Bidirectional controls can make a name read as something else; control characters have no business on a page.
const DECEPTIVE = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

const escapeText = (text: string): string =>
  text.replace(DECEPTIVE, '').replace(/[&<>"']/g, (character) => ESCAPES[character]!);

const render = (value: HtmlValue): string => {
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return escapeText(String(value));
};

/**
 * HTML from a template. Values are escaped for text and for quoted attributes; attributes MUST be quoted, and a value MUST NOT be put
 * into a `<script>`, a `<style>` or an event handler (the Content-Security-Policy refuses those as well).
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings.reduce((text, part, index) => text + render(values[index - 1]) + part));
