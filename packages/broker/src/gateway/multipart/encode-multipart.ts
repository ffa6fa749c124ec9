// Writes a checked form as a clean multipart/form-data body: exactly its fields and files, nothing of the caller's bytes around them.

import type { Multipart } from './multipart.ts';

/**
 * The body of a form, fields first, so that a provider knows the model before the file. The boundary must be one that the caller of the
 * gate cannot foresee (random, letters and digits); throws if it occurs in the form all the same.
 */
export function encodeMultipart(
  form: Multipart,
  boundary: string,
): { readonly contentType: string; readonly body: Uint8Array } {
  if (!/^[A-Za-z0-9]{16,70}$/.test(boundary)) throw new Error('a boundary has 16 to 70 letters and digits');
  const head = (name: string, rest: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n`;
  const pieces: Uint8Array[] = [
    ...form.fields.map(({ name, value }) => Buffer.from(`${head(name, '')}${value}\r\n`)),
    ...form.files.flatMap(({ name, filename, contentType, bytes }) => [
      Buffer.from(head(name, `; filename="${filename}"\r\nContent-Type: ${contentType}`)),
      bytes,
      Buffer.from('\r\n'),
    ]),
  ];
  for (const content of [
    ...form.fields.map(({ value }) => Buffer.from(value)),
    ...form.files.map(({ bytes }) => bytes),
  ]) {
    if (Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(boundary))
      throw new Error('the boundary occurs in the form');
  }
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}
