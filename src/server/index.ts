/** The HTTP server: `troupe/server`. */
export { createApp, type App } from './app.ts'
export { HttpError, type ErrorBody, type ErrorStatus } from './errors.ts'
export { ApiKeyError, type ApiKey } from './keys.ts'
export { Metrics, type MetricsOptions } from './metrics.ts'
export type { ServerLimits } from './limits.ts'
export type { AppOptions, ServerLog } from './options.ts'
export { serve, ServeError, type RunningServer, type ServeOptions } from './serve.ts'
