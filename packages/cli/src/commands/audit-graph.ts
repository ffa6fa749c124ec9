// `valetkey audit graph`: how one call was allowed, from the journal alone: whose key, which grants it came through, their limits and
// spending as they stood. With --file offline, from an export, for anyone who has the file.

import type { CallGraph, GraphNode, LimitAsStood } from '@valetkey/broker/call-graph';
import { fail, type Result, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { type Failure, failWith } from '../failure.ts';
import { moment, money, said, status, wordFor, words } from '../format.ts';
import { type Messages, t } from '../messages/messages.ts';
import type { Entry } from '../terminal.ts';

/** A graph; names only from a running broker, because the journal holds none. */
type NamedGraph = CallGraph & { readonly names?: Readonly<Record<string, string>> };

/** `valetkey audit graph` */
export const auditGraph = defineCommand({
  name: 'audit graph',
  summary: t.auditGraph.summary,
  args: ['call'],
  flags: {
    ...SERVER_FLAGS,
    file: { type: 'string', value: 'FILE', help: t.auditGraph.file },
  },
  examples: ['valetkey audit graph call_1', 'valetkey audit graph call_1 --file journal.jsonl --json'],
  read: ({ file }, [call = '']) => (file === '' ? fail(t.auditGraph.fileWanted) : succeed({ call, file })),
  async run({ call, file }, { api, world, terminal }) {
    const graph: Result<NamedGraph, Failure> =
      file === undefined
        ? await api.call<NamedGraph>('GET', `/calls/${encodeURIComponent(call)}/graph`)
        : await offline(world.graphOfExport(file, call));
    if (!graph.ok) return graph;
    terminal.result(graph.value, entriesOf(graph.value));
    return succeed(undefined);
  },
});

const offline = async (read: Promise<Result<CallGraph, string>>): Promise<Result<CallGraph, Failure>> => {
  const graph = await read;
  return graph.ok ? graph : failWith(graph.error);
};

const entriesOf = ({ owner_id, call, entries, trees, names = {} }: NamedGraph): Entry[] => [
  ['Call', words(call.id)],
  ['Status', status(call.status)],
  ...(call.refusal === null ? [] : [['Refused as', words(call.refusal)] satisfies Entry]),
  ['Owner', words(owner_id)],
  ['Operation', words(call.operation)],
  ['Model', words(call.model)],
  ['Token', words(call.token_id ?? call.token_kind)],
  ['Device', words(names[call.device_id ?? ''] ?? call.device_id ?? call.key_thumbprint)],
  ['Held', money(call.held_usd)],
  ['Cost', money(call.cost_usd)],
  ['Prices', words(call.price_version)],
  ['Rate card', words(call.rate_card_sha256)],
  ['Request hash', words(call.request_sha256)],
  ['Response hash', words(call.response_sha256)],
  ...entries.flatMap(({ seq, at, kind, hash }): Entry[] => [
    [
      said(({ auditGraph }) => auditGraph.entry(seq)),
      said(({ auditGraph }) => auditGraph.entryAt(kind, moment(at).text)),
    ],
    ['Its hash', words(hash)],
  ]),
  ...trees.flatMap((tree) => treeEntries(tree, names, 0)),
];

const treeEntries = (
  node: GraphNode,
  names: Readonly<Record<string, string>>,
  level: number,
): readonly Entry[] => {
  const space = '   '.repeat(level);
  const limits = node.limits.map(
    (limit): Entry => ['Limit', said((messages) => `${space}     ${limitWords(limit, messages)}`)],
  );
  return [
    [
      node.is_on_path ? 'Through' : 'Beside',
      said((messages) => `${space}└─ ${nodeWords(node, names, messages)}`),
    ],
    ...limits,
    ...node.children.flatMap((child) => treeEntries(child, names, level + 1)),
  ];
};

function nodeWords(
  node: GraphNode,
  names: Readonly<Record<string, string>>,
  { auditGraph: { facts }, statuses }: Messages,
): string {
  const id = node.grant_id ?? node.link_id;
  const name = names[id];
  const who = node.grant_id === null ? facts.key(id) : facts.grant(id);
  return [
    name === undefined ? who : facts.named(who, name),
    node.key_version !== null && facts.version(node.key_version),
    node.actor !== null && facts.actsAs(node.actor),
    node.actor === null && node.client_id !== null && facts.app(node.client_id),
    node.key_thumbprint !== null && facts.boundTo(node.key_thumbprint),
    node.status !== 'active' && wordFor(statuses, node.status),
    node.settled_usd === null
      ? facts.spentPruned
      : facts.spent(money(node.settled_usd).text, money(node.held_usd).text),
    !node.is_on_path && node.below > 0 && facts.below(node.below),
    facts.entry(node.changed_seq),
  ]
    .filter(Boolean)
    .join(', ');
}

function limitWords(
  { unit, per, amount, settled, held }: LimitAsStood,
  { auditGraph, limits }: Messages,
): string {
  const count = (value: string | number | null) =>
    value === null
      ? auditGraph.pruned
      : unit === 'usd'
        ? money(String(value)).text
        : limits[unit](Number(value));
  return auditGraph.limit(count(amount), wordFor(limits.per, per), count(settled), count(held));
}
