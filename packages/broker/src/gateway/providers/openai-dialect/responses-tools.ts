// Tools of the Responses API. The caller runs some; the provider runs the others, which is paid work: it is bounded only when
// `max_tool_calls` says how often.

import { isJsonObject, type JsonValue } from '../../json/parse-json.ts';
import { flaw, under } from '../reading/flaw.ts';
import { anything, listOf, noting, object, type Rule, refused, stored, text } from '../reading/rules.ts';
import { addTool, unbound, type Walk } from '../reading/walk.ts';

const elsewhere = refused('runs on another server, which a grant cannot reach');
const unstated = (name: string) => noting((walk) => addTool(walk, name, false));

/** Counts as calls that the provider runs; `boundTools` turns them into a bound. */
const searched: Rule = (_value, walk) => {
  walk.webSearches = 1;
  return null;
};

/** A shell in a container of the provider's costs by the session; one of the caller's costs nothing. */
const shell: Rule = (value, walk) => {
  const environment = isJsonObject(value) ? value.environment : undefined;
  if (isJsonObject(environment) && environment.type === 'container_reference')
    return stored(environment, walk);
  return isJsonObject(environment) && environment.type === 'local' ? null : unstated('shell')(value, walk);
};

const namespace = object(
  { type: text, name: text, description: text, tools: listOf((value, walk) => responsesTool(value, walk)) },
  'tools',
);

/** What each type may be; the name under which a grant permits it is the type without its version. */
const TYPES: Readonly<Record<string, Rule>> = {
  function: anything,
  custom: anything,
  namespace,
  local_shell: anything,
  shell,
  apply_patch: anything,
  computer: anything,
  computer_use: anything,
  tool_search: (value, walk) =>
    isJsonObject(value) && value.execution === 'client' ? null : unstated('tool_search')(value, walk),
  web_search: searched,
  file_search: stored,
  mcp: elsewhere,
  image_generation: refused('calls another model, which is not checked'),
  code_interpreter: (value, walk) =>
    isJsonObject(value) && isJsonObject(value.container) && !Object.hasOwn(value.container, 'file_ids')
      ? unstated('code_interpreter')(value, walk)
      : stored(value, walk),
};

/** `web_search_preview_2025_03_11` and `web_search` are the same tool to a grant. */
const toolName = (type: string): string => type.replace(/(?:_preview)?(?:_20\d\d_\d\d_\d\d)?$/, '');

/** A tool of the Responses API. */
export const responsesTool: Rule = (value: JsonValue, walk) => {
  if (!isJsonObject(value)) return flaw('must be an object');
  if (typeof value.type !== 'string') return under('.type', flaw('must be a string'));
  const name = toolName(value.type);
  // A namespace is only a shelf: what stands on it is what counts.
  const rule = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
  if (name !== 'namespace') addTool(walk, name, rule !== undefined);
  return rule ? rule(value, walk) : null;
};

/** The calls that the provider may run, once `max_tool_calls` is known. */
export function boundTools(walk: Walk, maxToolCalls: JsonValue | undefined): void {
  if (walk.webSearches === 0) return;
  if (typeof maxToolCalls !== 'number') {
    unbound(walk, 'web search needs `max_tool_calls`');
    return;
  }
  walk.webSearches = maxToolCalls;
  walk.serverCalls = maxToolCalls;
}
