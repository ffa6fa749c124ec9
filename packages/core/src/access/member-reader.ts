// Reads the members of one untrusted JSON object, strictly: every member is known, has the right type and stays within
// its bounds, or the object is refused. MUST NOT coerce, trim or ignore anything.

import type { Result } from '../result.ts';
import type { TextRule } from './text-rules.ts';

/** Why a request for access was refused, for the client's developer. */
export interface AccessError {
  /** The OAuth error code (RFC 9396 section 5). */
  readonly code: 'invalid_authorization_details';
  /** The path of the offending member, such as `authorization_details[0].limits.daily_spend`. */
  readonly member: string;
  /** One sentence that begins with that path and says what would be accepted. */
  readonly message: string;
}

/** The largest count accepted in any limit; sums of such counts stay exact. */
export const MAX_COUNT = 1_000_000_000_000;

/** The refusal of `member`. Untrusted text in `says` MUST have gone through `quote`. */
export const accessError = (member: string, says: string): AccessError => ({
  code: 'invalid_authorization_details',
  member,
  message: `${member} ${says}`,
});

/**
 * Untrusted text as it may stand in a message: at most 64 characters, and only those that RFC 6749 section 5.2 allows
 * in an `error_description`.
 */
export const quote = (text: string): string => `'${text.slice(0, 64).replace(/[^ !#-[\]-~]/g, '?')}'`;

/**
 * One pass over an object. Every method returns null for an absent member and for a refused one; what was refused is
 * in `problems`, so the caller reads everything first and then looks there once.
 */
export class MemberReader {
  readonly problems: AccessError[];
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #path: string;

  /** Refuses `input` if it is no object, and the first member of it that is not among `known`. */
  constructor(input: unknown, path: string, known: readonly string[], problems: AccessError[] = []) {
    this.#path = path;
    this.problems = problems;
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    this.#members = isObject ? (input as Record<string, unknown>) : {};
    if (!isObject) problems.push(accessError(path, 'must be an object'));
    // One is enough: thousands of unknown members MUST NOT cost more than one.
    const unknown = Object.keys(this.#members).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const member = /^\w{1,64}$/.test(unknown) ? `${path}.${unknown}` : `${path}[${quote(unknown)}]`;
    problems.push(accessError(member, `is not known; known are ${known.join(', ')}`));
  }

  /** Whether the object has this member at all, whatever its value. */
  has(name: string): boolean {
    return Object.hasOwn(this.#members, name);
  }

  /** Notes that the member is refused, and why. */
  refuse(name: string, says: string): null {
    this.problems.push(accessError(`${this.#path}.${name}`, says));
    return null;
  }

  /** Refuses the object if the member is absent. */
  require(...names: readonly string[]): void {
    for (const name of names) if (!this.has(name)) this.refuse(name, 'is required');
  }

  /** A string. */
  text(name: string, rule: TextRule): string | null {
    if (!this.has(name)) return null;
    const value = this.#members[name];
    return isText(value, rule) ? value : this.refuse(name, `must be ${rule.says}`);
  }

  /** An array of 1 (or `fewest`) to `most` different texts, in the order given. */
  texts(name: string, rule: TextRule, most: number, fewest = 1): readonly string[] | null {
    if (!this.has(name)) return null;
    const value = this.#members[name];
    if (!Array.isArray(value) || value.length < fewest || value.length > most) {
      return this.refuse(
        name,
        `must be an array of ${fewest} to ${most} strings; leave it out for no restriction`,
      );
    }
    const index = value.findIndex((item) => !isText(item, rule));
    if (index >= 0) return this.refuse(`${name}[${index}]`, `must be ${rule.says}`);
    const repeated = value.find((item, at) => value.indexOf(item) !== at);
    return repeated === undefined ? [...value] : this.refuse(name, `names ${quote(repeated)} twice`);
  }

  /** An integer from `least` to `most`. */
  count(name: string, least = 1, most = MAX_COUNT): number | null {
    if (!this.has(name)) return null;
    const value = this.#members[name];
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    // Adding 0 turns -0 into 0.
    return fits ? value + 0 : this.refuse(name, `must be a whole number from ${least} to ${most}`);
  }

  /** A number that `parse` makes of the member, or refuses with words that complete the sentence. */
  parsed(name: string, parse: (input: unknown) => Result<number, string>): number | null {
    if (!this.has(name)) return null;
    const number = parse(this.#members[name]);
    return number.ok ? number.value : this.refuse(name, number.error);
  }

  /** The members of an object inside this one; its problems join this one's. */
  section(name: string, known: readonly string[]): MemberReader | null {
    if (!this.has(name)) return null;
    return new MemberReader(this.#members[name], `${this.#path}.${name}`, known, this.problems);
  }
}

const isText = (value: unknown, rule: TextRule): value is string =>
  typeof value === 'string' && rule.pattern.test(value);
