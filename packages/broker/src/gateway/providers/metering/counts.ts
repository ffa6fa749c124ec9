// Reads counts that a provider reports. What cannot be believed makes the whole usage null: the request is then posted at its ceiling.

import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { isJsonObject } from '../../json/parse-json.ts';

/** Reads counts one by one and remembers the first that was odd: `usage_negative`, `usage_absurd` or `usage_missing`. */
export interface Counts {
  /** A count that may be absent, which is zero. */
  optional(value: JsonValue | undefined): number;
  /** A count without which the report says nothing. */
  required(value: JsonValue | undefined): number;
  /** What is left of a total after its parts; parts that are more than their total are absurd. */
  rest(total: number, ...parts: readonly number[]): number;
  readonly anomaly: string | null;
}

/** A fresh reader of counts. */
export function readCounts(): Counts {
  let anomaly: string | null = null;
  const odd = (name: string): number => {
    anomaly ??= name;
    return 0;
  };
  const read = (value: JsonValue | undefined): number => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return odd('usage_absurd');
    return value < 0 ? odd('usage_negative') : value;
  };
  return {
    optional: (value) => (value === undefined || value === null ? 0 : read(value)),
    required: (value) => (value === undefined || value === null ? odd('usage_missing') : read(value)),
    rest: (total, ...parts) => {
      const left = parts.reduce((sum, part) => sum - part, total);
      return left < 0 ? odd('usage_absurd') : left;
    },
    get anomaly() {
      return anomaly;
    },
  };
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
