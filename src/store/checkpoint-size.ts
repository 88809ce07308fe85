/** The ceiling of checkpoints: what is stored with every step must not grow unseen. */
import { CheckpointTooLargeError } from './errors.ts'

/** 1 MB: a thousand times what a checkpoint usually has. */
export const defaultMaxCheckpointBytes = 1_000_000

/** A value inside of a JSON value, with its size as JSON text in bytes. */
export interface SizedPath {
  /** Such as `$.snapshot.children.llm`. */
  readonly path: string
  readonly size: number
}

/**
 * The values inside a JSON value that take the most room, largest first, down to `depth` levels (default 8), at most
 * `limit` (default 20). A container is listed with all that it holds.
 */
export function sizeByPath(
  value: unknown,
  { depth = 8, limit = 20 }: { depth?: number; limit?: number } = {},
): SizedPath[] {
  const sizes: SizedPath[] = []
  const visit = (inner: unknown, path: string, level: number): void => {
    const text = JSON.stringify(inner) as string | undefined
    if (text === undefined) return
    sizes.push({ path, size: Buffer.byteLength(text) })
    if (level === depth || typeof inner !== 'object' || inner === null) return
    for (const [key, member] of Object.entries(inner)) {
      visit(member, Array.isArray(inner) ? `${path}[${key}]` : `${path}.${key}`, level + 1)
    }
  }
  visit(value, '$', 0)
  return sizes.sort((a, b) => b.size - a.size || a.path.length - b.path.length).slice(0, limit)
}

/** Refuses a checkpoint over the ceiling with a {@link CheckpointTooLargeError} that names what is too big in it. */
export function assertCheckpointSize(sessionId: string, checkpoint: string, ceiling: number): void {
  // No UTF-16 unit takes more than three bytes, so most checkpoints need not be counted.
  if (checkpoint.length * 3 <= ceiling) return
  const size = Buffer.byteLength(checkpoint)
  if (size > ceiling) throw new CheckpointTooLargeError(sessionId, size, ceiling, largestPart(checkpoint, size))
}

/** The innermost value that holds more than half of the text. */
function largestPart(checkpoint: string, size: number): SizedPath {
  let value: unknown
  try {
    value = JSON.parse(checkpoint)
  } catch {
    return { path: '$', size }
  }
  const large = sizeByPath(value, { depth: 16, limit: 64 }).filter((part) => part.size > size / 2)
  return large.at(-1) ?? { path: '$', size }
}
