// The checked form of a multipart/form-data body, and how a clean one is written again. What is sent upstream MUST be encoded from this
// value, never from the caller's bytes.

/** A text field. */
export interface MultipartField {
  readonly name: string;
  readonly value: string;
}

/** A part with a file name. */
export interface MultipartFile {
  readonly name: string;
  /** Base name only: no path, no control characters, no quotes. */
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** A form: each name occurs once, over fields and files together, unless it ends in `[]` (a list). */
export interface Multipart {
  readonly fields: readonly MultipartField[];
  readonly files: readonly MultipartFile[];
}

/** The value of a field; null if the form has none of that name. */
export const fieldValue = (form: Multipart, name: string): string | null =>
  form.fields.find((field) => field.name === name)?.value ?? null;
