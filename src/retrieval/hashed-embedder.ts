/** `hashedEmbedder`: vectors of spelling, made without any model. */
import { termsOf } from './terms.ts'
import { normalized, type Embedder } from './vectors.ts'

/**
 * An embedder that hashes the words of a text and the runs of three letters in them into a vector. It needs no model, no
 * network and no package, and gives the same on every machine. What it compares is **spelling, not meaning**: it brings
 * `refunded` to `refunds` and forgives a typing mistake, and knows nothing of synonyms.
 *
 * @param options.dimensions length of the vectors, a whole number from 1 to 9,999. Default: 256.
 */
export function hashedEmbedder({ dimensions = 256 }: { readonly dimensions?: number } = {}): Embedder {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= 9_999))
    throw new RangeError(`dimensions is ${dimensions}, not a whole number from 1 to 9,999`)
  return {
    name: dimensions === 256 ? 'hashed' : `hashed:${dimensions}`,
    // Chance alone brings two texts to about 1 / √dimensions.
    threshold: 0.2,
    embed: (texts) => Promise.resolve(texts.map((text) => hashed(text, dimensions))),
  }
}

function hashed(text: string, dimensions: number): Float32Array {
  const counts = new Map<string, number>()
  const count = (feature: string, weight: number): void => {
    counts.set(feature, (counts.get(feature) ?? 0) + weight)
  }
  for (const term of termsOf(text)) {
    count(term, 1)
    const framed = `^${term}$`
    if (/^[a-z]{3,}$/.test(term)) for (let at = 0; at + 3 <= framed.length; at++) count(framed.slice(at, at + 3), 0.3)
  }
  const vector = new Float32Array(dimensions)
  for (const [feature, weight] of counts) {
    const hash = hashOf(feature)
    const place = hash % dimensions
    // A repeated word counts less each time; the sign lets collisions cancel out.
    const value = Math.sqrt(weight) * (hash & 0x80000000 ? -1 : 1)
    vector[place] = (vector[place] ?? 0) + value
  }
  return normalized(vector)
}

/** FNV-1a over UTF-16 units with a final mix, an unsigned number of 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}
