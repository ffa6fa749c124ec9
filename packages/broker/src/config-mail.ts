// The settings by which the broker sends e-mail: a mail server and the address that messages come from.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { MailConfig } from './alerts/send-mail.ts';

/** Their variables. */
export const mailVariables = {
  VALETKEY_SMTP_URL: z.string().optional(),
  VALETKEY_SMTP_URL_FILE: z.string().min(1).optional(),
  VALETKEY_MAIL_FROM: z.email({ error: 'must be an e-mail address' }).optional(),
};

type Variables = z.infer<z.ZodObject<typeof mailVariables>>;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };

/** A user name or password as it stands in an address; null if its percent signs mean nothing. */
const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** Reads them; null where no server is named. What is wrong is added to `problems`, without its value: it holds a password. */
export const readMailConfig = (variables: Variables, problems: string[]): MailConfig | null => {
  const { VALETKEY_SMTP_URL_FILE: file, VALETKEY_MAIL_FROM: from } = variables;
  let text = variables.VALETKEY_SMTP_URL;
  try {
    if (file !== undefined) text = readFileSync(file, 'utf8').trim();
  } catch {
    problems.push('VALETKEY_SMTP_URL_FILE: cannot be read');
  }
  if (text === undefined && from === undefined) return null;
  const url = URL.parse(text ?? '');
  const defaultPort = PORTS[url?.protocol ?? ''];
  const [user, pass] = [decoded(url?.username ?? ''), decoded(url?.password ?? '')];
  const isPlain = url?.search === '' && url.hash === '' && /^\/?$/.test(url.pathname) && url.hostname !== '';
  if (!url || defaultPort === undefined || !isPlain || user === null || pass === null) {
    problems.push(
      'VALETKEY_SMTP_URL (or _FILE) must be the address of a mail server, such as smtps://user:password@mail.example or smtp://127.0.0.1:25',
    );
    return null;
  }
  if (from === undefined) problems.push('VALETKEY_MAIL_FROM is needed with VALETKEY_SMTP_URL');
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    secure,
    requireTLS: !secure && !LOOPBACK.has(url.hostname),
    auth: user === '' ? null : { user, pass },
    from: from ?? '',
  };
};
