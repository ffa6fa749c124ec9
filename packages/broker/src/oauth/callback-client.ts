// Apps of the key flow, which nobody registered: all that is known of one is the origin it is sent back to, so that is what it is called and
// what its grants stand under. Such an app exists for one address alone: at every other endpoint it MUST be unknown.

import type { IncomingMessage } from 'node:http';
import type { AdapterPayload } from 'oidc-provider';
import { Provider } from './library.ts';
import { checkRedirectUri } from './redirect-uri.ts';

const PREFIX = 'callback:';

/** Whether an id is one of an app that is known by its callback alone. */
export const isCallbackClient = (clientId: string): boolean => clientId.startsWith(PREFIX);

/** The app that is sent back to `callbackUrl`; null unless that is https, or http on the own machine, and could be registered. */
export const clientOfCallback = (callbackUrl: string): string | null => {
  const url = checkRedirectUri(callbackUrl) === null ? URL.parse(callbackUrl) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? PREFIX + url.origin : null;
};

const asking = new WeakSet<IncomingMessage>();

/** Lets this request, which the key flow has read, ask in the name of an app by its callback. */
export const letAsk = (request: IncomingMessage): void => void asking.add(request);

/**
 * The app `id` as the library takes it, where it may be known: in a request of the key flow, on the page that decides, and on the way back
 * from it. At the token endpoint and all others there is no such client.
 */
export const callbackClient = (id: string): AdapterPayload | undefined => {
  const { ctx } = Provider;
  const isKnownHere = ctx === undefined || ctx.oidc.route === 'resume' || asking.has(ctx.req);
  const origin = id.slice(PREFIX.length);
  if (!isKnownHere || clientOfCallback(`${origin}/`) !== id) return undefined;
  return {
    client_id: id,
    client_name: new URL(origin).host,
    redirect_uris: [`${origin}/`],
    token_endpoint_auth_method: 'none',
  };
};

/** An app by its callback may be sent back anywhere in its origin; what a request names stays byte for byte what the code goes to. */
export const allowCallbacks = ({ Client: { prototype } }: Provider): void => {
  const { redirectUriAllowed } = prototype;
  prototype.redirectUriAllowed = function allowed(uri: string) {
    return isCallbackClient(this.clientId)
      ? clientOfCallback(uri) === this.clientId
      : redirectUriAllowed.call(this, uri);
  };
};
