/** Keys that work wherever no text is being written. */
import { useEffect } from 'react'
import { useApplication, type Application } from '../context.ts'
import { views } from '../state.ts'
import { nextTheme } from './theme.ts'

/** What the help shows. */
export const shortcuts: readonly (readonly [keys: string, what: string])[] = [
  ['1 … 6', 'Graph, statechart, sequence, events, waterfall, messages'],
  ['/', 'Search sessions'],
  ['c', 'Write a message'],
  ['[ ]', 'The turn before, the next turn'],
  ['l', 'Follow the latest turn'],
  ['j k ↑ ↓', 'The next and the previous row of a list'],
  ['s', 'Send an event'],
  ['x', 'Context and usage'],
  ['p', 'Show or hide the panel'],
  ['t', 'Light, dark, as the system'],
  ['Esc', 'Close the detail, leave a field'],
  ['?', 'This help'],
]

/** Listens for the keys as long as the page is there. */
export function useShortcuts(): void {
  const application = useApplication()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const target = event.target as HTMLElement
      if (target.closest('input, textarea, select, [contenteditable]')) {
        if (event.key === 'Escape') target.blur()
        return
      }
      if (press(event.key, application)) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [application])
}

function press(key: string, { feed, look }: Application): boolean {
  const view = views[Number(key) - 1]
  if (view) look.go({ view })
  else if (key === '/') {
    look.listOpen.set(true)
    focusSoon('#session-search')
  } else if (key === 'c') {
    look.showTab('chat')
    focusSoon('#chat-text')
  } else if (key === 's') look.showTab('send')
  else if (key === 'x') look.showTab('context')
  else if (key === 't') nextTheme()
  else if (key === 'p') look.sideOpen.set(!look.sideOpen.value)
  else if (key === '?') look.help.set(!look.help.value)
  else if (key === 'l') look.scope.set(look.scope.value === 'latest' ? 'all' : 'latest')
  else if (key === '[' || key === ']') stepTurn({ feed, look }, key === '[' ? -1 : 1)
  else if (key === 'Escape') leave(look)
  else return false
  return true
}

function leave(look: Application['look']): void {
  if (look.help.value) look.help.set(false)
  else if (look.listOpen.value) look.listOpen.set(false)
  else look.select(undefined)
}

function stepTurn({ feed, look }: Application, step: number): void {
  const turns = feed.session.value?.view.value?.state.turns ?? []
  const at = turns.findIndex(({ traceId }) => traceId === look.scope.value)
  const next = at < 0 ? turns.length - 1 : Math.min(turns.length - 1, Math.max(0, at + step))
  const turn = turns[next]
  if (turn) look.scope.set(turn.traceId)
}

/** After the panel with the field is drawn. */
function focusSoon(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus())
}
