import { isBuiltin } from 'node:module'
import { readImports } from './imports.ts'
import type { SourceFiles } from './source.ts'

const LONGEST_FILE = 400
const SMALL_FILE = 120

/** Faults: files of more than 400 lines. */
export function findLengthFaults(files: SourceFiles): string[] {
  return [...files]
    .filter(([, text]) => countLines(text) > LONGEST_FILE)
    .map(([path, text]) => `${path}:${countLines(text)} has more than ${LONGEST_FILE} lines`)
}

/** Faults: folders that hold one small file and nothing else. Such a folder is a file. */
export function findLonelyFileFaults(files: SourceFiles): string[] {
  const entries = new Map<string, Set<string>>()
  for (const path of files.keys()) {
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      entries.set(folder, (entries.get(folder) ?? new Set()).add(parts.slice(0, depth + 1).join('/')))
    }
  }
  return [...entries.values()].flatMap((children) => {
    const [child = ''] = children
    const text = files.get(child)
    if (children.size !== 1 || text === undefined || countLines(text) >= SMALL_FILE) return []
    return `${child}:1 is alone in its folder and has under ${SMALL_FILE} lines; make the folder a file`
  })
}

/** Faults: imports of packages that package.json does not declare for its users. */
export function findUndeclaredFaults(files: SourceFiles, declared: ReadonlySet<string>): string[] {
  return [...files].flatMap(([path, text]) =>
    readImports(text)
      .filter(({ specifier }) => !specifier.startsWith('.') && !isBuiltin(specifier))
      .filter(({ specifier }) => !declared.has(packageOf(specifier)))
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}, which package.json does not declare`),
  )
}

/** Returns the packages that a user of the package may have: dependencies, optional and peer ones. */
export function readDeclaredPackages(packageJson: string): Set<string> {
  const manifest = JSON.parse(packageJson) as Record<string, Record<string, string> | undefined>
  const groups = ['dependencies', 'optionalDependencies', 'peerDependencies']
  return new Set(groups.flatMap((group) => Object.keys(manifest[group] ?? {})))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function countLines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
