// The one strict parse of a JSON body. What it returns is what is checked AND what is sent (`canonical`), so it MUST refuse whatever two
// parsers could read differently: duplicate keys, broken UTF-8, numbers that would change, `__proto__`.

import { type ErrorCode, fail, type Result } from '@valetkey/core';

/** A parsed JSON value; never changed after the parse. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;

/** A parsed JSON array. */
export type JsonArray = readonly JsonValue[];

/** A parsed JSON object: no duplicate keys, no `__proto__`. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Ceilings that act before or instead of the native parse. */
export interface JsonLimits {
  readonly maxBytes: number;
  /** Deepest nesting of arrays and objects together. */
  readonly maxDepth: number;
  /** Most values in the whole body, keys not counted: bounds the time of a body of tiny values. */
  readonly maxValues: number;
}

/** Why a body was refused. The message says what and where (a byte offset) and MUST NOT quote the body. */
export interface JsonFailure {
  readonly code: Extract<ErrorCode, 'invalid_json' | 'duplicate_key' | 'request_too_large'>;
  readonly message: string;
}

/** Parses a whole body. */
export const parseJson = (
  _bytes: Uint8Array,
  _limits?: Partial<JsonLimits>,
): Result<JsonValue, JsonFailure> => fail({ code: 'invalid_json', message: 'not parsed' });

/** The text that is sent upstream for a checked value. */
export const canonical = (value: JsonValue): string => JSON.stringify(value);

/** Whether a value is an object (not an array, not null). */
export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
