// Whether an app may hand on a part of its limit, how deep and to whom: the fields on the page, and what is read from them. Off unless the
// owner turns it on; never deeper, and to nobody else, than the app asked for.

import { type AccessNames, describeRecipients, type ModelAccess, OWN_AGENTS } from '@valetkey/core';
import { accessWords } from '../language.ts';
import { type Html, html } from '../pages/html.ts';
import { messages } from './messages.ts';

/** The names of a part's fields about delegation. */
const delegationFields = (index: number) =>
  ({ delegate: `p${index}-delegate`, depth: `p${index}-depth`, to: `p${index}-to` }) as const;

/** What stands for no restriction, where the app asked for none. No `client_id` has a space, so an app can not ask for this by name. */
const ANYONE = 'any one';

type Delegation = Pick<ModelAccess, 'delegationMaxDepth' | 'delegationTo'>;

const NONE: Delegation = { delegationMaxDepth: 0, delegationTo: null };

/** The choices of whom, as the form sends them: one of them where the app asked for anyone, any of them where it named some. */
const choicesOf = ({ delegationTo }: ModelAccess): readonly string[] => delegationTo ?? [ANYONE, OWN_AGENTS];

/** Reads the fields; what is missing or was never offered is put into `errors`, by field. */
export function readDelegation(
  form: URLSearchParams,
  asked: ModelAccess,
  index: number,
  errors: Record<string, string>,
): Delegation {
  const fields = delegationFields(index);
  if (asked.delegationMaxDepth === 0 || form.get(fields.delegate) !== 'on') return NONE;
  const depth = form.get(fields.depth) ?? '';
  const isOffered = /^[1-9]\d?$/.test(depth) && Number(depth) <= asked.delegationMaxDepth;
  if (!isOffered) errors[fields.depth] = messages.errors.depth;
  const sent = form.getAll(fields.to);
  const chosen = choicesOf(asked).filter((choice) => sent.includes(choice));
  const isOne = asked.delegationTo !== null || chosen.length === 1;
  if (chosen.length === 0 || !isOne) errors[fields.to] = messages.errors.to;
  return {
    delegationMaxDepth: isOffered ? Number(depth) : 0,
    delegationTo: chosen.includes(ANYONE) ? null : chosen,
  };
}

/** What the fields are made from; `sent` is the form as it came back. */
interface DelegationView {
  readonly asked: ModelAccess;
  readonly index: number;
  readonly names: AccessNames;
  readonly sent?: URLSearchParams | undefined;
  readonly errors?: Readonly<Record<string, string>> | undefined;
}

/** The fields; nothing for an app that did not ask to delegate. What the box turns on is hidden while it is off, where the browser can. */
export function delegationSection(view: DelegationView): Html | false {
  const { asked, index, names, sent } = view;
  if (asked.delegationMaxDepth === 0) return false;
  const { delegate: name } = delegationFields(index);
  return html`<fieldset class="delegation"><legend>${messages.delegation}</legend>
<p class="hint">${messages.delegationAsked(describeRecipients(asked.delegationTo, names, accessWords), asked.delegationMaxDepth)}</p>
<label class="choice"><input type="checkbox" name="${name}" value="on"${sent?.get(name) === 'on' && html` checked`}>
<span>${messages.delegate}</span></label>
<div class="terms">${depthField(view)}
${recipientFields(view)}</div></fieldset>`;
}

function depthField({ asked, index, sent, errors }: DelegationView): Html {
  const { depth: name } = delegationFields(index);
  const most = asked.delegationMaxDepth;
  if (most === 1) return html`<input type="hidden" name="${name}" value="1">`;
  const chosen = sent?.get(name) ?? String(most);
  const levels = Array.from({ length: most }, (_, at) => at + 1);
  return html`<div class="field${errors?.[name] && ' is-wrong'}"><label for="${name}">${messages.depth}</label>
<p class="${errors?.[name] ? 'field-error' : 'hint'}" id="${name}-hint">${errors?.[name] ?? messages.depthHint}</p>
<select id="${name}" name="${name}" aria-describedby="${name}-hint">
${levels.map((level) => html`<option value="${level}"${String(level) === chosen && html` selected`}>${messages.levels(level)}</option>`)}
</select></div>`;
}

function recipientFields({ asked, index, names, sent, errors }: DelegationView): Html {
  const { to: name } = delegationFields(index);
  const choices = choicesOf(asked);
  const [only] = choices;
  if (choices.length === 1 && only !== undefined)
    return html`<p>${messages.to}: ${wordsOf(only, names)}<input type="hidden" name="${name}" value="${only}"></p>`;
  const isOne = asked.delegationTo === null;
  const isChosen = (choice: string) =>
    sent ? sent.getAll(name).includes(choice) : !isOne || choice === ANYONE;
  return html`<fieldset id="${name}"${errors?.[name] && html` class="is-wrong"`}><legend>${messages.to}</legend>
${errors?.[name] && html`<p class="field-error">${errors[name]}</p>`}
${choices.map(
  (
    choice,
  ) => html`<label class="choice"><input type="${isOne ? 'radio' : 'checkbox'}" name="${name}" value="${choice}"${isChosen(choice) && html` checked`}>
<span>${wordsOf(choice, names)}</span></label>`,
)}</fieldset>`;
}

const wordsOf = (choice: string, names: AccessNames): string => {
  if (choice === ANYONE) return messages.toAnyone;
  return choice === OWN_AGENTS ? messages.toOwnAgents : messages.toClient(names.client?.(choice) ?? choice);
};
