// The page on which an owner decides on a request for more: who asks and on whose behalf, its words, old and new with what is used, two equal
// buttons. It works without any script, and says nothing that the decision does not contain.

import { type AccessNames, describeRecipients } from '@valetkey/core';
import type { AccessRequest, Proposal, ProposedChange } from '../access-requests/contract.ts';
import { type ChangedMember, describeChange, describeGiven } from '../access-requests/describe-change.ts';
import { changeMessages as words } from '../access-requests/messages.ts';
import type { StepUp } from '../accounts/contract.ts';
import { cleanClientName, isDoubtfulName } from '../grants/client-names.ts';
import { accessWords, languageAtHand } from '../language.ts';
import { confirmationPanel } from '../pages/confirmation.ts';
import { errorSummary, type FormErrors, notice } from '../pages/form.ts';
import { type Html, html } from '../pages/html.ts';
import type { Page } from '../pages/page.ts';
import { type Above, ceilingNotice, keyLines, ownLines } from './ceiling-lines.ts';
import type { ConsentOwner } from './contract.ts';
import { stepUpMessages as messages } from './messages.ts';
import {
  fieldName,
  NAME_MEMBERS,
  type NumberField,
  namesToAdd,
  numberFields,
  raiseField,
} from './step-up-fields.ts';

/** What the page is made from. `sent` is the form as it came back, for correcting it. */
export interface StepUpView {
  readonly proposal: Proposal;
  readonly owner: ConsentOwner;
  readonly above: Above;
  /** Which key pays for each provider. */
  readonly payingKeys: readonly { readonly provider: string; readonly providerKeyId: string }[];
  readonly formToken: string;
  readonly names: AccessNames;
  /** Where the form may end besides here: the app that the browser goes back to. */
  readonly formAction?: readonly string[];
  readonly sent?: URLSearchParams;
  readonly errors?: FormErrors;
  readonly isChanged?: boolean;
  /** What the owner has to show again before this much is allowed; null if nothing. */
  readonly stepUp: StepUp | null;
  readonly largeBudgetNanos: number;
}

type Hop = Proposal['path'][number];

const nameOf = ({ grantId, clientId, name }: Hop): string =>
  cleanClientName({ id: clientId ?? grantId, name });

/** The page; 409 if something changed since it was opened, 422 if the form has to be corrected. */
export function stepUpPage(view: StepUpView): Page {
  const { proposal, errors = {} } = view;
  const { request, path } = proposal;
  const name = nameOf(path.at(-1)!);
  return {
    title: messages.title(name),
    language: languageAtHand(),
    status: view.isChanged ? 409 : Object.keys(errors).length > 0 ? 422 : 200,
    signedInAs: view.owner.email,
    ...(view.stepUp?.method === 'passkey' && { script: 'passkeys.js' as const }),
    ...(view.formAction && { formAction: view.formAction }),
    body: html`<h1 class="ask"><bdi>${name}</bdi> ${messages.asksFor}${headline(view)}</h1>
${view.isChanged && notice('warning', messages.changed)}
${errorSummary(errors)}
${path.length > 1 && pathLine(path)}
<p class="lead">${messages.until(request.expiresAtMs)}</p>
${path.some((hop) => isDoubtfulName(hop.name)) && notice('warning', messages.doubtfulName)}
${wordsOf(request)}
<form method="post">
<input type="hidden" name="token" value="${view.formToken}">
<section class="panel"><h2>${messages.change}</h2>
<p class="quiet">${messages.hint}</p>
${ceilingNotice(ceilingLines(view))}
${request.asked.map((_, index) => entry(index, view))}</section>
${above(view)}
${view.stepUp !== null && confirmationPanel(view.stepUp, view.largeBudgetNanos, errors)}
<p class="quiet">${messages.kept}</p>
<div class="decision">
<button name="decision" value="allow">${messages.allow}</button>
<button class="is-second" name="decision" value="deny" formnovalidate>${messages.deny}</button>
</div>
<p class="quiet is-centred">${messages.stop}</p>
</form>`,
  };
}

/** What is to be allowed for each provider, nearest to whoever asks, beside what the ceilings above all of it leave. */
function ceilingLines({ proposal: { changes }, payingKeys, above }: StepUpView): readonly string[] {
  const rights = [...new Map(changes.map(({ provider, to }) => [provider, to])).values()];
  const ofKeys = rights.flatMap((right) => {
    const paying = payingKeys.filter(({ provider }) => provider === right.provider);
    return keyLines(
      right,
      paying.map(({ providerKeyId }) => providerKeyId),
      above,
    );
  });
  return [...ownLines(rights, above), ...ofKeys];
}

/** The first amount that would rise, its own before those above it. */
function headline({ proposal, names }: StepUpView): Html | false {
  const first = proposal.changes
    .toSorted((one, other) => Number(other.isAsker) - Number(one.isAsker))
    .flatMap((change) => describeChange(change, names))
    .find(({ member, from }) => member.startsWith('limits.') && from !== null);
  return (
    first !== undefined &&
    html`: <strong>${messages.headline(first.label, first.from ?? '', first.to)}</strong>`
  );
}

const pathLine = (path: Proposal['path']): Html =>
  html`<p>${messages.path}: ${messages.pathYou}${path.map((hop) => html` → <bdi>${nameOf(hop)}</bdi>`)}</p>`;

const wordsOf = ({ message }: AccessRequest): Html =>
  message === null
    ? html`<p class="quiet">${messages.noWords}</p>`
    : html`<p class="words">${messages.words}: <q><bdi>${message}</bdi></q></p>`;

function entry(index: number, view: StepUpView): Html {
  const { request, changes } = view.proposal;
  const asked = request.asked[index]!;
  const mine = changes.filter(({ provider }) => provider === asked.provider);
  const own = mine.find(({ isAsker }) => isAsker);
  const members = own ? describeChange(own, view.names) : [];
  const provider = request.asked.length > 1 ? view.names.provider(asked.provider) : null;
  return html`${numberFields(view.proposal, index).map((field) => numberField(field, members, provider, view))}
${NAME_MEMBERS.map((member) => nameFields(member, index, provider, view))}
${deeper(index, mine, view)}
${longer(index, mine, view)}`;
}

function numberField(
  { name, member, label, value, isUsd, most }: NumberField,
  members: readonly ChangedMember[],
  provider: string | null,
  { sent, errors }: StepUpView,
): Html {
  const error = errors?.[name];
  const own = members.find((each) => each.member === member);
  const asked = words.amount(isUsd ? 'usd' : 'requests', most);
  const hint = own ? messages.now(own.from ?? '', own.used, own.to) : messages.bound(asked);
  return html`<div class="field${error && ' is-wrong'}">
<label for="${name}">${provider === null ? label : messages.ofProvider(label, provider)}</label>
<p class="hint" id="${name}-hint">${hint}</p>
${error && html`<p class="field-error" id="${name}-error">${error}</p>`}
<div class="inline">${isUsd && html`<span aria-hidden="true">$</span>`}
<input id="${name}" name="${name}" inputmode="${isUsd ? 'decimal' : 'numeric'}" autocomplete="off" required
 aria-describedby="${name}-hint${error && ` ${name}-error`}"${error && html` aria-invalid="true"`} value="${sent?.get(name) ?? value}"></div></div>`;
}

function nameFields(
  member: (typeof NAME_MEMBERS)[number],
  index: number,
  provider: string | null,
  { proposal, names, sent }: StepUpView,
): Html | false {
  const added = namesToAdd(member, proposal, index);
  if (added.length === 0) return false;
  const name = fieldName(index, member);
  const say = (each: string): string => {
    if (member === 'models') return each === '*' ? words.everyModel : names.model(each);
    return member === 'capabilities' ? words.capability(each) : each;
  };
  const legend = words[member];
  return html`<fieldset id="${name}"><legend>${provider === null ? legend : messages.ofProvider(legend, provider)}</legend>
${added.map((each) => box(name, each, say(each), sent === undefined || sent.getAll(name).includes(each)))}</fieldset>`;
}

const box = (name: string, value: string, label: string, isChecked: boolean): Html =>
  html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"${isChecked && html` checked`}>
<span>${label}</span></label>`;

const isOn = ({ sent }: StepUpView, name: string): boolean => sent === undefined || sent.get(name) === 'on';

function deeper(index: number, changes: readonly ProposedChange[], view: StepUpView): Html | false {
  const { delegationMaxDepth: depth, delegationTo } = view.proposal.request.asked[index]!;
  const isNew = changes.some(
    ({ from, to }) =>
      from.delegationMaxDepth !== to.delegationMaxDepth ||
      String(from.delegationTo ?? '') !== String(to.delegationTo ?? ''),
  );
  if (depth === 0 || !isNew) return false;
  const name = fieldName(index, 'delegation');
  const label = messages.deeper(words.levels(depth));
  const to = messages.receivers(
    delegationTo ? describeRecipients(delegationTo, view.names, accessWords) : words.anyone,
  );
  return box(name, 'on', `${label}, ${to}`, isOn(view, name));
}

function longer(index: number, changes: readonly ProposedChange[], view: StepUpView): Html | false {
  const { expiresAtMs } = view.proposal.request.asked[index]!;
  const isNew = changes.some(({ from, to }) => from.expiresAtMs !== to.expiresAtMs);
  if (expiresAtMs === null || !isNew) return false;
  const name = fieldName(index, 'expires');
  return box(name, 'on', messages.longer(words.moment(expiresAtMs)), isOn(view, name));
}

/** The grants above whose own limits bind it, each with what would change of it. */
function above(view: StepUpView): Html | false {
  const { changes, path } = view.proposal;
  const raised = path.filter((hop) =>
    changes.some((change) => !change.isAsker && change.hop.grantId === hop.grantId),
  );
  if (raised.length === 0) return false;
  return html`<section class="panel"><h2>${messages.above}</h2>
<p class="quiet">${messages.aboveHint}</p>
${raised.map((hop) => {
  const of = changes.filter((change) => change.hop.grantId === hop.grantId);
  const name = raiseField(hop.grantId);
  return html`<label class="choice"><input type="checkbox" name="${name}" value="on"${isOn(view, name) && html` checked`}>
<span><bdi>${messages.aboveOf(nameOf(hop))}</bdi></span></label>
<ul>${of.map((change) => changeLines(change, view.names))}</ul>`;
})}</section>`;
}

const changeLines = (change: ProposedChange, names: AccessNames): Html =>
  html`${describeChange(change, names).map(
    ({ label, from, to, used }) => html`<li>${messages.line(label, from, to, used)}</li>`,
  )}`;

/** What became of a request that waits no longer. */
export function decidedPage(request: AccessRequest, owner: ConsentOwner, names: AccessNames): Page {
  const { title, text } = messages.over[request.status];
  const given = (request.given ?? []).flatMap((part) => describeGiven(part, names));
  return {
    title,
    language: languageAtHand(),
    signedInAs: owner.email,
    body: html`<h1>${title}</h1>
<p>${text}</p>
${
  given.length > 0 &&
  html`<h2>${messages.given}</h2>
<ul class="lines">${given.map((line) => html`<li>${line}</li>`)}</ul>`
}
<p><a class="button is-wide" href="/apps/${request.grantId}">${messages.toApp}</a></p>
${request.status === 'allowed' && html`<p class="quiet is-centred">${messages.stop}</p>`}`,
  };
}
