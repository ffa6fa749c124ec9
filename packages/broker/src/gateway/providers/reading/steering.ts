// Fields that gateways and providers read as another model, route, server or payer. They are refused in both modes, in every dialect.

import { fields, refused } from './rules.ts';

const steering = refused('is not a field of this operation', 'unknown_field');

/** A table of such fields; names separated by blanks. */
export const steers = (names: string) => fields(names, steering);

/** Those of all dialects. */
export const STEERING = steers(`
  models fallbacks route router provider providers plugins transforms preset mcp_servers
  extra_body extra_headers extra_query api_base base_url baseURL api_key api_version api_type
  custom_llm_provider deployment_id engine`);
