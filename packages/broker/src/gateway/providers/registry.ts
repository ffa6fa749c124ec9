// The only file that lists all providers. Adding one is adding a folder and a line here.

import type { Provider } from '../contract.ts';
import { openai } from './openai/provider.ts';

/** Every provider that the broker knows, in the order in which people see them. */
export const builtInProviders: readonly Provider[] = [openai];
