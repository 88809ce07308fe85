/** The port behind which texts become vectors, and the embedders that a name can say. */
import { energeticEmbedder } from './energetic-embedder.ts'
import { hashedEmbedder } from './hashed-embedder.ts'
import { IndexError } from './index-error.ts'
import { openaiEmbedder } from './openai-embedder.ts'
import type { Embedder } from './vectors.ts'

/**
 * The embedder of a name: `openai:MODEL` or `openai:MODEL@DIMENSIONS` (any OpenAI-compatible server), `energetic` (offline, English), `hashed` or
 * `hashed:DIMENSIONS` (spelling, not meaning); null for `none`, keywords only.
 * @throws IndexError with code `index_embedder` for any other name.
 */
export function embedderOf(name: string): Embedder | null {
  const [kind = '', ...rest] = name.split(':')
  const setting = rest.join(':')
  if (name === 'none') return null
  if (name === 'energetic') return energeticEmbedder()
  if (kind === 'openai' && setting !== '') {
    const [, model = setting, dimensions] = /^(.+)@([1-9]\d*)$/.exec(setting) ?? []
    return openaiEmbedder({ model, ...(dimensions === undefined ? {} : { dimensions: Number(dimensions) }) })
  }
  if (name === 'hashed') return hashedEmbedder()
  if (kind === 'hashed' && /^[1-9]\d{0,3}$/.test(setting)) return hashedEmbedder({ dimensions: Number(setting) })
  throw new IndexError(
    'index_embedder',
    `'${name}' names no embeddings. Known are openai:MODEL | energetic | hashed[:DIMENSIONS] | none; an embedder of your own is given to openIndex.`,
  )
}
