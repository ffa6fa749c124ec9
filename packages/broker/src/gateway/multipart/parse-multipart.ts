// Reads a whole multipart/form-data body (RFC 7578) strictly: one way to write a form is accepted, so that no other parser can see
// another form in it. MUST stay linear in the body's size; file bytes are views into the body, never copies.

import { isUtf8 } from 'node:buffer';
import { type ErrorCode, fail, type Result, succeed } from '@valetkey/core';
import type { Multipart, MultipartField, MultipartFile } from './multipart.ts';

/** Ceilings of one form. */
export interface MultipartLimits {
  readonly maxBytes: number;
  readonly maxParts: number;
  readonly maxFieldBytes: number;
  readonly maxHeaderBytes: number;
}

/** Why a form was refused. The message names the rule and MUST NOT quote the body. */
export interface MultipartFailure {
  readonly code: Extract<
    ErrorCode,
    'invalid_request' | 'duplicate_key' | 'request_too_large' | 'unsupported_media_type'
  >;
  readonly message: string;
}

const DEFAULT_LIMITS: MultipartLimits = {
  maxBytes: 26 * 1024 * 1024,
  maxParts: 64,
  maxFieldBytes: 256 * 1024,
  maxHeaderBytes: 1024,
};

/** RFC 2046, section 5.1.1, without the characters that would need quotes in the header. */
const CONTENT_TYPE =
  /^multipart\/form-data[ \t]*;[ \t]*boundary=(?:"([\w'()+,./:=?-]{1,70})"|([\w'+.-]{1,70}))[ \t]*$/i;

/** `name` and `filename` as browsers and SDKs write them (HTML standard, section 4.10.21.8): quoted, no escapes, nothing else. */
const DISPOSITION =
  /^form-data;[ \t]*name="([\w.:-]{1,64}(?:\[\])?)"(?:;[ \t]*filename="([^"\r\n]{0,512})")?$/i;

const MEDIA_TYPE =
  /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:;[ \t]*(?:charset=utf-8|codecs=(?:[\w.]{1,32}|"[\w.,]{1,32}")))?$/i;

interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly contentType: string | null;
  readonly bytes: Buffer;
}

/**
 * The form in a body.
 *
 * Refuses: names that are not plain, repeated names (unless they end in `[]`), a part header other than `Content-Disposition` and
 * `Content-Type` (so no transfer encodings and no `filename*`), nested multiparts, text that is not UTF-8 or claims to be anything else,
 * text before the first boundary or after the last.
 */
export function parseMultipart(
  body: Uint8Array,
  contentType: string,
  limits: Partial<MultipartLimits> = {},
): Result<Multipart, MultipartFailure> {
  const bounds = { ...DEFAULT_LIMITS, ...limits };
  const boundary = CONTENT_TYPE.exec(contentType);
  if (boundary === null)
    return refuse(
      'unsupported_media_type',
      'Send multipart/form-data with a boundary and no other parameter.',
    );
  if (body.length > bounds.maxBytes)
    return refuse('request_too_large', `The form is larger than ${bounds.maxBytes} bytes.`);
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const sections = splitSections(buffer, `--${boundary[1] ?? boundary[2]}`, bounds.maxParts);
  if (!sections.ok) return sections;
  const fields: MultipartField[] = [];
  const files: MultipartFile[] = [];
  const names = new Set<string>();
  for (const section of sections.value) {
    const part = readPart(section, bounds);
    if (!part.ok) return part;
    const { name, filename } = part.value;
    if (names.has(name) && !name.endsWith('[]'))
      return refuse('duplicate_key', 'The form has two parts of the same name.');
    names.add(name);
    if (filename === null) fields.push({ name, value: part.value.bytes.toString('utf8') });
    else files.push(toFile(part.value, filename));
  }
  return succeed({ fields, files });
}

/** The bytes between the boundary lines. */
function splitSections(
  body: Buffer,
  delimiter: string,
  maxParts: number,
): Result<readonly Buffer[], MultipartFailure> {
  if (!body.subarray(0, delimiter.length).equals(Buffer.from(delimiter)))
    return refuse('invalid_request', 'The form must begin with its boundary.');
  const sections: Buffer[] = [];
  let at = delimiter.length;
  while (body.toString('latin1', at, at + 2) === '\r\n') {
    const end = body.indexOf(`\r\n${delimiter}`, at);
    if (end === -1) return refuse('invalid_request', 'The form does not end with its boundary.');
    if (sections.length === maxParts)
      return refuse('request_too_large', `The form has more than ${maxParts} parts.`);
    sections.push(body.subarray(Math.min(at + 2, end), end));
    at = end + 2 + delimiter.length;
  }
  const tail = body.toString('latin1', at, at + 5);
  if (tail !== '--' && tail !== '--\r\n')
    return refuse('invalid_request', 'The form has bytes that belong to no part.');
  return succeed(sections);
}

function readPart(section: Buffer, limits: MultipartLimits): Result<Part, MultipartFailure> {
  const headerEnd = section.subarray(0, limits.maxHeaderBytes + 4).indexOf('\r\n\r\n');
  if (headerEnd === -1)
    return refuse('invalid_request', 'A part of the form has no header, or one that is too long.');
  const header = section.subarray(0, headerEnd);
  if (!isUtf8(header)) return refuse('invalid_request', 'A part header is not UTF-8.');
  const headers = readHeaders(header.toString('utf8'));
  if (!headers.ok) return headers;
  const { disposition, contentType } = headers.value;
  const match = DISPOSITION.exec(disposition);
  if (match === null)
    return refuse(
      'invalid_request',
      'Every part needs a Content-Disposition of form-data with a plain quoted name.',
    );
  const part = {
    name: match[1] ?? '',
    filename: match[2] ?? null,
    contentType,
    bytes: section.subarray(headerEnd + 4),
  };
  return part.filename === null ? checkField(part, limits) : checkFile(part);
}

function readHeaders(
  text: string,
): Result<{ disposition: string; contentType: string | null }, MultipartFailure> {
  let disposition: string | null = null;
  let contentType: string | null = null;
  for (const line of text.split('\r\n')) {
    const [, name = '', value = ''] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (/^content-disposition$/i.test(name) && disposition === null) disposition = value;
    else if (/^content-type$/i.test(name) && contentType === null) contentType = value;
    else if (!/^content-length$/i.test(name))
      return refuse('invalid_request', 'A part of the form has a header that is not accepted.');
  }
  return succeed({ disposition: disposition ?? '', contentType });
}

function checkField(part: Part, limits: MultipartLimits): Result<Part, MultipartFailure> {
  if (part.contentType !== null && !/^text\/plain(?:;[ \t]*charset=utf-8)?$/i.test(part.contentType))
    return refuse('invalid_request', 'A field of the form must be plain text in UTF-8.');
  if (part.bytes.length > limits.maxFieldBytes)
    return refuse('request_too_large', `A field of the form is larger than ${limits.maxFieldBytes} bytes.`);
  if (!isUtf8(part.bytes)) return refuse('invalid_request', 'A field of the form is not valid UTF-8.');
  return succeed(part);
}

function checkFile(part: Part): Result<Part, MultipartFailure> {
  const type = part.contentType ?? 'application/octet-stream';
  if (!MEDIA_TYPE.test(type) || /^multipart\//i.test(type))
    return refuse('invalid_request', 'A file of the form has a Content-Type that is not accepted.');
  return succeed({ ...part, contentType: type });
}

const toFile = (part: Part, filename: string): MultipartFile => ({
  name: part.name,
  filename: safeBaseName(filename),
  contentType: part.contentType ?? 'application/octet-stream',
  bytes: part.bytes,
});

/** The last path segment with only letters, digits, dot, dash and underscore, at most 100 characters; providers read its extension. */
const safeBaseName = (filename: string): string =>
  (filename.split(/[/\\]/).at(-1) ?? '')
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+/, '')
    .slice(-100) || 'file';

const refuse = (code: MultipartFailure['code'], message: string) => fail<MultipartFailure>({ code, message });
