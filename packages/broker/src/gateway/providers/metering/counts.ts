// Reads counts that a provider reports. What cannot be believed makes the whole usage null: the request is then posted at its ceiling.

import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { isJsonObject } from '../../json/parse-json.ts';

/** Reads counts one by one and remembers the first that was odd: `usage_negative`, `usage_absurd` or `usage_missing`. */
export class Counts {
  anomaly: string | null = null;

  /** A count that may be absent, which is zero. */
  optional(value: JsonValue | undefined): number {
    return value === undefined || value === null ? 0 : this.#read(value);
  }

  /** A count without which the report says nothing. */
  required(value: JsonValue | undefined): number {
    return value === undefined || value === null ? this.#odd('usage_missing') : this.#read(value);
  }

  /** What is left of a total after its parts; parts that are more than their total are absurd. */
  rest(total: number, ...parts: readonly number[]): number {
    let left = total;
    for (const part of parts) left -= part;
    return left < 0 ? this.#odd('usage_absurd') : left;
  }

  #read(value: JsonValue): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return this.#odd('usage_absurd');
    return value < 0 ? this.#odd('usage_negative') : value;
  }

  #odd(name: string): number {
    this.anomaly ??= name;
    return 0;
  }
}

/** A member that is an object; an empty object when it is not. */
export const objectIn = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

/** A string that came from a provider, bounded, or null. */
export const wordIn = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value.length <= 256 ? value : null;

/** The value of a text that should be JSON; undefined when it is not. */
export function jsonIn(payload: string): JsonValue | undefined {
  try {
    return JSON.parse(payload) as JsonValue;
  } catch {
    return undefined;
  }
}
