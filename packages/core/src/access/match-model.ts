// Whether model names are covered by the patterns of a grant. Comparison is byte by byte: case, spaces, prefixes and
// dated variants all count. MUST NOT normalise a name; aliases are resolved before this is asked.

/** Model names, or prefixes ending in `*`; null covers every model, an empty list none. */
export type ModelPatterns = readonly string[] | null;

/** Whether `model`, a full name, is one of `patterns` or begins with the prefix of one that ends in `*`. */
export const isModelCovered = (patterns: ModelPatterns, model: string): boolean =>
  patterns === null || patterns.some((pattern) => covers(pattern, model));

/**
 * Whether every model that `pattern` covers is covered by one of `parents`. A union of several parents is not
 * considered: it could cover a prefix only by listing every next character.
 */
export const isPatternCovered = (pattern: string, parents: ModelPatterns): boolean =>
  isModelCovered(parents, pattern);

/** The patterns that cover exactly the models that both lists cover. */
export function intersectPatterns(left: ModelPatterns, right: ModelPatterns): ModelPatterns {
  if (left === null) return right;
  if (right === null) return left;
  const kept = left.filter((pattern) => isPatternCovered(pattern, right));
  const narrower = right.filter((pattern) => !kept.includes(pattern) && isPatternCovered(pattern, left));
  return [...kept, ...narrower];
}

/** A pattern covers a longer pattern as it covers a name: `gpt-*` covers `gpt-5*`, and `gpt-5` not `gpt-5*`. */
const covers = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
