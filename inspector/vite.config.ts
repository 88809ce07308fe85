import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Where `troupe serve` has it.
  base: '/inspector/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // What the page's `light-dark()` and nesting need anyway.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy of the server allows no inline script; the fallback for old browsers would be one request more.
    modulePreload: { polyfill: false },
    // Nothing is turned into a data: URL, which the policy would refuse.
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
    // The layout engine; it is loaded by a worker, after the page.
    chunkSizeWarningLimit: 1_700,
  },
})
