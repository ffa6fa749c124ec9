// Media inside a JSON body: only data: URLs of known types, or https URLs of named public hosts that the provider fetches.
// The broker itself MUST NOT fetch any of them.

import { type Flaw, flaw } from './flaw.ts';

const PUBLIC_HOST =
  /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}(?::443)?(?:[/?]|$)/i;
const LOCAL_HOST =
  /^https:\/\/[^/?:]*\.(?:local|localhost|internal|intranet|lan|home|corp|test|invalid|example|arpa|onion)(?:[/:?]|$)/i;

/** The bytes that a `data:` URL of one of `types` takes in the body; 0 for a remote URL of a public host; else what is wrong. */
export function mediaUrlBytes(url: string, types: RegExp): number | Flaw {
  if (/^data:/i.test(url)) {
    const comma = url.indexOf(',');
    const type = /^data:([a-z0-9.+/-]+);base64$/i.exec(url.slice(0, comma))?.[1];
    return type !== undefined && types.test(type)
      ? url.length
      : flaw('must be a base64 data: URL of a type this operation takes');
  }
  if (!PUBLIC_HOST.test(url) || LOCAL_HOST.test(url))
    return flaw('must be a data: URL, or an https URL of a public host', 'reference_not_permitted');
  return 0;
}
