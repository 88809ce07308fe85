#!/usr/bin/env node
// Starts the CLI: from its TypeScript sources in a checkout, from dist in the published package.
import { existsSync } from 'node:fs'
import { register as registerHooks } from 'node:module'
import { register as registerTsx } from 'tsx/esm/api'

const inCheckout = existsSync(new URL('../src/cli/main.ts', import.meta.url))
const root = new URL(inCheckout ? '../src/' : '../dist/', import.meta.url)
const extension = inCheckout ? 'ts' : 'js'

// tsx first: hooks run in reverse order of registration, and ours has to see a specifier before tsx does.
registerTsx()
registerHooks('./agent-file-hooks.js', import.meta.url, {
  data: {
    troupe: new URL(`index.${extension}`, root).href,
    'troupe/server': new URL(`server/index.${extension}`, root).href,
    'troupe/testing': new URL(`testing/index.${extension}`, root).href,
  },
})

await import(new URL(`cli/main.${extension}`, root).href)
