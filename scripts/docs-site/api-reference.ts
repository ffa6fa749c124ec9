// Turns an OpenAPI document into pages of Markdown: one for each tag, with its calls and the objects they take and give. MUST NOT know
// anything that the document does not say.

/** A JSON Schema, as far as it is shown. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Body {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

/** An OpenAPI document, as far as it is shown. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A page of the reference; `name` is its address, below `reference/api/`. */
export interface ApiPage {
  readonly name: string;
  readonly markdown: string;
}

const anchorOf = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
const nameOfRef = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);
/** Objects that come in are told from those that go out by this suffix alone. */
const titleOf = (ref: string): string => nameOfRef(ref).replace(/Input$/, '');

/** A cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** What a value may be, in a few words. */
const typeOf = (schema: Schema): string => {
  if (schema.$ref) return `[${titleOf(schema.$ref)}](#${anchorOf(titleOf(schema.$ref))})`;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(typeOf))].join(' or ');
  if (schema.items) return `array of ${typeOf(schema.items)}`;
  const types = [schema.type ?? 'any value'].flat().join(' or ');
  return schema.format ? `${types} (${schema.format})` : types;
};

/** The members of an object, those of objects inside it by their path. */
const membersOf = (schema: Schema, path = ''): (readonly [string, Schema, boolean])[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const at = `${path}${name}`;
    const inner = [member, member.items, ...(member.anyOf ?? [])].find((each) => each?.properties);
    return [
      [at, member, schema.required?.includes(name) ?? false] as const,
      ...(inner ? membersOf(inner, `${at}${member.items ? '[]' : ''}.`) : []),
    ];
  });

const table = (head: string, rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : [
        `| ${head} | type | meaning |`,
        '| --- | --- | --- |',
        ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
        '',
      ];

const rowOf = (name: string, schema: Schema, isRequired: boolean, about = schema.description): string[] => {
  const preset = schema.default === undefined ? '' : ` Default \`${JSON.stringify(schema.default)}\`.`;
  return [
    `\`${name}\`${isRequired ? '' : ' (optional)'}`,
    typeOf(schema),
    `${about ? `${about.replace(/\.$/, '')}.` : ''}${preset}`,
  ];
};

const schemaLines = (schema: Schema): string[] => {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants?.some(({ properties }) => properties))
    return variants.flatMap((variant, at) => [at === 0 ? 'Either' : 'or', '', ...schemaLines(variant)]);
  const rows = membersOf(schema).map(([name, member, isRequired]) => rowOf(name, member, isRequired));
  return rows.length > 0 ? table('member', rows) : [`${typeOf(schema)}.`, ''];
};

const bodyLines = (label: string, { content = {}, description }: Body): string[] =>
  Object.entries(content).flatMap(([type, { schema }]) => {
    const about = description && description !== 'Default Response' ? ` ${description}.` : '';
    return schema ? [`**${label}** (\`${type}\`).${about}`, '', ...schemaLines(schema)] : [];
  });

const operationLines = (method: string, path: string, operation: Operation): string[] => {
  const parameters = (operation.parameters ?? []).map(({ name, schema, required, description }) =>
    rowOf(name, schema, required ?? false, description),
  );
  const answers = Object.entries(operation.responses).filter(([status]) => /^\d+$/.test(status));
  return [
    `## ${operation.summary}`,
    '',
    `\`${method.toUpperCase()} ${path}\``,
    '',
    ...(operation.description ? [operation.description, ''] : []),
    ...table('parameter', parameters),
    ...bodyLines('Body', operation.requestBody ?? {}),
    ...answers.flatMap(([status, answer]) =>
      answer.content ? bodyLines(`Answer ${status}`, answer) : [`**Answer ${status}**, empty.`, ''],
    ),
  ];
};

/** The names of all objects that `value` refers to, and those that they refer to. */
const refsBelow = (value: unknown, document: OpenApiDocument, seen = new Set<string>()): Set<string> => {
  for (const [, ref = ''] of JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)) {
    const name = nameOfRef(ref);
    if (name === 'Error' || seen.has(name)) continue;
    seen.add(name);
    refsBelow(document.components.schemas[name], document, seen);
  }
  return seen;
};

/** One page for each tag, in the order of the document. */
export const apiPages = (document: OpenApiDocument): readonly ApiPage[] => {
  const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tagOf = ({ operation: { tags, summary } }: (typeof calls)[number]): string =>
    tags?.[0] ?? summary.toLowerCase();
  return [...Map.groupBy(calls, tagOf)].map(([tag, ofTag]) => {
    const refs = [...refsBelow(ofTag, document)];
    // An object that is taken and given in one shape is described once.
    const names = refs.filter((name) => !(name.endsWith('Input') && refs.includes(name.slice(0, -5))));
    const markdown = [
      `# API: ${tag}`,
      '',
      `Calls of the management API about ${tag}. Any refusal is an [error](../../errors/README.md) with a stable code.`,
      '',
      ...ofTag.flatMap(({ method, path, operation }) => operationLines(method, path, operation)),
      ...names.flatMap((name) => [
        `## ${titleOf(name)}`,
        '',
        ...schemaLines(document.components.schemas[name] ?? {}),
      ]),
    ];
    return { name: tag.replaceAll(' ', '-'), markdown: `${markdown.join('\n').trimEnd()}\n` };
  });
};
