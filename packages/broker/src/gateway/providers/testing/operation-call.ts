// For tests: calls an operation's reader and meter as the gate does, without the gate.

import type { PublicError, Result } from '@valetkey/core';
import type { Meter, Metered, Operation, OperationInput, Provider, Reading } from '../../contract.ts';
import type { JsonObject } from '../../json/parse-json.ts';

/** What a test may say besides the body. */
export type Around = Partial<Omit<OperationInput, 'body' | 'query'>> & { readonly query?: string };

/** The operation of that name; throws when the list has none. */
export function operationOf(provider: Provider, name: string): Operation {
  const found = provider.operations.find((operation) => operation.name === `${provider.name}.${name}`);
  if (!found) throw new Error(`${provider.name} has no operation ${name}`);
  return found;
}

const inputOf = (body: OperationInput['body'], around: Around): OperationInput => ({
  params: {},
  headers: {},
  unknownFields: 'refuse',
  ...around,
  query: new URLSearchParams(around.query),
  body,
});

/** Reads a JSON body, or a request without one. */
export const readJson = (
  operation: Operation,
  value: JsonObject | null,
  around: Around = {},
): Result<Reading, PublicError> =>
  operation.read(inputOf(value === null ? { kind: 'none' } : { kind: 'json', value }, around));

/** Reads a form. */
export const readForm = (
  operation: Operation,
  form: Extract<OperationInput['body'], { kind: 'multipart' }>['form'],
  around: Around = {},
): Result<Reading, PublicError> => operation.read(inputOf({ kind: 'multipart', form }, around));

/** The reading of a request that must be accepted. */
export function accepted(result: Result<Reading, PublicError>): Reading {
  if (!result.ok) throw new Error(`refused: ${result.error.code} ${result.error.message}`);
  return result.value;
}

/** The code and the place of a refusal, or `ok`: the last column of tables. */
export const verdict = (result: Result<Reading, PublicError>): string => {
  if (result.ok) return 'ok';
  const param = result.error.fields?.param;
  return param ? `${result.error.code} ${param}` : result.error.code;
};

/** Sends chunks through a meter: what the caller gets, and what was metered. */
export function meterAll(meter: Meter, chunks: readonly Uint8Array[]): { passed: Buffer; metered: Metered } {
  const passed = chunks.map((chunk) => Buffer.from(meter.push(chunk)));
  const { rest, metered } = meter.end();
  return { passed: Buffer.concat([...passed, rest]), metered };
}

/** The meter of an operation that has one. */
export function meterOf(operation: Operation, reading: Reading): Meter {
  if (!operation.meter) throw new Error(`${operation.name} has no meter`);
  return operation.meter(reading);
}

/** `bytes` cut at these places, whatever their order. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.byteLength + 1)))].sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.byteLength));
}

/** The text of one SSE event. */
export const sse = (data: unknown, event?: string): string =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
