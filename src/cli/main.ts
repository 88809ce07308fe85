/** The command line. The launcher loads this module; it runs the command that the arguments name. */
import { CommanderError } from 'commander'
import { runAtExit } from '../core/at-exit.ts'
import { isVerbose, reportError } from './report-error.ts'
import { makeProgram } from './program.ts'

// Whoever read our output has gone (`troupe … | head`): there is nobody left to write for.
process.stdout.on('error', leaveQuietly)
process.stderr.on('error', leaveQuietly)

const verbose = isVerbose(process.argv.includes('--verbose'))

// Code of an agent that throws outside its handlers.
process.on('uncaughtException', (error) => {
  reportError(error, verbose)
  process.exit(1)
})

process.exitCode = await run()
// Such as the processes of MCP servers.
await runAtExit()
// An agent's file may have left timers or connections open; what was written has to leave first.
await new Promise((resolve) => process.stdout.write('', resolve))
process.exit()

async function run(): Promise<number> {
  const result = { exitCode: 0 }
  try {
    await makeProgram(result).parseAsync()
    return result.exitCode
  } catch (error) {
    // Commander has printed what it found wrong, or the help.
    if (error instanceof CommanderError) return error.exitCode
    reportError(error, verbose)
    return 1
  }
}

function leaveQuietly(error: NodeJS.ErrnoException): void {
  // EIO: the terminal was closed.
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  process.exit(process.exitCode ?? 0)
}
