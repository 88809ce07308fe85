/** The result of an MCP tool as text for the model. */
import type { ToolCallResult } from './connection.ts'

type Part = ToolCallResult['content'][number]

/** Texts as they are; of what is no text, a note. A result that is structured only is JSON. */
export function textOfResult({ content, structuredContent }: ToolCallResult): string {
  const texts = ((content as ToolCallResult['content'] | undefined) ?? []).map(textOfPart)
  // A server that structures its result repeats it as text for clients that read no structures.
  if (structuredContent !== undefined && !content.some(({ type }) => type === 'text'))
    texts.push(JSON.stringify(structuredContent))
  return texts.join('\n')
}

function textOfPart(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'image':
    case 'audio':
      return `[${part.type} of type ${part.mimeType}, ${bytesOf(part.data)} bytes: it cannot be shown here]`
    case 'resource_link':
      return `[resource ${part.name}: ${part.uri}]`
    case 'resource': {
      const { resource } = part
      if ('text' in resource) return `[resource ${resource.uri}]\n${resource.text}`
      return `[resource ${resource.uri} of type ${resource.mimeType ?? 'unknown'}, ${bytesOf(resource.blob)} bytes: it cannot be shown here]`
    }
  }
}

function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}
