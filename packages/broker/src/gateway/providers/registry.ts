// The only file that lists all providers. Adding one is adding a folder, or an entry in `openai-compatible`, and a line here.

import type { Provider } from '../contract.ts';
import { anthropic } from './anthropic/provider.ts';
import { google } from './google/provider.ts';
import { openai } from './openai/provider.ts';
import { compatibleProviders } from './openai-compatible/providers.ts';

/** Every provider that the broker knows, in the order in which people see them. */
export const builtInProviders: readonly Provider[] = [openai, anthropic, google, ...compatibleProviders];
