// A JSON object as it is sent. It is written once, however often its output cap changes, and kept as bytes: a text of many kilobytes that
// gets a new end is copied twice before it can be hashed or sent.

import { canonical, type JsonObject } from '../../json/parse-json.ts';

/** The bytes of an object, to which a member can be added at the end. */
export class SentObject {
  readonly bytes: Buffer;

  constructor(object: JsonObject) {
    this.bytes = Buffer.from(canonical(object));
  }

  /** The bytes with `"name":json` added, in a buffer of their own. The object MUST NOT have that member already. */
  with(name: string, json: string | number): Buffer {
    const { bytes } = this;
    const end = `${bytes.length > 2 ? ',' : ''}"${name}":${json}}`;
    const longer = Buffer.allocUnsafe(bytes.length - 1 + Buffer.byteLength(end));
    bytes.copy(longer, 0, 0, bytes.length - 1);
    longer.write(end, bytes.length - 1);
    return longer;
  }

  /** The same with a cap, or unchanged when there is none (`Infinity`). */
  withCap(name: string, cap: number): Buffer {
    return Number.isFinite(cap) ? this.with(name, cap) : this.bytes;
  }
}
