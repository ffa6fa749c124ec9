// The start of the product: reads the configuration, serves, says where, and ends in order when asked to.

import { url as inspectorUrl } from 'node:inspector';
import { readConfig } from './config.ts';
import { builtInProviders } from './gateway/providers/registry.ts';
import { StartRefused } from './open-house.ts';
import { type Broker, serve } from './serve.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const announce = ({ issuer, setupLink, state }: Broker): void => {
  say(`Valetkey is listening on ${issuer}`);
  if (state === 'locked')
    complain(
      'The master key does not open this database. Only /healthz and /readyz answer. Start with the key it was made with; while that is being replaced, with the one before as VALETKEY_MASTER_KEY_OLD, too.',
    );
  if (inspectorUrl() !== undefined)
    complain('The inspector is open: whoever reaches it reads the provider keys. Start without --inspect.');
  if (setupLink) say(`Set it up once, within 24 hours: ${setupLink}`);
};

const onSignal = (broker: Broker): void => {
  let isClosing = false;
  const end = (): void => {
    if (isClosing) process.exit(130);
    isClosing = true;
    broker.close().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(`The end was not orderly: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
};

/** What is in no report, core's environment or child of this process once it was read. */
const SECRET = /(_KEY|_KEY_OLD|_PASSWORD|_TOKEN|_DATABASE_URL|_SMTP_URL)$/;

const takeEnvironment = (env: Environment): Environment => {
  const taken = { ...env };
  if (env === process.env)
    for (const name of Object.keys(taken)) if (SECRET.test(name)) delete process.env[name];
  return taken;
};

/** Serves until a signal. Resolves with the running broker; what the operator can mend is printed and ends the process with 1. */
export const main = async (given: Environment = process.env): Promise<Broker | null> => {
  const env = takeEnvironment(given);
  const config = readConfig(env, builtInProviders);
  if (!config.ok) {
    for (const problem of config.error) complain(problem);
    process.exitCode = 1;
    return null;
  }
  try {
    const broker = await serve(config.value, { env });
    announce(broker);
    onSignal(broker);
    return broker;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { host, port } = config.value;
    if (code === 'EADDRINUSE') complain(`Port ${port} of ${host} is taken. Set VALETKEY_PORT to another.`);
    else if (error instanceof StartRefused) complain(message);
    else complain(`Valetkey could not start: ${message}`);
    process.exit(1);
  }
};

// A SIGUSR1 would open the inspector, which shows the memory and with it provider keys.
process.on('SIGUSR1', () => undefined);

if (import.meta.main) await main();
