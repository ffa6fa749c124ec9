// The start of the product: reads the configuration, serves, says where, and ends in order when asked to.

import { url as inspectorUrl } from 'node:inspector';
import { readConfig } from './config.ts';
import { builtInProviders } from './gateway/providers/registry.ts';
import { StartRefused } from './open-house.ts';
import { type Broker, serve } from './serve.ts';
import { startWords } from './start-messages.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Words = ReturnType<typeof startWords>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const announce = ({ issuer, setupLink, state }: Broker, words: Words): void => {
  say(words.listening(issuer));
  if (state === 'locked') complain(words.locked);
  if (inspectorUrl() !== undefined) complain(words.inspector);
  if (setupLink) say(words.setUp(setupLink));
};

const onSignal = (broker: Broker, words: Words): void => {
  let isClosing = false;
  const end = (): void => {
    if (isClosing) process.exit(130);
    isClosing = true;
    broker.close().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(words.notOrderly(error instanceof Error ? error.message : String(error)));
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
  const words = startWords(env, process.stdout.isTTY === true);
  const config = readConfig(env, builtInProviders);
  if (!config.ok) {
    for (const problem of config.error) complain(problem);
    process.exitCode = 1;
    return null;
  }
  try {
    const broker = await serve(config.value, { env });
    announce(broker, words);
    onSignal(broker, words);
    return broker;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { host, port } = config.value;
    if (code === 'EADDRINUSE') complain(words.portTaken(port, host));
    else if (error instanceof StartRefused) complain(message);
    else complain(words.failed(message));
    process.exit(1);
  }
};

// A SIGUSR1 would open the inspector, which shows the memory and with it provider keys.
process.on('SIGUSR1', () => undefined);

if (import.meta.main) await main();
