// How the API says no. Handlers throw one of these; one place turns it, and everything else that can go wrong, into the pinned shape.

import { ERRORS, type ErrorCode } from '@valetkey/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isOutage, OUTAGE_MESSAGE, OUTAGE_RETRY_SECONDS } from '../store/outage.ts';

/** Details a program may act on. */
export type ErrorFields = Readonly<Record<string, string | number>>;

/** An expected refusal. `message` is shown to people: it says what to do and holds no secret. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly fields: ErrorFields | undefined;

  constructor(code: ErrorCode, message: string, fields?: ErrorFields) {
    super(message);
    this.code = code;
    this.fields = fields;
  }
}

/** The refusal for anything that is not there or is another owner's: the two MUST NOT be told apart. */
const notFound = (what: string): ApiError => new ApiError('not_found', `There is no such ${what}.`);

/** The value, or a 404 when there is none. */
export const found = <Value>(value: Value | null | undefined, what: string): Value => {
  if (value === null || value === undefined) throw notFound(what);
  return value;
};

// What Fastify itself refuses before a handler runs, by its error code.
const FASTIFY_CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['request_too_large', 'The body is too large.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid_json', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid_json', 'The body is empty.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_request', 'The body does not have the announced length.'],
};

const fromValidation = (error: {
  readonly validation: readonly { keyword: string; instancePath: string; message?: string }[];
}) => {
  const problems = error.validation.map(({ instancePath, message = 'is wrong' }) => {
    const path = instancePath.slice(1).replaceAll('/', '.');
    return { path, text: path ? `${path}: ${message}` : message };
  });
  const isUnknown = error.validation.some(({ keyword }) => keyword === 'unrecognized_keys');
  const fields = Object.fromEntries(
    problems.filter(({ path }) => path).map(({ path, text }) => [path, text]),
  );
  return new ApiError(
    isUnknown ? 'unknown_field' : 'invalid_request',
    problems.map(({ text }) => text).join('; '),
    fields,
  );
};

const toApiError = (error: unknown): ApiError | null => {
  if (error instanceof ApiError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return fromValidation(error);
  const known = FASTIFY_CODES[(error as { code?: string }).code ?? ''];
  if (known) return new ApiError(...known);
  const isMalformed = error instanceof SyntaxError || (error as { statusCode?: number }).statusCode === 400;
  return isMalformed ? new ApiError('invalid_json', 'The request is malformed.') : null;
};

const faultOf = (error: unknown): ApiError =>
  isOutage(error)
    ? new ApiError('unavailable', OUTAGE_MESSAGE)
    : new ApiError('internal_error', 'Something broke inside the broker.');

/** RFC 9470, section 3: what a sign-in has to be like that would do. */
const challengeOf = (fields: ErrorFields = {}): string =>
  ['Bearer error="insufficient_user_authentication"']
    .concat(Object.entries(fields).map(([name, value]) => `${name}="${value}"`))
    .join(', ');

/** Sends the pinned error body. What is not a refusal is a fault of ours: reported inside, told outside as nothing but its id. */
export const createErrorHandler =
  (onFault: (error: unknown, requestId: string) => void) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const refusal = toApiError(error);
    if (!refusal) onFault(error, request.id);
    const { code, message, fields } = refusal ?? faultOf(error);
    const body = {
      code,
      message,
      ...(fields && Object.keys(fields).length > 0 && { fields }),
      request_id: request.id,
    };
    if (code === 'insufficient_user_authentication') reply.header('www-authenticate', challengeOf(fields));
    if (code === 'unavailable') reply.header('retry-after', OUTAGE_RETRY_SECONDS);
    reply.status(ERRORS[code].status).send({ error: body });
  };
