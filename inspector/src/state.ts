/** What the person looks at: the session, the view, the turn, what is selected. Most of it is in the address. */
import { Cell } from './feed/cell.ts'

/** The views, in the order of their keys 1 to 6. */
export const views = ['graph', 'statechart', 'sequence', 'events', 'waterfall', 'messages'] as const
export type ViewName = (typeof views)[number]

/** What the views show: everything, the newest turn, or one turn by its traceId. */
export type Scope = 'all' | 'latest' | (string & {})

/** What is shown in detail. */
export type Selection =
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'record'; readonly seq: number }
  | { readonly kind: 'state'; readonly id: string }
  | undefined

/** Tabs of the panel at the side. */
export const sideTabs = ['chat', 'detail', 'send', 'context'] as const
export type SideTab = (typeof sideTabs)[number]

/** Where the person is. */
export interface Place {
  readonly session: string | undefined
  readonly view: ViewName
}

/** The place that an address names; its fragment is `#/<session>/<view>`. */
export function readPlace(fragment: string): Place {
  const [session, view] = fragment.replace(/^#\/?/, '').split('/')
  const known = views.find((name) => name === view) ?? 'graph'
  // Ids of sessions need no escape, but what stands in the address may be anything.
  return { session: session === undefined || session === '' ? undefined : decode(session), view: known }
}

/** The fragment of a place. */
export function writePlace({ session, view }: Place): string {
  return session === undefined ? '#/' : `#/${encodeURIComponent(session)}/${view}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Cells of what the person looks at. */
export class LookState {
  readonly place: Cell<Place>
  readonly scope = new Cell<Scope>('all')
  readonly selection = new Cell<Selection>(undefined)
  readonly tab = new Cell<SideTab>('chat')
  readonly sideOpen = new Cell(true)
  readonly help = new Cell(false)
  /** On narrow windows the list of sessions lies over the page. */
  readonly listOpen: Cell<boolean>

  constructor(place: Place) {
    this.place = new Cell(place)
    this.listOpen = new Cell(place.session === undefined)
  }

  /** Goes to a session or a view. */
  go(place: Partial<Place>): void {
    const before = this.place.value
    const next = { ...before, ...place }
    if (next.session !== before.session) {
      this.select(undefined)
      this.scope.set('all')
      this.listOpen.set(false)
    }
    this.place.set(next)
  }

  /** Shows something in detail. */
  select(selection: Selection): void {
    this.selection.set(selection)
    if (selection) this.showTab('detail')
    else if (this.tab.value === 'detail') this.tab.set('chat')
  }

  /** Shows a tab of the panel at the side. */
  showTab(tab: SideTab): void {
    this.tab.set(tab)
    this.sideOpen.set(true)
  }
}
