/** The present time as a tool. */
import { defineTool, z } from 'troupe'

/** The tool that a model calls for the date and the time. */
export const clock = defineTool({
  name: 'get_time',
  description: 'Tells the present date and time, here or at another place.',
  parameters: z.object({
    place: z.string().optional().describe('A time zone or a city that names one, such as Asia/Shanghai or Tokyo'),
  }),
  idempotent: true,
  run: ({ place }) => timeAt(new Date(), place),
})

/**
 * Date and time at a place, with its time zone.
 * @throws RangeError when no time zone has this name.
 */
export function timeAt(now: Date, place?: string): string {
  const timeZone = place === undefined ? Intl.DateTimeFormat().resolvedOptions().timeZone : zoneOf(place)
  const text = now.toLocaleString('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'short' })
  return `${text} (${timeZone})`
}

function zoneOf(place: string): string {
  const name = place.trim().replaceAll(' ', '_').toLowerCase()
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')]
  const zone = zones.find((each) => each.toLowerCase() === name || each.toLowerCase().endsWith(`/${name}`))
  if (zone === undefined)
    throw new RangeError(`'${place}' names no time zone. Use one such as Europe/Berlin or America/New_York.`)
  return zone
}
