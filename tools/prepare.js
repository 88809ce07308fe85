// `npm ci` in a checkout builds the inspector's page. Without the tools for it (an installation for production) there is
// nothing to do, as the package has the page; and no page is a reason to have no engine.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const configFile = fileURLToPath(new URL('../inspector/vite.config.ts', import.meta.url))
// React has a development build, which is several times as large.
process.env.NODE_ENV = 'production'

if (existsSync(configFile)) {
  const vite = await import('vite').catch(() => undefined)
  try {
    // Only what stops it: the timing of plugins is for `npm run build:inspector`.
    await vite?.build({ configFile, logLevel: 'error' })
  } catch (error) {
    process.stderr.write(
      `The inspector's page could not be built: ${error instanceof Error ? error.message : String(error)}\n`,
    )
  }
}
