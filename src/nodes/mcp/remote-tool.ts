/** A tool of an MCP server as a tool of Troupe. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Json } from '../../core/json.ts'
import type { Tool } from '../tool.ts'
import type { ListedTool, McpConnection } from './connection.ts'
import { McpError } from './mcp-error.ts'
import { textOfResult } from './read-result.ts'

/** How the tools of a server are taken in. */
export interface RemoteToolOptions {
  /** The name of the server. */
  readonly server: string
  readonly prefix: string
  /** Whether calls of the tool wait for a person. */
  readonly needsApproval: boolean
  /** Milliseconds. */
  readonly timeout: number | undefined
}

const longestName = 64

/** Makes the tool. It is `idempotent` when its server says that it only reads, or that a repeat does no harm. */
export function remoteTool(connection: McpConnection, listed: ListedTool, options: RemoteToolOptions): Tool {
  const { annotations = {} } = listed
  const idempotent = annotations.readOnlyHint === true || annotations.idempotentHint === true
  const { $schema: _, ...jsonSchema } = listed.inputSchema as Record<string, unknown>
  return {
    name: nameOf(options.prefix, listed.name),
    description: listed.description ?? annotations.title ?? listed.title ?? listed.name,
    parameters: parametersOf(jsonSchema),
    jsonSchema,
    idempotent,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.needsApproval ? { needsApproval: () => true } : {}),
    async run(args, { signal, progress }) {
      const result = await connection.call({
        name: listed.name,
        args: args as Record<string, unknown>,
        repeatable: idempotent,
        signal,
        onProgress: ({ progress: done, total, message }) =>
          progress({ progress: done, ...(total === undefined ? {} : { total }), ...(message ? { message } : {}) }),
      })
      const text = textOfResult(result)
      if (result.isError) throw new McpError('mcp_call_failed', options.server, text || 'the call failed.')
      return text
    },
  }
}

/** A name that models accept: what they do not becomes `_`, and what is too long ends in a hash of the whole. */
function nameOf(prefix: string, name: string): string {
  const clean = `${prefix}${name}`.replaceAll(/[^a-zA-Z0-9_-]/g, '_')
  if (clean.length <= longestName) return clean
  const hash = createHash('sha256').update(`${prefix}${name}`).digest('hex').slice(0, 8)
  return `${clean.slice(0, longestName - hash.length - 1)}_${hash}`
}

/**
 * A schema that refuses what the server's refuses and changes nothing, so that the server gets what the model wrote. One
 * that cannot be read here lets all objects through: the server looks at them itself.
 */
function parametersOf(jsonSchema: Record<string, unknown>): z.ZodType {
  const open = z.record(z.string(), z.json())
  let strict: z.ZodType
  try {
    strict = z.fromJSONSchema(jsonSchema as never)
  } catch {
    return open
  }
  return open.check((context) => {
    const parsed = strict.safeParse(context.value as Json)
    if (parsed.success) return
    for (const { path, message } of parsed.error.issues)
      context.issues.push({ code: 'custom', path: [...path], message, input: context.value })
  })
}
