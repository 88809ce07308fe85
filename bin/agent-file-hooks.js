// Module hooks for agent files: wherever such a file lives, `troupe` is the copy of the library that runs it.
import { readFile } from 'node:fs/promises'

/** @type {Record<string, string>} */
let entries = {}

/** @param {Record<string, string>} data bare specifier -> URL of the entry */
export function initialize(data) {
  entries = data
}

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(entries[specifier] ?? specifier, context)
  // A file outside a package of type "module" would be loaded by require, which these hooks do not reach.
  return (await isMislabelledModule(resolved)) ? { ...resolved, format: 'module' } : resolved
}

/** @param {{ url: string, format?: string | null | undefined }} resolved */
async function isMislabelledModule({ url, format }) {
  if (format !== 'commonjs' || !url.startsWith('file:') || url.includes('/node_modules/')) return false
  const path = new URL(url)
  if (!/\.[jt]sx?$/.test(path.pathname)) return false
  return /^\s*(?:import|export)\b(?!\s*\()/m.test(await readFile(path, 'utf8'))
}
