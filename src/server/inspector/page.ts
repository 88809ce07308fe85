/** The files of the inspector's page, as `npm run build:inspector` makes them. They hold nothing of any session. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import type { Hono, MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { secureHeaders } from 'hono/secure-headers'
import type { ServerEnv } from '../context.ts'

// The same place seen from src and from dist.
const builtPage = fileURLToPath(new URL('../../../inspector/dist', import.meta.url))

const notBuilt = `The inspector's page is not built.
In a checkout of Troupe, run: npm run build:inspector
`

const own = ["'self'"]
const none = ["'none'"]

/** Serves the page under `/inspector/`, from the folder `root`. */
export function addInspectorPage(app: Hono<ServerEnv>, root = builtPage): void {
  app.use(
    '/inspector/*',
    secureHeaders({
      xFrameOptions: 'DENY',
      strictTransportSecurity: false,
      // Its own files and its own feed; no text of a session can make it ask anybody else.
      contentSecurityPolicy: {
        defaultSrc: none,
        scriptSrc: own,
        styleSrc: own,
        imgSrc: own,
        connectSrc: own,
        workerSrc: own,
        baseUri: none,
        formAction: none,
        frameAncestors: none,
      },
    }),
  )
  app.use('/inspector/*', compress())
  // Paths are relative: the app may be mounted under another.
  app.get('/inspector', (context) => context.redirect(`inspector/${new URL(context.req.url).search}`))
  let files: MiddlewareHandler | undefined
  app.get('/inspector/*', (context, next) => {
    // It may be built while the server runs.
    files ??= existsSync(root) ? filesOf(root) : undefined
    return files ? files(context, next) : next()
  })
  app.get('/inspector/', (context) => context.text(notBuilt, 503))
}

function filesOf(root: string): MiddlewareHandler {
  const serve = serveStatic({ root, rewriteRequestPath: (path) => path.replace(/^.*?\/inspector\//, '/') })
  return async (context, next) => {
    let found = true
    const answer = await serve(context, () => {
      found = false
      return next()
    })
    // The name of an asset has a hash of what is in it.
    const isAsset = context.req.path.includes('/inspector/assets/')
    if (found && answer)
      answer.headers.set('cache-control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache')
    return answer
  }
}
