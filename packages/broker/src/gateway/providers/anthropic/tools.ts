// Tools of messages. The caller runs some; the provider runs the others, which is bounded only by their `max_uses`.
// Source: Anthropic API reference, tools, as typed by @anthropic-ai/sdk 1.12; guide "Tool use", pricing.

import { isJsonObject, type JsonObject } from '../../json/parse-json.ts';
import { type Flaw, flaw, under } from '../reading/flaw.ts';
import { orNull, type Rule, wholeNumber } from '../reading/rules.ts';
import { addTool, unbound, type Walk } from '../reading/walk.ts';
import { cacheControl } from './content.ts';

/** Tokens that the provider adds for definitions it writes itself; its largest stated ones are below. */
const DEFINITION_TOKENS = 1_500;
const TOOLSET_TOKENS = 12_000;

const maxUses = orNull(wholeNumber(1, 1_000));

/** Notes the calls of a tool that the provider runs. */
const serverRun = (tool: JsonObject, walk: Walk, name: string): Flaw | null => {
  const found = maxUses(tool.max_uses ?? null, walk);
  if (found) return under('.max_uses', found);
  if (typeof tool.max_uses !== 'number') unbound(walk, `the tool \`${name}\` needs \`max_uses\``);
  else walk.serverCalls += tool.max_uses;
  return null;
};

const definitions = (tokens: number) => (_tool: JsonObject, walk: Walk) => {
  walk.mediaTokens += tokens;
  return null;
};

const unstated = (_tool: JsonObject, walk: Walk, name: string) => {
  addTool(walk, name, false);
  return null;
};

const elsewhere = () =>
  under(
    '.type',
    flaw(
      'names a tool on another server or another model, which a grant cannot reach',
      'operation_not_permitted',
    ),
  );

/** What each kind of tool means, by its type without the version. */
const KINDS: Readonly<Record<string, (tool: JsonObject, walk: Walk, name: string) => Flaw | null>> = {
  custom: () => null,
  bash: definitions(DEFINITION_TOKENS),
  text_editor: definitions(DEFINITION_TOKENS),
  memory: definitions(DEFINITION_TOKENS),
  computer: definitions(DEFINITION_TOKENS),
  computer_toolset: definitions(TOOLSET_TOKENS),
  browser_toolset: definitions(TOOLSET_TOKENS),
  web_search: (tool, walk, name) => {
    if (typeof tool.max_uses === 'number') walk.webSearches += tool.max_uses;
    return serverRun(tool, walk, name);
  },
  web_fetch: serverRun,
  code_execution: unstated,
  tool_search_tool_bm25: unstated,
  tool_search_tool_regex: unstated,
  mcp_toolset: elsewhere,
  advisor: elsewhere,
};

/** `web_search_20260209` is `web_search` to a grant; a tool without a type is the caller's own. */
const toolName = (type: string): string => type.replace(/_20\d{6}$/, '');

/** A tool by its `type`. */
export const tool: Rule = (value, walk) => {
  if (!isJsonObject(value)) return flaw('must be an object');
  const type = value.type ?? 'custom';
  if (typeof type !== 'string') return under('.type', flaw('must be a string'));
  const cached = cacheControl(value.cache_control ?? null, walk);
  if (cached) return under('.cache_control', cached);
  const name = toolName(type);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  addTool(walk, name, kind !== undefined);
  return kind ? kind(value, walk, name) : null;
};
