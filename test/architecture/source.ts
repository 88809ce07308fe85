import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readImports } from './imports.ts'

/** Texts by path; paths are relative to the repository and written with `/`. */
export type SourceFiles = ReadonlyMap<string, string>

/** An import of one file of the repository by another. */
export interface Dependency {
  readonly from: string
  readonly to: string
  readonly line: number
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SOURCE_NAME = /\.(?:[cm]?[jt]s|[jt]sx)$/
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist'])

/** Reads the sources below the named folders; a folder that does not exist has none. */
export function readSources(...folders: string[]): SourceFiles {
  const files = new Map<string, string>()
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) visit(path)
      else if (entry.isFile() && SOURCE_NAME.test(entry.name)) files.set(path, readFileSync(join(ROOT, path), 'utf8'))
    }
  }
  const present = new Set(readdirSync(ROOT))
  for (const folder of folders) {
    if (present.has(folder.split('/')[0] ?? '')) visit(folder)
  }
  return files
}

/** Reads one file of the repository. */
export function readRepositoryFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Returns the relative imports between the given files, and those that lead nowhere as faults. */
export function readDependencies(files: SourceFiles): { dependencies: Dependency[]; faults: string[] } {
  const dependencies: Dependency[] = []
  const faults: string[] = []
  for (const [from, text] of files) {
    for (const { specifier, line } of readImports(text)) {
      if (!specifier.startsWith('.')) continue
      const to = join(dirname(from), specifier).replaceAll('\\', '/')
      if (files.has(to)) dependencies.push({ from, to, line })
      else faults.push(`${from}:${line} imports ${specifier}, which is no source file`)
    }
  }
  return { dependencies, faults }
}
