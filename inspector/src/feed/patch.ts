/** Applies the patches of a batch to a document, leaving the document as it was and sharing what did not change. */
import type { JsonValue, Patch } from '../../../src/inspect/protocol.ts'

/** A patch names a place that the document does not have: the page and the session have come apart. */
export class PatchError extends Error {
  override readonly name = 'PatchError'

  constructor(path: string) {
    super(`The document has no ${path}.`)
  }
}

/**
 * The document after the patches (RFC 6902: add, replace, remove).
 * @throws PatchError when a place does not exist.
 */
export function applyPatches<Document>(document: Document, patches: readonly Patch[]): Document {
  // Copied in this call already, so ours to change.
  const own = new WeakSet<object>()
  const root = { document: document as unknown as JsonValue }
  own.add(root)
  for (const patch of patches) applyPatch(root, own, patch)
  return root.document as unknown as Document
}

type Container = { [key: string]: JsonValue } | JsonValue[]

function applyPatch(root: { document: JsonValue }, own: WeakSet<object>, patch: Patch): void {
  const keys = ['document', ...patch.path.split('/').slice(1).map(unescapeKey)]
  const last = keys.pop() as string
  let at: Container = root
  for (const key of keys) at = ownChild(at, key, own, patch.path)
  if (Array.isArray(at)) patchArray(at, last, patch)
  else if (patch.op === 'remove') {
    if (!Object.hasOwn(at, last)) throw new PatchError(patch.path)
    delete at[last]
  } else setMember(at, last, patch.value)
}

function ownChild(parent: Container, key: string, own: WeakSet<object>, path: string): Container {
  const child = Object.hasOwn(parent, key) ? (parent as { [key: string]: JsonValue })[key] : undefined
  if (typeof child !== 'object' || child === null) throw new PatchError(path)
  if (own.has(child)) return child as Container
  const copy: Container = Array.isArray(child)
    ? [...(child as JsonValue[])]
    : { ...(child as { [key: string]: JsonValue }) }
  own.add(copy)
  setMember(parent, key, copy)
  return copy
}

/** JSON may have a member `__proto__`; an assignment would make it the object's prototype. */
function setMember(container: Container, key: string, value: JsonValue): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
}

function patchArray(array: JsonValue[], key: string, patch: Patch): void {
  const index = key === '-' ? array.length : Number(key)
  const last = patch.op === 'add' ? array.length : array.length - 1
  if (!Number.isInteger(index) || index < 0 || index > last) throw new PatchError(patch.path)
  if (patch.op === 'remove') array.splice(index, 1)
  else if (patch.op === 'add') array.splice(index, 0, patch.value)
  else array[index] = patch.value
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~')
}
