// One pass over the text of a JSON body before it is parsed: how deep it nests, how many values and keys it holds. MUST stay linear and
// allocate nothing, whatever the text is; whether it is JSON at all is decided by the parse that follows.

/** What stands outside the strings of a text. Exact for valid JSON; for other text only an upper limit of the work is promised. */
export interface JsonScan {
  /** Colons outside strings: in valid JSON one for each key. */
  readonly keys: number;
  /** Why scanning stopped early; null if it reached the end. */
  readonly exceeded: 'depth' | 'values' | null;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Counts what stands outside strings, skipping through strings natively. Stops at the first limit that is passed. */
export function scanJson(
  text: string,
  limits: { readonly maxDepth: number; readonly maxValues: number },
): JsonScan {
  let depth = 0;
  let keys = 0;
  let separators = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case COLON:
        keys++;
        break;
      case COMMA:
        separators++;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        separators++;
        if (++depth > limits.maxDepth) return { keys, exceeded: 'depth' };
        if (separators > limits.maxValues) return { keys, exceeded: 'values' };
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
    }
  }
  return { keys, exceeded: separators > limits.maxValues ? 'values' : null };
}

/** The index of the quote that ends the string opened at `open`; the text's end if there is none. */
export function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close !== -1; close = text.indexOf('"', close + 1)) {
    let before = close - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((close - before) % 2 === 1) return close;
  }
  return text.length;
}
