/** Vectors: the port that makes them, and a table of them that is searched by looking at each. */

/** Makes vectors of texts, so that texts which mean alike have a large inner product. */
export interface Embedder {
  /**
   * Names the model and its settings, such as `openai:text-embedding-3-small`. An index keeps it: vectors of different
   * names are never compared.
   */
  readonly name: string
  /**
   * The similarity (cosine, -1 to 1) from which on two texts have something to do with each other; what is below is not
   * found. Default: 0.
   */
  readonly threshold?: number
  /** A vector for each text, in their order, all of one length. Rejects when that fails, and when `signal` is aborted. */
  embed(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<readonly Float32Array[]>
}

/** A row that is near to a vector. */
export interface Neighbour {
  readonly id: number
  /** Cosine, -1 to 1. */
  readonly similarity: number
}

/** The vector in length 1, so that an inner product is a cosine; a vector of zeros stays one. */
export function normalized(vector: Float32Array): Float32Array {
  let sum = 0
  for (const value of vector) sum += value * value
  if (sum === 0 || Math.abs(sum - 1) < 1e-6) return vector
  const factor = 1 / Math.sqrt(sum)
  return vector.map((value) => value * factor)
}

/**
 * Vectors of one length under numbers, in one block of memory. A search looks at every one: 10,000 vectors of 512 numbers
 * take some 5 ms, which is less than an approximate index costs to keep.
 */
export class VectorTable {
  #vectors = new Float32Array(0)
  #dimensions = 0
  readonly #ids: number[] = []
  readonly #places = new Map<number, number>()

  get size(): number {
    return this.#ids.length
  }

  /** Length of the vectors; 0 before the first. */
  get dimensions(): number {
    return this.#dimensions
  }

  ids(): Iterable<number> {
    return this.#places.keys()
  }

  has(id: number): boolean {
    return this.#places.has(id)
  }

  /** Adds a vector of length 1. False when its number of dimensions is another than that of the first. */
  add(id: number, vector: Float32Array): boolean {
    if (this.#ids.length === 0) this.#dimensions = vector.length
    if (vector.length !== this.#dimensions) return false
    const place = this.#places.get(id) ?? this.#ids.length
    const start = place * this.#dimensions
    if (start + vector.length > this.#vectors.length) {
      const larger = new Float32Array(Math.max(64 * vector.length, this.#vectors.length * 2))
      larger.set(this.#vectors)
      this.#vectors = larger
    }
    this.#vectors.set(vector, start)
    this.#ids[place] = id
    this.#places.set(id, place)
    return true
  }

  /** Removes a vector; the last one takes its place. */
  delete(id: number): void {
    const place = this.#places.get(id)
    if (place === undefined) return
    const last = this.#ids.length - 1
    const moved = this.#ids[last] as number
    const size = this.#dimensions
    this.#vectors.copyWithin(place * size, last * size, (last + 1) * size)
    this.#ids[place] = moved
    this.#places.set(moved, place)
    this.#ids.pop()
    this.#places.delete(id)
  }

  /** The nearest `limit` rows with at least `threshold`, nearest first; of equals the smaller number first. */
  nearest(vector: Float32Array, limit: number, threshold: number): Neighbour[] {
    const size = this.#dimensions
    const best: Neighbour[] = []
    if (vector.length !== size || limit < 1) return best
    const vectors = this.#vectors
    const used = placesOf(vector)
    const product = used.length * 2 < size ? sparseProduct : denseProduct
    let least = threshold
    for (let place = 0; place < this.#ids.length; place++) {
      const similarity = product(vectors, place * size, vector, used)
      // A vector of zeros is near to nothing.
      if (similarity < least || similarity === 0) continue
      insert(best, { id: this.#ids[place] as number, similarity })
      if (best.length <= limit) continue
      best.pop()
      least = best[limit - 1]?.similarity ?? threshold
    }
    return best
  }
}

function insert(best: Neighbour[], row: Neighbour): void {
  let place = best.length
  while (place > 0) {
    const before = best[place - 1] as Neighbour
    if (before.similarity > row.similarity || (before.similarity === row.similarity && before.id < row.id)) break
    place--
  }
  best.splice(place, 0, row)
}

/** Where a vector is not zero. */
function placesOf(vector: Float32Array): Uint16Array {
  const places: number[] = []
  vector.forEach((value, place) => {
    if (value !== 0) places.push(place)
  })
  return Uint16Array.from(places)
}

/** For vectors of few words, which are zero nearly everywhere. */
function sparseProduct(vectors: Float32Array, start: number, vector: Float32Array, used: Uint16Array): number {
  let sum = 0
  for (let index = 0; index < used.length; index++) {
    const place = used[index] as number
    sum += (vectors[start + place] as number) * (vector[place] as number)
  }
  return sum
}

function denseProduct(vectors: Float32Array, start: number, vector: Float32Array): number {
  // Four sums at a time: a single one would make each addition wait for the last.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let index = 0
  for (const end = vector.length - 3; index < end; index += 4) {
    const at = start + index
    a += (vectors[at] as number) * (vector[index] as number)
    b += (vectors[at + 1] as number) * (vector[index + 1] as number)
    c += (vectors[at + 2] as number) * (vector[index + 2] as number)
    d += (vectors[at + 3] as number) * (vector[index + 3] as number)
  }
  for (; index < vector.length; index++) a += (vectors[start + index] as number) * (vector[index] as number)
  return a + b + c + d
}
