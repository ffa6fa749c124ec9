// What a tool of the MCP server is, and how its outcome is told to a model: structured where it worked, and where it did not as an error
// that says what to do. MUST NOT put the server's own token into either.

import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { ValetkeyError } from '@valetkey/sdk';
import type { z } from 'zod';

/** One tool. `act` throws a `ValetkeyError` or a `TypeError` where it can not be done; what it returns is checked against `output`. */
export interface Tool<Input extends z.ZodRawShape = z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  /** For models: what it does, when to use it, what they have to know about the result. */
  readonly description: string;
  readonly input: Input;
  readonly output: z.ZodRawShape;
  readonly annotations: ToolAnnotations;
  readonly act: (input: z.infer<z.ZodObject<Input>>) => Promise<object>;
}

/** A tool, its `act` typed by its input. */
export const defineTool = <const Input extends z.ZodRawShape>(tool: Tool<Input>): Tool =>
  tool as unknown as Tool;

/** The outcome as MCP has it. The text is the same JSON, for hosts that do not read structured content. */
export async function outcomeOf(act: () => Promise<object>): Promise<CallToolResult> {
  try {
    const output = await act();
    const text = JSON.stringify(output, null, 2);
    return { content: [{ type: 'text', text }], structuredContent: { ...output } };
  } catch (thrown) {
    const text = explain(thrown);
    if (text === null) throw thrown;
    return { content: [{ type: 'text', text }], isError: true };
  }
}

function explain(thrown: unknown): string | null {
  if (thrown instanceof TypeError) return thrown.message;
  if (!(thrown instanceof ValetkeyError)) return null;
  const { code, message, advice, violations } = thrown;
  const beyond = violations.map((violation) => `- ${violation.member}: ${violation.message}`);
  return [`${code}: ${message}`, ...beyond, `What to do: ${advice}`].join('\n');
}
