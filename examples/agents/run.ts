// A planner with a dollar, three workers of other developers, one of which hires a fourth; one is cut in the middle of its answer. It starts
// the broker, plays all parts, prints who spent what, writes the evidence, and has it checked by a program that knows only public keys.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { explainError } from '@valetkey/sdk';
import { startBroker } from './broker.ts';
import { type Call, receiptsOf, writeEvidence } from './evidence.ts';
import { type Owner, signIn } from './owner.ts';
import { connectPlanner, type Planner } from './planner.ts';
import { printTree, readTree } from './tree.ts';
import { type Agent, ask, createAgent, hire, receiptOf, type Worker } from './worker.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Staff {
  readonly researcher: Agent;
  readonly writer: Agent;
  readonly translator: Agent;
  readonly factChecker: Agent;
}

async function createStaff(url: string, owner: Owner): Promise<Staff> {
  const create = (name: string) => createAgent(url, owner, name);
  const [researcher, writer, translator, factChecker] = await Promise.all([
    create('Researcher'),
    create('Writer'),
    create('Translator'),
    create('Fact checker'),
  ]);
  return { researcher, writer, translator, factChecker };
}

/** What the planner asks the owner for: a dollar, and to share it with these, two levels deep. */
const askedFor = (staff: Staff) => [
  {
    type: 'ai_model_access',
    provider: 'sandbox',
    models: ['sandbox-mini', 'sandbox-large'],
    capabilities: ['chat'],
    limits: { total_spend: 1 },
    delegation: { max_depth: 2, to: Object.values(staff).map(({ clientId }: Agent) => clientId) },
    reason: 'A report, written by several agents',
  },
];

/** Everybody works at the same time; the translator is cut after three words. Resolves with every call and who has its receipt. */
async function work(planner: Planner, staff: Staff): Promise<Call[]> {
  const calls: Call[] = [];
  const call = async (worker: Pick<Worker, 'access'>, model: string, prompt: string) => {
    const { callId } = await ask(worker.access, model, prompt);
    calls.push({ callId, receipt: await receiptOf(worker.access, callId) });
  };
  await call(planner, 'sandbox-mini', 'Plan a report about keys that valets are given.');
  const researcher = await hire(planner, staff.researcher, { limit: '0.30', depth: 1 });
  const writer = await hire(planner, staff.writer, { limit: '0.30', models: ['sandbox-mini'] });
  const translator = await hire(planner, staff.translator, { limit: '0.40', expiresIn: '10m' });
  const factChecker = await hire(researcher, staff.factChecker, { limit: '0.10', models: ['sandbox-mini'] });
  await Promise.all([
    call(researcher, 'sandbox-large', 'What do valets do with keys?'),
    call(factChecker, 'sandbox-mini', 'Is it true that a valet key does not open the glove box?'),
    call(writer, 'sandbox-mini', 'Write the introduction.'),
    call(writer, 'sandbox-mini', 'Write the conclusion.'),
    cutTranslator(planner, translator).then((callId) => calls.push({ callId, receipt: null })),
  ]);
  return calls;
}

/** The planner ends the translator's grant while its answer streams; the id of the call that was cut. */
async function cutTranslator(planner: Planner, translator: Worker): Promise<string> {
  let cut = '';
  const onWord = (count: number) =>
    count === 3 ? planner.access.revokeChild(translator.grantId) : undefined;
  const onStart = (callId: string) => {
    cut = callId;
  };
  try {
    await ask(translator.access, 'sandbox-large', 'Translate the report.', onStart, onWord);
  } catch (thrown) {
    const refusal = explainError(thrown);
    if (refusal?.code !== 'token_revoked') throw thrown;
    say(`The translator was cut in the middle of its answer: ${refusal.message}`);
    return cut;
  }
  throw new Error('The translator was not cut.');
}

async function check(folder: string): Promise<number> {
  const program = join(import.meta.dirname, 'check.ts');
  const checker = spawn(process.execPath, [program, folder], { stdio: 'inherit' });
  const [code] = await once(checker, 'exit');
  return code as number;
}

/** Plays it; the evidence is in `folder` afterwards. The checker's exit code. */
async function main(folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'valetkey-example-'));
  const broker = await startBroker(home);
  try {
    const owner = await signIn(broker.url, broker.owner);
    const staff = await createStaff(broker.url, owner);
    const planner = await connectPlanner(broker.url, owner, askedFor(staff));
    const receipts = await receiptsOf(owner, await work(planner, staff));
    const tree = await readTree(owner, planner.grantId);
    say(`\n${printTree(tree)}\n`);
    await writeEvidence(folder, { broker, owner, receipts, tree });
  } finally {
    await broker.close();
    rmSync(home, { recursive: true, force: true });
  }
  say(
    `The broker has ended. What is left is the evidence in ${folder}. Checking it with public keys alone:\n`,
  );
  return check(folder);
}

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'valetkey-evidence-'));
// npm runs this in its own folder, and says where it was called.
process.exitCode = await main(resolve(process.env.INIT_CWD ?? '', folder));
