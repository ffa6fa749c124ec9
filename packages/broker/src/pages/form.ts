// The parts that forms on our pages are made of: labelled fields with their errors tied to them, and a summary that names every problem.

import { type Html, type HtmlValue, html } from './html.ts';

/** What is wrong with a submitted form: messages by field name; those of the whole form stand under `''`. */
export type FormErrors = Readonly<Record<string, string>>;

/** One text field. `type` and `autocomplete` are the HTML attributes. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  readonly autocomplete: string;
  readonly value?: string;
  readonly hint?: string;
  readonly minLength?: number;
  readonly isFocused?: boolean;
  /** True unless given. */
  readonly isRequired?: boolean;
}

/** A labelled text field; its hint and error are read out with it. */
export const field = (options: Field, errors: FormErrors = {}): Html => {
  const error = errors[options.name];
  const described = [options.hint && `${options.name}-hint`, error && `${options.name}-error`]
    .filter(Boolean)
    .join(' ');
  return html`<div class="field${error ? ' is-wrong' : ''}">
<label for="${options.name}">${options.label}</label>
${options.hint && html`<p class="hint" id="${options.name}-hint">${options.hint}</p>`}
${error && html`<p class="field-error" id="${options.name}-error">${error}</p>`}
<input id="${options.name}" name="${options.name}" type="${options.type ?? 'text'}" value="${options.value ?? ''}"
 autocomplete="${options.autocomplete}"${options.isRequired !== false && html` required`}${options.minLength && html` minlength="${options.minLength}"`}
${options.isFocused && html` autofocus`}${error && html` aria-invalid="true"`}${described && html` aria-describedby="${described}"`}>
</div>`;
};

/** The list of problems above a form, each linked to its field; nothing when there are none. */
export const errorSummary = (errors: FormErrors): Html => {
  const entries = Object.entries(errors);
  if (entries.length === 0) return html``;
  return html`<div class="notice is-error" role="alert">
${entries.map(([name, message]) => (name === '' ? html`<p>${message}</p>` : html`<p><a href="#${name}">${message}</a></p>`))}
</div>`;
};

/** A boxed remark. `warning` is for the one risk line that a page may have. */
export const notice = (kind: 'info' | 'warning' | 'success', content: HtmlValue): Html =>
  html`<div class="notice is-${kind}" role="${kind === 'info' ? 'note' : 'status'}"><p>${content}</p></div>`;
