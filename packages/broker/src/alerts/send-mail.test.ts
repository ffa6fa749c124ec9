import { freePort } from '@valetkey/testkit';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { inLanguage } from '../language.ts';
import { testMessage } from './message.ts';
import { createSendMail, type MailConfig } from './send-mail.ts';

const servers: SMTPServer[] = [];
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise<void>((done) => server.close(done)))),
);

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A mail server on this machine. @returns what it took, and how it is reached */
const startServer = async (password: string | null = null) => {
  const taken: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: password === null ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password: given }, _session, done) =>
      given === password ? done(null, { user: username }) : done(new Error('wrong')),
    onData(stream, { envelope }, done) {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => {
        text += part;
      });
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  servers.push(server);
  const port = await freePort();
  await new Promise<void>((done) => {
    server.listen(port, '127.0.0.1', done);
  });
  const config: MailConfig = {
    host: '127.0.0.1',
    port,
    secure: false,
    requireTLS: false,
    auth: null,
    from: 'valetkey@broker.test',
  };
  return { taken, config };
};

const message = testMessage('al_1', 0, 'https://broker.test');

describe('e-mail', () => {
  it('goes from the configured address to the owner, as plain text, with one id for all attempts', async () => {
    const { taken, config } = await startServer();
    const send = createSendMail(config, 'https://broker.test');
    expect(await send('ada@owner.test', message)).toEqual({ ok: true, message: 'The mail server took it.' });
    expect(taken).toMatchObject([{ from: 'valetkey@broker.test', to: ['ada@owner.test'] }]);
    const [head = '', body = ''] = (taken[0]?.text ?? '').split(/\r?\n\r?\n/, 2);
    expect(head).toMatch(/^From: Valetkey <valetkey@broker.test>$/m);
    expect(head).toMatch(/^Subject: Valetkey: A test message$/m);
    expect(head).toMatch(/^Message-ID: <al_1@broker.test>$/im);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(head).toMatch(/^Content-Type: text\/plain/m);
    expect(body).toContain('This message was sent because you asked for a test.');
  });

  it('is written in the language of whoever gets it, from the subject to the last line', async () => {
    const { taken, config } = await startServer();
    const send = createSendMail(config, 'https://broker.test');
    const german = () => send('ada@owner.test', testMessage('al_2', 0, 'https://broker.test'));
    expect(await inLanguage('de', german)).toMatchObject({ message: 'Der Mailserver hat sie angenommen.' });
    const text = taken[0]?.text ?? '';
    expect(text).toMatch(/^Subject: Valetkey: Eine Testnachricht$/m);
    expect(text).toContain('Diese Nachricht kam, weil Sie um einen Test gebeten haben.');
    expect(text).toContain('Sie bekommen das, weil Meldungen per E-Mail eingeschaltet sind.');
  });

  it('lets no word become a header or a receiver, and reads no file', async () => {
    const { taken, config } = await startServer();
    const send = createSendMail(config, 'https://broker.test');
    const subject = 'Hello\r\nBcc: all@example.com\r\nX-Injected: yes';
    await send('ada@owner.test', { ...message, subject, text: '/etc/hostname' });
    expect(taken.map(({ to }) => to)).toEqual([['ada@owner.test']]);
    expect(taken[0]?.text).not.toMatch(/^(Bcc|X-Injected):/m);
    for (const to of ['ada@owner.test\r\nRCPT TO:<eve@example.com>', 'ada@owner.test, eve@example.com']) {
      await send(to, message);
      expect(taken.flatMap((mail) => mail.to)).not.toContain('eve@example.com');
    }
  });

  it('signs in where it has to, and says what went wrong without the password', async () => {
    const { taken, config } = await startServer('right-horse');
    const as = (pass: string) =>
      createSendMail({ ...config, auth: { user: 'valetkey', pass } }, 'https://b.test');
    expect(await as('right-horse')('ada@owner.test', message)).toMatchObject({ ok: true });
    const refused = await as('wrong-horse')('ada@owner.test', message);
    expect(refused.ok).toBe(false);
    expect(refused.message).not.toContain('wrong-horse');
    expect(taken).toHaveLength(1);
  });

  it('goes nowhere over a connection that is to be encrypted and is not', async () => {
    const { taken, config } = await startServer();
    const send = createSendMail({ ...config, requireTLS: true }, 'https://broker.test');
    expect(await send('ada@owner.test', message)).toMatchObject({ ok: false });
    expect(taken).toEqual([]);
  });

  it('is tried later where no server is', async () => {
    const { config } = await startServer();
    const send = createSendMail({ ...config, port: await freePort() }, 'https://broker.test');
    expect(await send('ada@owner.test', message)).toEqual({
      ok: false,
      message: 'The mail server did not take it (ESOCKET).',
    });
  });
});
