// A test that prints something it did not announce fails: warnings of XState or Node are never lost in the log.
import { format } from 'node:util'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { recordOutput, takeOutputFaults } from './expect-console.ts'

// Held before any test can install fake timers.
const nextMacrotask = setImmediate

// Files share a process (see vitest.config.ts): what they print is watched once.
const watched = Symbol.for('troupe.test.console')
if (!Reflect.has(globalThis, watched)) {
  Reflect.set(globalThis, watched, true)
  for (const [name, original] of Object.entries(console)) {
    if (typeof original !== 'function' || name === 'Console') continue
    const record = (...args: unknown[]) => {
      // Only a failed assert prints.
      if (name === 'assert' && args.shift()) return
      recordOutput({ source: `console.${name}`, text: format(...args) })
    }
    Object.assign(console, { [name]: record })
  }

  process.on('warning', (warning) => {
    recordOutput({ source: 'process warning', text: `${warning.name}: ${warning.message}` })
  })
  process.on('unhandledRejection', (reason) => {
    recordOutput({ source: 'unhandled rejection', text: format(reason) })
  })
}

// Output while the file loads belongs to its first test, output after the last test to the file.
beforeEach(failOnOutput)
afterEach(failOnOutput)
afterAll(failOnOutput)

async function failOnOutput(): Promise<void> {
  // Warnings and rejections are reported after the microtasks of the test; one turn of the event loop brings them all.
  await new Promise((resolve) => nextMacrotask(resolve))
  const faults = takeOutputFaults()
  if (faults.length > 0) throw new Error(faults.join('\n'))
}
