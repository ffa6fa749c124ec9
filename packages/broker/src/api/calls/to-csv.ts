// Calls as lines of CSV (RFC 4180) for spreadsheets. MUST NOT give a spreadsheet anything to work out: a cell that begins like a formula gets
// an apostrophe before it, because names in it were chosen by apps.

import type { Call } from './schema.ts';

type Cell = string | number | boolean | null;

const COLUMNS = {
  at: ({ at }) => at,
  id: ({ id }) => id,
  status: ({ status }) => status,
  grant_id: ({ grant_id }) => grant_id,
  grant_name: ({ grant_name }) => grant_name,
  grant_path: ({ grant_path }) => grant_path.join(' '),
  device: ({ device }) => device && (device.name || device.id),
  provider: ({ provider }) => provider,
  operation: ({ operation }) => operation,
  model: ({ model }) => model,
  cost_usd: ({ cost_usd }) => cost_usd,
  held_usd: ({ held_usd }) => held_usd,
  unconfirmed: ({ unconfirmed }) => unconfirmed,
  input_tokens: ({ tokens }) => tokens?.input ?? null,
  output_tokens: ({ tokens }) => tokens?.output ?? null,
  cached_tokens: ({ tokens }) => tokens?.cached ?? null,
  duration_ms: ({ duration_ms }) => duration_ms,
  http_status: ({ http_status }) => http_status,
  refusal: ({ refusal }) => refusal,
  request_id: ({ request_id }) => request_id,
  trace_id: ({ trace_id }) => trace_id,
} satisfies Record<string, (call: Call) => Cell>;

/**
 * Where a spreadsheet may begin to work something out, behind blanks that it skips and in full width as well. Also after what stands between
 * cells or lines elsewhere: a German spreadsheet splits at semicolons, whatever quotes stand in the middle of what it reads.
 */
const FORMULA = /(^|[,;\t\r\n])([\s\0\ufeff]*[=+\-@＝＋－＠])|^(?=[\t\r])/g;

/** One cell: quoted where it has to be, and never a formula. */
export const csvCell = (value: Cell): string => {
  if (value === null) return '';
  const text = String(value);
  const harmless = text.replace(FORMULA, "$1'$2");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

/** The first line. */
export const CSV_HEADER = `${Object.keys(COLUMNS).join(',')}\r\n`;

/** The line of a call. */
export const csvLine = (call: Call): string =>
  `${Object.values(COLUMNS)
    .map((read) => csvCell(read(call)))
    .join(',')}\r\n`;
