// The small language in which every operation's fields are written down: a table says for each known field what it may be.
// A field that can change model, route, price or work MUST have a rule that checks it in both modes; `anything` is only for fields
// that cannot. Names not in a table are refused or passed on as the grant says.

import type { ErrorCode } from '@valetkey/core';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/parse-json.ts';
import { type Flaw, flaw, under } from './flaw.ts';
import { unbound, type Walk } from './walk.ts';
import { words } from './words.ts';

/** Checks one value and notes what it learns in the walk; null when the value is right. */
export type Rule = (value: JsonValue, walk: Walk) => Flaw | null;

/** The known fields of an object. */
export type FieldTable = Readonly<Record<string, Rule>>;

/** Known and harmless: passed on as it is. */
export const anything: Rule = () => null;

/** A string. */
export const text: Rule = (value) => (typeof value === 'string' ? null : flaw('must be a string'));

/** The same rule for many fields; names separated by blanks. */
export const fields = (names: string, rule: Rule): FieldTable =>
  Object.fromEntries(words(names).map((name) => [name, rule]));

/** A table of fields that pass as they are; names separated by blanks. */
export const harmless = (names: string): FieldTable => fields(names, anything);

/** Anything; that it is there is noted. */
export const noting =
  (note: (walk: Walk) => void): Rule =>
  (_value, walk) => {
    note(walk);
    return null;
  };

/** `true` or `false`. */
export const flag: Rule = (value) => (typeof value === 'boolean' ? null : flaw('must be true or false'));

/** A whole number within bounds, both included; never a string, never a fraction. */
export const wholeNumber =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Rule =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : flaw(
          `must be a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
        );

/** One of a closed list of strings. */
export const oneOf = (...values: readonly string[]): Rule => {
  const known = new Set<JsonValue>(values);
  return (value) => (known.has(value) ? null : flaw(`must be one of ${values.join(', ')}`));
};

/** Exactly this value: anything else would ask for work that is not offered. */
export const only =
  (expected: JsonValue, why: string, code: ErrorCode = 'operation_not_permitted'): Rule =>
  (value) =>
    value === expected ? null : flaw(why, code);

/** A field that exists at the provider and is never forwarded. */
export const refused =
  (why: string, code: ErrorCode = 'operation_not_permitted'): Rule =>
  () =>
    flaw(why, code);

/** A name for something stored at the provider: it may belong to somebody else. */
export const stored = refused(
  'refers to something stored at the provider, which a grant cannot reach',
  'reference_not_permitted',
);

/** `null`, which the provider documents as absent, or what `rule` takes. */
export const orNull =
  (rule: Rule): Rule =>
  (value, walk) =>
    value === null ? null : rule(value, walk);

/** A list of what `rule` takes. */
export const listOf =
  (rule: Rule, most: number = Number.MAX_SAFE_INTEGER): Rule =>
  (value, walk) => {
    if (!Array.isArray(value)) return flaw('must be a list');
    if (value.length > most) return flaw(`must have at most ${most} entries`);
    for (let index = 0; index < value.length; index += 1) {
      const found = rule(value[index], walk);
      if (found) return under(`[${index}]`, found);
    }
    return null;
  };

/** A string as it is, or else what `rule` takes. */
export const textOr =
  (rule: Rule): Rule =>
  (value, walk) =>
    typeof value === 'string' ? null : rule(value, walk);

/** An object with the fields of a table, those named in `required` present. */
export const object = (table: FieldTable, ...required: readonly string[]): Rule => {
  const rules = new Map(Object.entries(table));
  return (value, walk) =>
    isJsonObject(value) ? checkMembers(value, rules, required, walk) : flaw('must be an object');
};

function checkMembers(
  value: JsonObject,
  rules: ReadonlyMap<string, Rule>,
  required: readonly string[],
  walk: Walk,
) {
  for (const name of Object.keys(value)) {
    const rule = rules.get(name) ?? unknownMember;
    const found = rule(value[name] as JsonValue, walk);
    if (found) return under(`.${name}`, found);
  }
  for (const name of required) if (!Object.hasOwn(value, name)) return under(`.${name}`, flaw('is missing'));
  return null;
}

const unknownMember: Rule = (_value, walk) =>
  walk.unknownFields === 'pass' ? null : flaw('is not a field this operation knows', 'unknown_field');

/**
 * One of several kinds of object, told apart by the string in `tag`. A kind that is not listed is refused, or passed on as unbounded:
 * nobody can say what it costs.
 */
export const kinds = (tag: string, rules: Readonly<Record<string, Rule>>, untagged?: Rule): Rule => {
  const known = new Map(Object.entries(rules));
  return (value, walk) => {
    if (!isJsonObject(value)) return flaw('must be an object');
    const kind = value[tag];
    if (kind === undefined && untagged) return untagged(value, walk);
    const rule = typeof kind === 'string' ? known.get(kind) : undefined;
    if (rule) return rule(value, walk);
    if (typeof kind !== 'string') return under(`.${tag}`, flaw('must be a string'));
    if (walk.unknownFields === 'refuse')
      return under(`.${tag}`, flaw('is of a kind this operation does not know', 'unknown_field'));
    unbound(walk, 'it carries a kind of content that is not known here');
    return null;
  };
};

/** Several rules on one value; the first flaw counts. */
export const all =
  (...rules: readonly Rule[]): Rule =>
  (value, walk) => {
    for (const rule of rules) {
      const found = rule(value, walk);
      if (found) return found;
    }
    return null;
  };
