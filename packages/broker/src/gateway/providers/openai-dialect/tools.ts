// Tools in chat completions: those the caller runs cost only tokens; every other kind is noted by name for the grant to permit.

import { isJsonObject } from '../../json/parse-json.ts';
import { flaw, under } from '../reading/flaw.ts';
import { anything, noting, type Rule } from '../reading/rules.ts';
import { addTool } from '../reading/walk.ts';

/** Fields that no tool may carry: they steer to other servers. */
const STEERING_FIELDS = ['server_url', 'connector_id', 'tunnel_id', 'headers', 'authorization'];

/** A tool by its `type`; a type without a rule is noted, and cannot be bounded. */
export const tool = (rules: Readonly<Record<string, Rule>>): Rule => {
  const known = new Map(Object.entries(rules));
  return (value, walk) => {
    if (!isJsonObject(value)) return flaw('must be an object');
    const { type } = value;
    if (typeof type !== 'string' || type === '') return under('.type', flaw('must be a string'));
    const rule = known.get(type);
    addTool(walk, type, rule !== undefined);
    if (rule) return rule(value, walk);
    const steering = STEERING_FIELDS.find((field) => Object.hasOwn(value, field));
    return steering
      ? under(`.${steering}`, flaw('steers to another server', 'operation_not_permitted'))
      : null;
  };
};

/** A tool of chat completions. */
export const chatTool = tool({ function: anything, custom: anything });

/** The older `functions`. */
export const legacyFunction: Rule = noting((walk) => addTool(walk, 'function', true));
