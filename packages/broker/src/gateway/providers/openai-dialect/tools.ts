// Tools in chat completions: those the caller runs cost only tokens; every other kind is noted by name for the grant to permit.

import { isJsonObject } from '../../json/parse-json.ts';
import { flaw, under } from '../reading/flaw.ts';
import { noting, type Rule } from '../reading/rules.ts';
import { addTool } from '../reading/walk.ts';

const CALLER_RUN = new Set(['function', 'custom']);
/** Fields that no tool may carry: they steer to other servers. */
const STEERING_FIELDS = ['server_url', 'connector_id', 'tunnel_id', 'headers', 'authorization'];

/** One entry of `tools`; a type that the caller does not run cannot be bounded. */
export const chatTool: Rule = (value, walk) => {
  if (!isJsonObject(value)) return flaw('must be an object');
  const { type } = value;
  if (typeof type !== 'string' || type === '') return under('.type', flaw('must be a string'));
  addTool(walk, type, CALLER_RUN.has(type));
  const steering = STEERING_FIELDS.find((field) => Object.hasOwn(value, field));
  return steering ? under(`.${steering}`, flaw('steers to another server', 'operation_not_permitted')) : null;
};

/** One entry of the older `functions`. */
export const legacyFunction: Rule = noting((walk) => addTool(walk, 'function', true));
