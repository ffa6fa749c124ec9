// The three ways in which errors are told, by name.

import type { Dialect, DialectName } from '../contract.ts';
import { anthropicDialect } from './anthropic.ts';
import { googleDialect } from './google.ts';
import { openaiDialect } from './openai.ts';

/** Every dialect. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  openai: openaiDialect,
  anthropic: anthropicDialect,
  google: googleDialect,
};
