// Sends a message by e-mail over the operator's SMTP server. MUST NOT read a file or fetch an address for a message, nor let a word of it
// become a header.

import { createTransport } from 'nodemailer';
import type { SendOutcome } from './contract.ts';
import type { Message } from './message.ts';
import { messages } from './messages.ts';

/** How e-mail goes out. Holds a password: MUST NOT be logged. */
export interface MailConfig {
  readonly host: string;
  readonly port: number;
  /** Whether the connection begins with TLS; else it has to be raised to it, unless the server is on this machine. */
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  /** The sender’s address. */
  readonly from: string;
}

/** Sends to one address. Never rejects. */
export type SendMail = (to: string, message: Message) => Promise<SendOutcome>;

const TIMEOUT_MS = 10_000;

/** A sender over that server. */
export const createSendMail = ({ from, auth, ...server }: MailConfig, issuer: string): SendMail => {
  const transport = createTransport({
    ...server,
    ...(auth && { auth }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const host = new URL(issuer).hostname;
  return async (to, { id, subject, text }) => {
    try {
      await transport.sendMail({
        from: { name: 'Valetkey', address: from },
        to: { name: '', address: to },
        subject: `Valetkey: ${subject}`,
        text: `${text}\n\n${messages.why(`${issuer}/alerts`)}\n`,
        messageId: `<${id}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return { ok: true, message: messages.sent.mailTaken };
    } catch (error) {
      const { code = 'error', responseCode } = error as { code?: string; responseCode?: number };
      return { ok: false, message: messages.sent.mailRefused(responseCode ?? code) };
    }
  };
};
