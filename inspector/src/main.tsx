/** Starts the page: finds the feed, reads the address, draws. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { ApplicationContext } from './context.ts'
import { InspectorFeed } from './feed/inspector-feed.ts'
import { takeToken } from './feed/token.ts'
import { applyTheme } from './shell/theme.ts'
import { LookState, readPlace, writePlace } from './state.ts'
import './styles/index.css'

applyTheme()

const token = takeToken()
// Beside the page, so that it is found behind a proxy with a path too.
const url = new URL('../inspect', new URL(import.meta.env.BASE_URL, location.href))
url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
if (token !== undefined) url.searchParams.set('token', token)

const look = new LookState(readPlace(location.hash))
const feed = new InspectorFeed(url.href)
feed.open(look.place.value.session)

look.place.watch(() => {
  const fragment = writePlace(look.place.value)
  if (fragment !== location.hash) history.pushState(null, '', fragment)
  feed.open(look.place.value.session)
})
const followAddress = () => look.go(readPlace(location.hash))
addEventListener('popstate', followAddress)
addEventListener('hashchange', followAddress)

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <ApplicationContext value={{ feed, look }}>
      <App />
    </ApplicationContext>
  </StrictMode>,
)
