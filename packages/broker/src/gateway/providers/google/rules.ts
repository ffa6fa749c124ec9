// Rules of Google's API. Protocol-buffer JSON takes each field in two spellings; here only the camelCase one exists, so that nothing is
// said twice with two meanings.

import { isJsonObject } from '../../json/parse-json.ts';
import { flaw, under } from '../reading/flaw.ts';
import { type FieldTable, object, type Rule } from '../reading/rules.ts';

/** An object with the fields of a table; a name with `_` is refused whatever the mode for unknown fields. */
export const message = (table: FieldTable, ...required: readonly string[]): Rule => {
  const check = object(table, ...required);
  return (value, walk) => {
    const snake = isJsonObject(value) ? Object.keys(value).find((name) => name.includes('_')) : undefined;
    if (snake === undefined) return check(value, walk);
    return under(
      `.${snake}`,
      flaw('is not spelled as this operation takes it: use camelCase', 'unknown_field'),
    );
  };
};

/** A model named in the body: it MUST be the one in the address, with or without `models/`. */
export const sameModel: Rule = (value, { model }) =>
  value === model || value === `models/${model}` ? null : flaw('is not the model in the address');
