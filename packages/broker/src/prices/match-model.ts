// Decides whether a model's price entry speaks of a given model name. MUST be stricter than the data set's own matching: a name that is
// merely similar may have another price, and an unpriced model is refused, which is safe.

import type { MatchLogic } from '@pydantic/genai-prices';

/**
 * What may follow a name that the data set gives as a beginning: a dated snapshot, a stage or `latest`. So `claude-sonnet-5` speaks of
 * `claude-sonnet-5-20260630` and not of `claude-sonnet-5-5` or `claude-sonnet-5-fast`.
 */
const SNAPSHOT = /^(?:[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|\d{3,4}|latest|preview(?:-\d{2}-(?:\d{2}|\d{4}))?))?$/;

/**
 * How closely a rule speaks of a model: infinite for its exact name, the length of the beginning it shares otherwise, 0 if it does not.
 * Names are compared with their case. A pattern counts as exact if it describes the whole name, and only as a filter if not.
 */
export function matchCloseness(rule: MatchLogic, model: string): number {
  if ('equals' in rule) return rule.equals === model ? Number.POSITIVE_INFINITY : 0;
  if ('ends_with' in rule) return rule.ends_with === model ? Number.POSITIVE_INFINITY : 0;
  if ('starts_with' in rule) return beginsLike(rule.starts_with, model);
  if ('contains' in rule) return beginsLike(rule.contains, model);
  if ('regex' in rule)
    return /^\^.*\$$/.test(rule.regex) && matches(rule.regex, model) ? Number.POSITIVE_INFINITY : 0;
  if ('or' in rule) return Math.max(0, ...rule.or.map((part) => matchCloseness(part, model)));
  const filters = rule.and.filter((part) => 'regex' in part);
  const others = rule.and.filter((part) => !('regex' in part));
  if (others.length === 0 || !filters.every(({ regex }) => matches(regex, model))) return 0;
  return Math.min(...others.map((part) => matchCloseness(part, model)));
}

const beginsLike = (beginning: string, model: string): number =>
  model.startsWith(beginning) && SNAPSHOT.test(model.slice(beginning.length)) ? beginning.length : 0;

const matches = (regex: string, model: string): boolean => new RegExp(regex).test(model);

/** The name without a dated snapshot, under which facts about a whole line of snapshots are kept. */
export const withoutSnapshot = (model: string): string =>
  model.replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
