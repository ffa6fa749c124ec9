// Gives the names that requests, reports and consoles use for one model the same form, so that they can be compared.

/**
 * A model's line, without the date of its snapshot: `gpt-4o-2024-08-06` as `gpt-4o`, `claude-sonnet-4-5-20250929` and `Claude Sonnet 4.5` as
 * `claude-sonnet-4-5`, `claude-3-5-haiku-latest` and `Claude Haiku 3.5` as `claude-haiku-3-5`.
 */
export function modelKey(name: string): string {
  const lower = name.trim().toLowerCase();
  const plain = (lower.startsWith('claude') ? lower.replace(/[\s.]+/g, '-') : lower).replace(
    /[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/,
    '',
  );
  if (!plain.startsWith('claude-')) return plain;
  const parts = plain.split('-').slice(1);
  const isNumber = (part: string) => /^\d+$/.test(part);
  return ['claude', ...parts.filter((part) => !isNumber(part)), ...parts.filter(isNumber)].join('-');
}
