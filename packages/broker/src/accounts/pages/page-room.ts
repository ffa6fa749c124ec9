// What the sign-in pages share: who asks, how to call the sign-in library for them, and the checks that come before any form counts.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { languageAtHand } from '../../language.ts';
import type { Owners } from '../../owners/contract.ts';
import type { FormErrors } from '../../pages/form.ts';
import { html } from '../../pages/html.ts';
import { type Page, sendPage } from '../../pages/page.ts';
import { readForm } from '../../pages/read-form.ts';
import { isSameOrigin } from '../../pages/same-origin.ts';
import type { Accounts } from '../contract.ts';
import type { FirstOwner } from '../first-owner.ts';
import { messages } from './messages.ts';

/** Programs that wait for an owner, in their own words. */
export interface WaitingPrograms {
  readonly address: string;
  readonly requests: readonly {
    readonly name: string;
    readonly userCode: string;
    /** Whether it came with that address. */
    readonly isAddressed: boolean;
  }[];
}

/** What a page may use. */
export interface PageRoom extends Pick<Accounts, 'sessionOf' | 'stepUpFor' | 'confirm'> {
  readonly issuer: string;
  readonly firstOwner: FirstOwner;
  readonly invitations: Pick<Owners, 'invitationOf' | 'accept'>;
  readonly hashPassword: (password: string, invitation: string) => Promise<string>;
  /** Where an owner decides on what an app on a device asks with this code; null if it is none of an app's. Every call is a guess that counts. */
  readonly pathOfDeviceCode: (ownerId: string, userCode: string) => Promise<string | null | 'too_many'>;
  /** What programs ask of this owner that nobody registered, and the address by which they name the owner; null where none may ask. */
  readonly programsFor: (ownerId: string) => Promise<WaitingPrograms | null>;
  /** Calls the sign-in library as the person in front of the page; with a body it is a POST. Throws in an outage. */
  readonly call: (request: IncomingMessage, path: string, body?: object) => Promise<Response>;
}

/** Answers one address. `url` is below the issuer, whatever the Host header said. */
export type PageHandler = (
  room: PageRoom,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
) => Promise<void>;

const message = (title: string, text: string, status: number): Page => ({
  title,
  language: languageAtHand(),
  status,
  body: html`<h1>${title}</h1><p>${text}</p>`,
});

/** What a page shows and what its form does. */
export interface PageMethods {
  readonly show: PageHandler;
  readonly submit: (
    room: PageRoom,
    request: IncomingMessage,
    response: ServerResponse,
    form: URLSearchParams,
    url: URL,
  ) => Promise<void>;
}

/** One address with its form. A form that another site made a browser send never reaches `submit`. */
export const definePage =
  (methods: PageMethods): PageHandler =>
  async (room, request, response, url) => {
    if (request.method === 'GET' || request.method === 'HEAD')
      return methods.show(room, request, response, url);
    if (request.method !== 'POST') {
      const refused = message(messages.notOffered, messages.notOfferedText, 405);
      return sendPage(response, { ...refused, allow: 'GET, HEAD, POST' });
    }
    if (!isSameOrigin(request.headers, new URL(room.issuer).origin)) {
      return sendPage(response, message(messages.nothingDone, messages.fromElsewhere(room.issuer), 403));
    }
    const form = await readForm(request);
    if (!form) return sendPage(response, message(messages.nothingDone, messages.notThisForm, 400));
    return methods.submit(room, request, response, form, url);
  };

/** Says in words how long to wait, from the library's answer. */
export const describeWait = (answer: Response): string => {
  const minutes = Math.ceil(Number(answer.headers.get('x-retry-after') ?? 60) / 60);
  return messages.wait(minutes);
};

/** Whether the password alone has to be corrected: then the page begins there. */
export const isPasswordWrong = ({ email, password }: FormErrors): boolean =>
  password !== undefined && email === undefined;
