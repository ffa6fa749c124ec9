// Writes journal entries in the field names of the Elastic Common Schema (elastic.co/docs/reference/ecs), for systems that collect
// logs. The whole line of the other form stands in `event.original`, so that the evidence survives the way through such a system.

import { type ExportedEntry, formatEntry } from './export-line.ts';

/** The release of the schema whose names these are. */
const ECS_VERSION = '9.5.0';

/** Category and types of `event.category` and `event.type` by the beginning of an entry's kind, the first that fits. */
const CATEGORIES: readonly (readonly [start: string, category: string, ...types: string[]])[] = [
  ['call.admitted', 'api', 'start', 'allowed'],
  ['call.refused', 'api', 'denied'],
  ['call.refusals', 'api', 'denied'],
  ['call.replayed', 'api', 'info'],
  ['call.corrected', 'api', 'change'],
  ['call.', 'api', 'end'],
  ['grant.created', 'iam', 'creation'],
  ['grant.delegated', 'iam', 'creation'],
  ['grant.revoked', 'iam', 'deletion'],
  ['grant.expired', 'iam', 'deletion'],
  ['grant.', 'iam', 'change'],
  ['token.revoked', 'iam', 'deletion'],
  ['provider_key.added', 'configuration', 'creation'],
  ['provider_key.removed', 'configuration', 'deletion'],
  ['provider_key.tested', 'configuration', 'access'],
  ['provider_key.', 'configuration', 'change'],
  ['consent.', 'iam', 'info'],
  ['request.', 'iam', 'info'],
  ['delegation.', 'iam', 'info'],
  ['stop.', 'iam', 'change'],
  ['device.', 'iam', 'change'],
  ['client.registered', 'configuration', 'creation'],
  ['client.removed', 'configuration', 'deletion'],
  ['client.', 'configuration', 'change'],
  ['alert.destination_added', 'configuration', 'creation'],
  ['alert.destination_removed', 'configuration', 'deletion'],
  ['alert.', 'configuration', 'change'],
  ['data.erased', 'configuration', 'deletion'],
  ['owner.signed_in', 'authentication', 'start'],
  ['owner.sign_in_failed', 'authentication', 'start'],
  ['owner.signed_out', 'authentication', 'end'],
  ['owner.confirmed', 'authentication', 'info'],
  ['owner.created', 'iam', 'user', 'creation'],
  ['owner.', 'iam', 'user', 'change'],
  ['', 'configuration', 'info'],
];

const OUTCOMES: Readonly<Record<string, string>> = {
  'call.admitted': 'unknown',
  'call.ceiling': 'unknown',
  'call.refused': 'failure',
  'call.refusals': 'failure',
  'delegation.refused': 'failure',
  'delegation.refusals': 'failure',
  'owner.sign_in_failed': 'failure',
  'consent.denied': 'failure',
  'call.released': 'failure',
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const count = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const readBody = (body: string): Readonly<Record<string, unknown>> => {
  try {
    return (JSON.parse(body) ?? {}) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
};

/** One entry as an ECS document, as text without the line end. What ECS has no name for stands under `valetkey`. */
export const formatEcs = (entry: ExportedEntry): string => {
  const { seq, at, owner_id, kind, body, hash, ...own } = entry;
  const facts = readBody(body);
  const status = count(facts.status);
  const isFailure = kind === 'call.settled' && status !== undefined && status >= 400;
  const [, category, ...types] = CATEGORIES.find(([start]) => kind.startsWith(start))!;
  const durationMs = count(facts.duration_ms);
  return JSON.stringify({
    '@timestamp': new Date(at).toISOString(),
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'event',
      category: [category],
      type: types,
      action: kind,
      outcome: isFailure ? 'failure' : (OUTCOMES[kind] ?? 'success'),
      module: 'valetkey',
      dataset: 'valetkey.journal',
      sequence: seq,
      hash,
      duration: durationMs === undefined ? undefined : Math.round(durationMs * 1e6),
      original: formatEntry(entry),
    },
    user: { id: owner_id },
    http: {
      request: { id: text(facts.request_id) },
      response: { status_code: status },
    },
    error: { code: text(facts.code) },
    gen_ai: {
      system: text(facts.provider),
      operation: { name: text(facts.operation) },
      request: { model: text(facts.model) },
      response: { model: text(facts.model_reported) },
    },
    valetkey: own,
  });
};
