// Puts one member into an object inside the text of a JSON object. MUST leave every other character as it stands: the text is a provider's
// answer, and whoever reads it finds nothing else changed.

import { endOfString } from './scan-json.ts';

/** Where an object has the value of a member, and where it ends. */
interface Place {
  readonly value: { readonly from: number; readonly to: number } | null;
  readonly close: number;
}

/**
 * `text`, which MUST be valid JSON of an object, with `"name":json` at the end of the object that is its member `parent`, or in place of the
 * value that `name` has there. Null if `parent` is no object.
 */
export function setMember(text: string, parent: string, name: string, json: string | number): string | null {
  const outer = placeOf(text, text.indexOf('{'), parent).value;
  const open = outer === null ? -1 : outer.from + text.slice(outer.from, outer.to).search(/\S/);
  if (text[open] !== '{') return null;
  const { value, close } = placeOf(text, open, name);
  if (value !== null) return text.slice(0, value.from) + json + text.slice(value.to);
  const comma = text.slice(open + 1, close).trim() === '' ? '' : ',';
  return `${text.slice(0, close)}${comma}"${name}":${json}${text.slice(close)}`;
}

/** Of the object that begins at `open`. A name that stands there twice means its last value, as for every parser. */
function placeOf(text: string, open: number, name: string): Place {
  let value: Place['value'] = null;
  let depth = 0;
  let key = '';
  let from = -1;
  for (let at = open; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && from < 0) key = JSON.parse(text.slice(at, end + 1));
      at = end;
    } else if (mark === '{' || mark === '[') depth++;
    else if (mark === ':' && depth === 1) from = at + 1;
    else if (mark === '}' || mark === ']' || mark === ',') {
      if (depth === 1) {
        if (from >= 0 && key === name) value = { from, to: at };
        from = -1;
      }
      if (mark !== ',' && --depth === 0) return { value, close: at };
    }
  }
  throw new Error('the text is not JSON');
}
