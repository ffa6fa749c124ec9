// How many columns of a terminal a text takes: names of apps are in any language. It MUST NOT split what is read as one character.

/** Made when a text asks for it: that alone takes a tenth of the time in which the command line starts. */
let graphemes: Intl.Segmenter | undefined;

/** One column for each. */
const ASCII = /^[ -~]*$/;

/** East Asian wide and full-width characters, and emoji (Unicode UAX #11); half-width Katakana and Hangul are as narrow as they say. */
const WIDE =
  /^(?![\uff61-\uffdc])(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\u30fb\u30fc\uff01-\uff60\uffe0-\uffe6]|.\ufe0f)/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]/u;

const widthOfOne = (grapheme: string): number => {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
};

function partsOf(text: string): string[] {
  graphemes ??= new Intl.Segmenter();
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** The columns that the text takes. */
export const displayWidth = (text: string): number =>
  ASCII.test(text) ? text.length : partsOf(text).reduce((sum, part) => sum + widthOfOne(part), 0);

/** The text if it takes at most `width` columns, else as much of its beginning as fits before an ellipsis. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let [kept, left] = ['', width - 1];
  for (const part of partsOf(text)) {
    left -= widthOfOne(part);
    if (left < 0) break;
    kept += part;
  }
  return `${kept}…`;
}
