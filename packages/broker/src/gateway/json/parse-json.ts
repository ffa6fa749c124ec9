// The one strict parse of a JSON body. What it returns is what is checked AND what is sent (`canonical`), so it MUST refuse whatever two
// parsers could read differently: duplicate keys, broken UTF-8, numbers that would change, `__proto__`.

import { isAscii, isUtf8 } from 'node:buffer';
import { type ErrorCode, fail, type Result, succeed } from '@valetkey/core';
import { type JsonFault, locateFault } from './locate-fault.ts';
import { scanJson } from './scan-json.ts';

/** A parsed JSON value; never changed after the parse. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;

/** A parsed JSON array. */
export type JsonArray = readonly JsonValue[];

/** A parsed JSON object: no duplicate keys, no `__proto__`. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Ceilings that act before the native parse. */
export interface JsonLimits {
  readonly maxBytes: number;
  /** Deepest nesting of arrays and objects together. */
  readonly maxDepth: number;
  /** Most values in the whole body, counted by its commas and opening marks: bounds the time that a body of tiny values takes. */
  readonly maxValues: number;
}

/** Why a body was refused. The message says what and where (a byte offset) and MUST NOT quote the body. */
export interface JsonFailure {
  readonly code: Extract<ErrorCode, 'invalid_json' | 'duplicate_key' | 'request_too_large'>;
  readonly message: string;
}

const DEFAULT_LIMITS: JsonLimits = { maxBytes: 32 * 1024 * 1024, maxDepth: 64, maxValues: 1_000_000 };

/** Faults in longer texts are told without their place: finding it would cost more than the parse. */
const MAX_LOCATED_LENGTH = 256 * 1024;

/**
 * Parses a whole body: strict UTF-8 without a byte order mark, one JSON value, nothing after it.
 *
 * Refuses keys that occur twice in an object after unescaping (`"\u006dodel"` is `"model"`), the key `__proto__`, numbers whose value
 * lies beyond 2^53 - 1 (a double cannot hold them exactly), and what passes a limit; depth and values are checked before the native
 * parse. Lone surrogates stay as they are and leave `canonical` escaped as they came.
 */
export function parseJson(
  bytes: Uint8Array,
  limits: Partial<JsonLimits> = {},
): Result<JsonValue, JsonFailure> {
  const { maxBytes, maxDepth, maxValues } = { ...DEFAULT_LIMITS, ...limits };
  if (bytes.length > maxBytes) return tooLarge(`The body is larger than ${maxBytes} bytes.`);
  const text = decode(bytes);
  if (text === null) return invalid('The body is not valid UTF-8. Send JSON encoded as UTF-8.');
  const scan = scanJson(text, { maxDepth, maxValues });
  if (scan.exceeded === 'depth') return invalid(`The body nests deeper than ${maxDepth} levels.`);
  if (scan.exceeded === 'values') return tooLarge(`The body holds more than ${maxValues} values.`);
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(text, 'syntax');
  }
  const keys = countKeys(value);
  if (keys === scan.keys) return succeed(value);
  return refuse(text, Number.isNaN(keys) ? 'number' : 'duplicate_key');
}

/** The text that is sent upstream for a checked value; parsing it gives the same value again. */
export const canonical = (value: JsonValue): string => JSON.stringify(value);

/** Whether a value is an object (not an array, not null). */
export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The number of keys in a parsed value; NaN if it holds something that is refused. A text with more keys than its value has repeated one:
 * the native parse keeps the last. This is how duplicates are found, escaped or not, without reading a single key twice.
 */
function countKeys(value: JsonValue): number {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) {
    let count = 0;
    for (const item of value) count += countKeys(item);
    return count;
  }
  const members = value as JsonObject;
  const keys = Object.keys(members);
  let count = keys.length;
  for (const key of keys) {
    if (key === '__proto__') return Number.NaN;
    count += countKeys(members[key] as JsonValue);
  }
  return count;
}

/** The text of the bytes; null if they are not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : null;
}

const FAULT_MESSAGES: Record<JsonFault['kind'], string> = {
  syntax: 'The body is not valid JSON',
  duplicate_key: 'An object in the body has the same key twice',
  proto_key: 'An object in the body has the key "__proto__", which is not accepted',
  number:
    'The body holds a number beyond 9007199254740991 in size, or the key "__proto__"; neither is accepted',
};

/** The failure for a text that the fast checks refused as `kind`; its first fault, with its place, where that can be found cheaply. */
function refuse(text: string, kind: JsonFault['kind']): { readonly ok: false; readonly error: JsonFailure } {
  if (text.startsWith('\ufeff'))
    return invalid('The body starts with a byte order mark. Send it without one.');
  const fault = text.length <= MAX_LOCATED_LENGTH ? locateFault(text) : null;
  const found = fault?.kind ?? kind;
  const place = fault === null ? '' : ` (at byte ${Buffer.byteLength(text.slice(0, fault.index))})`;
  const code = found === 'duplicate_key' ? 'duplicate_key' : 'invalid_json';
  return fail({ code, message: `${FAULT_MESSAGES[found]}${place}.` });
}

const invalid = (message: string) => fail<JsonFailure>({ code: 'invalid_json', message });
const tooLarge = (message: string) => fail<JsonFailure>({ code: 'request_too_large', message });
