// The items of a Responses request: messages, calls and their results. Items that name something stored are refused, and tools that come
// inside items are checked like those beside them.
// Source: OpenAI API reference, create response, input items, as typed by openai-node 7.57.

import { isJsonObject } from '../../json/parse-json.ts';
import { under } from '../reading/flaw.ts';
import { mediaUrlBytes } from '../reading/media.ts';
import {
  anything,
  type FieldTable,
  harmless,
  kinds,
  listOf,
  object,
  oneOf,
  orNull,
  type Rule,
  refused,
  stored,
  text,
  textOr,
} from '../reading/rules.ts';
import { addMedia } from '../reading/walk.ts';
import { cacheOptions } from './chat-fields.ts';
import type { OpenAiFlavour } from './flavour.ts';
import { countFile, countImage, inputAudio } from './media.ts';
import { responsesTool } from './responses-tools.ts';

const mcp = refused('belongs to a tool on another server, which a grant cannot reach');

const image = (flavour: OpenAiFlavour): Rule => {
  const fields = object({
    type: text,
    detail: orNull(oneOf('auto', 'low', 'high', 'original')),
    image_url: orNull(text),
    file_id: orNull(stored),
    prompt_cache_breakpoint: orNull(cacheOptions),
  });
  return (value, walk) => {
    const found = fields(value, walk);
    if (found || !isJsonObject(value) || typeof value.image_url !== 'string') return found;
    const counted = countImage(value.image_url, value.detail, flavour, walk);
    return counted && under('.image_url', counted);
  };
};

const file = (flavour: OpenAiFlavour): Rule => {
  const fields = object({
    type: text,
    detail: anything,
    file_data: orNull(text),
    file_url: orNull(text),
    filename: orNull(text),
    file_id: orNull(stored),
    prompt_cache_breakpoint: orNull(cacheOptions),
  });
  return (value, walk) => {
    const found = fields(value, walk);
    if (found || !isJsonObject(value)) return found;
    if (typeof value.file_url !== 'string') return countFile(value, flavour, walk);
    const bytes = mediaUrlBytes(value.file_url, /^$/);
    if (typeof bytes !== 'number') return under('.file_url', bytes);
    addMedia(walk, 0, flavour.contextTokens ?? 0);
    return null;
  };
};

const parts = (flavour: OpenAiFlavour): Rule =>
  kinds('type', {
    input_text: object({ type: text, text, prompt_cache_breakpoint: orNull(cacheOptions) }, 'text'),
    output_text: object({ type: text, text, annotations: anything, logprobs: anything }, 'text'),
    refusal: object({ type: text, refusal: text }, 'refusal'),
    reasoning_text: object({ type: text, text }, 'text'),
    summary_text: object({ type: text, text }, 'text'),
    input_image: image(flavour),
    input_file: file(flavour),
    input_audio: object({ type: text, input_audio: inputAudio }, 'input_audio'),
  });

/** One item of `input`. */
export const inputItem = (flavour: OpenAiFlavour): Rule => {
  const content = textOr(listOf(parts(flavour)));
  const role = oneOf('user', 'assistant', 'system', 'developer');
  const message = object(
    { type: text, role, content, id: anything, status: anything, phase: anything },
    'role',
    'content',
  );
  const withOutput = record({ output: orNull(content) });
  const withTools = record({ tools: listOf(responsesTool) });
  return kinds(
    'type',
    {
      message,
      function_call: record({}),
      function_call_output: withOutput,
      custom_tool_call: record({}),
      custom_tool_call_output: withOutput,
      reasoning: record({}),
      local_shell_call: record({}),
      local_shell_call_output: record({}),
      shell_call: record({
        environment: orNull(kinds('type', { local: anything, container_reference: stored })),
      }),
      shell_call_output: record({}),
      apply_patch_call: record({}),
      apply_patch_call_output: record({}),
      web_search_call: record({}),
      computer_call: record({}),
      computer_call_output: record({ output: screenshot(flavour) }),
      tool_search_call: record({}),
      tool_search_output: withTools,
      additional_tools: withTools,
      item_reference: stored,
      mcp_list_tools: mcp,
      mcp_approval_request: mcp,
      mcp_approval_response: mcp,
      mcp_call: mcp,
    },
    // Without a type: a message, or the short form of a reference, which has an id alone.
    (value, walk) =>
      isJsonObject(value) && Object.hasOwn(value, 'role') ? message(value, walk) : stored(value, walk),
  );
};

const screenshot = (flavour: OpenAiFlavour): Rule => {
  const shown = image(flavour);
  return (value, walk) => (isJsonObject(value) ? shown(value, walk) : text(value, walk));
};

/** An item that records what happened: its own fields are text to the model, `checked` ones are more than that. */
function record(checked: FieldTable): Rule {
  return object({
    ...harmless(`
      type id call_id status name namespace arguments input output caller action actions summary content
      encrypted_content operation execution role max_output_length
      acknowledged_safety_checks pending_safety_checks`),
    ...checked,
  });
}
