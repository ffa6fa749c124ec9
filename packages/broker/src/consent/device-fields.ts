// The choice from which devices an app may be used. None chosen: from anywhere. A form is untrusted input: only devices that were offered
// are taken from it.

import { type Html, html } from '../pages/html.ts';
import { messages } from './messages.ts';
import type { Offer } from './offer.ts';

const FIELD = 'device';

/** The choice; nothing for an owner without devices. */
export function deviceSection({ devices }: Offer, sent: URLSearchParams | undefined): Html | false {
  if (devices.length === 0) return false;
  const chosen = new Set(sent?.getAll(FIELD));
  return html`<details${chosen.size > 0 && html` open`}><summary>${messages.devices}</summary>
<fieldset id="${FIELD}"><legend>${messages.devicesLegend}</legend>
<p class="hint">${messages.devicesHint}</p>
${devices.map(
  ({
    id,
    name,
  }) => html`<label class="choice"><input type="checkbox" name="${FIELD}" value="${id}"${chosen.has(id) && html` checked`}>
<span><bdi>${name}</bdi></span></label>`,
)}</fieldset></details>`;
}

/** The devices that the owner chose of those offered. */
export const readDevices = (form: URLSearchParams, { devices }: Offer): readonly string[] =>
  devices.map(({ id }) => id).filter((id) => form.getAll(FIELD).includes(id));
