/** A list of which only the visible rows exist; it follows its end, and is walked with the arrow keys. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react'

interface Props {
  readonly label: string
  readonly count: number
  /** Height of a row in pixels. */
  readonly rowHeight: number
  readonly rowKey: (index: number) => string | number
  readonly row: (index: number) => ReactNode
  readonly selected: number
  readonly onSelect: (index: number, by: 'pointer' | 'key') => void
  /** Stays at the newest row until the person scrolls up. */
  readonly follow?: boolean
  /** Above the rows, and scrolled sideways with them. */
  readonly header?: ReactNode
  readonly className?: string
  /** Called when the last row comes into sight. */
  readonly onEnd?: () => void
}

const nearEnd = 40

/** The list. */
export function RowList(props: Props) {
  const { label, count, rowHeight, rowKey, row, selected, onSelect, follow = false, header, className, onEnd } = props
  const element = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const listId = useId()
  const head = header === undefined ? 0 : 30
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    getItemKey: rowKey,
    overscan: 12,
    scrollPaddingStart: head,
  })
  const following = follow && atEnd

  useLayoutEffect(() => {
    const scroller = element.current
    if (following && scroller) scroller.scrollTop = scroller.scrollHeight
  }, [count, following])

  useEffect(() => {
    if (selected >= 0) virtualizer.scrollToIndex(selected, { align: 'auto' })
    // Only when another row is selected: new rows must not pull the list back to it.
  }, [selected])

  const onScroll = () => {
    const scroller = element.current
    if (!scroller) return
    const rest = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight
    setAtEnd(rest < nearEnd)
    if (rest < 300) onEnd?.()
  }

  const onKeyDown = (event: React.KeyboardEvent) => {
    const page = Math.max(1, Math.floor((element.current?.clientHeight ?? 0) / rowHeight) - 2)
    const next = rowAfter(event.key, selected, count, page)
    if (next === undefined || count === 0) return
    event.preventDefault()
    onSelect(next, 'key')
  }

  const items = virtualizer.getVirtualItems()
  const visible = items.some(({ index }) => index === selected)
  return (
    <div className={`row-list ${className ?? ''}`}>
      <div
        ref={element}
        className="row-list-scroller scroll"
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={visible ? `${listId}-${selected}` : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        {header !== undefined && (
          <div className="row-list-header" role="presentation">
            {header}
          </div>
        )}
        <div role="presentation" className="row-list-rows" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, key, start }) => (
            <div
              key={key}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === selected}
              aria-posinset={index + 1}
              aria-setsize={count}
              className="row-list-row"
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => onSelect(index, 'pointer')}
            >
              {row(index)}
            </div>
          ))}
        </div>
      </div>
      {follow && !atEnd && (
        <button type="button" className="button to-end" onClick={() => setAtEnd(true)}>
          ↓ Newest
        </button>
      )}
    </div>
  )
}

function rowAfter(key: string, selected: number, count: number, page: number): number | undefined {
  const inside = (index: number) => Math.min(count - 1, Math.max(0, index))
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return inside(selected + 1)
    case 'ArrowUp':
    case 'k':
      return selected < 0 ? count - 1 : inside(selected - 1)
    case 'PageDown':
      return inside(selected + page)
    case 'PageUp':
      return inside(selected - page)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
