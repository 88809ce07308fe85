/**
 * What runs in the thread of `fliteSpeech`. It is text, as a thread takes no TypeScript where this package runs from its
 * sources, and uses nothing but Node. Each sentence comes with the folder to write to.
 *
 * `node:wasi` warns that it is experimental, which who uses this package can do nothing about: the thread, and only it,
 * prints no warnings.
 */
export const fliteProgram = `
const { openSync, readFileSync } = require('node:fs')
const { devNull } = require('node:os')
const { join } = require('node:path')
const { parentPort, workerData: { path, voice } } = require('node:worker_threads')
process.removeAllListeners('warning')
const { WASI } = require('node:wasi')
const module = new WebAssembly.Module(readFileSync(path))
const silence = { stdin: openSync(devNull, 'r'), stdout: openSync(devNull, 'w'), stderr: openSync(devNull, 'w') }

parentPort.on('message', async ({ text, folder }) => {
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', '-voice', voice, '-t', text, '-o', 'speech.wav'],
      preopens: { '.': folder },
      returnOnExit: true,
      ...silence,
    })
    const code = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()))
    if (code !== 0) throw new Error('it ended with ' + code)
    parentPort.postMessage({ wav: new Uint8Array(readFileSync(join(folder, 'speech.wav'))) })
  } catch (error) {
    parentPort.postMessage({ failure: String(error && error.message || error) })
  }
})
`
