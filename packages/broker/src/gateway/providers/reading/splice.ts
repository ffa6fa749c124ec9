// Puts one member into the text of a JSON object, so that a body is written once however often its output cap changes.

/** `object` (canonical JSON of an object) with `"name":json` added at the end. `object` MUST NOT have that member already. */
export const addMember = (object: string, name: string, json: string | number): string =>
  `${object.slice(0, -1)}${object === '{}' ? '' : ','}"${name}":${json}}`;

/** The same with a cap, or unchanged when there is none (`Infinity`). */
export const addCap = (object: string, name: string, cap: number): string =>
  Number.isFinite(cap) ? addMember(object, name, cap) : object;
