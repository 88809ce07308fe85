/** JSON as a tree that opens and closes. */
import type { ComponentProps } from 'react'
import { JsonView } from 'react-json-view-lite'

const style: NonNullable<ComponentProps<typeof JsonView>['style']> = {
  container: 'json',
  basicChildStyle: 'json-row',
  label: 'json-label',
  clickableLabel: 'json-label json-open',
  nullValue: 'json-null',
  undefinedValue: 'json-null',
  numberValue: 'json-number',
  stringValue: 'json-string',
  booleanValue: 'json-number',
  otherValue: 'json-null',
  punctuation: 'json-punctuation',
  expandIcon: 'json-icon json-icon-closed',
  collapseIcon: 'json-icon json-icon-opened',
  collapsedContent: 'json-more',
  childFieldsContainer: 'json-fields',
  noQuotesForStringValues: false,
  quotesForFieldNames: false,
  ariaLables: { collapseJson: 'close', expandJson: 'open' },
  stringifyStringValues: true,
}

/** Up to this many characters a tree would only take room. */
const shortest = 64

/** The first levels are open, and what is small below them. */
const openLevels = (level: number, value: unknown) =>
  level < 2 || (level < 5 && typeof value === 'object' && value !== null && Object.keys(value).length <= 6)

/** The tree; values that are no objects are shown as they are. */
export function JsonTree({ value, label }: { readonly value: unknown; readonly label: string }) {
  if (typeof value !== 'object' || value === null)
    return <pre className="json json-plain">{typeof value === 'string' ? value : String(JSON.stringify(value))}</pre>
  if (Object.keys(value).length === 0)
    return <pre className="json json-plain dim">{Array.isArray(value) ? '[]' : '{}'}</pre>
  if (Object.keys(value).length <= 4 && JSON.stringify(value).length <= shortest)
    return <pre className="json json-plain">{lineOf(value)}</pre>
  return <JsonView data={value} style={style} shouldExpandNode={openLevels} clickToExpandNode aria-label={label} />
}

/** An object in one line, as people write it. */
function lineOf(value: object): string {
  const text = JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' ')
  return text.replaceAll(/([{,] )"([A-Za-z_]\w*)": /g, '$1$2: ')
}
