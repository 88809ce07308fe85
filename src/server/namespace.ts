/**
 * Whose sessions a client sees. Sessions of a tenant are stored under `<tenant>.<id>`; this is the only place where that
 * is added on the way in and taken away on the way out, in ids of sessions, turns and events wherever they stand.
 */
import { sessionIdPattern } from '../core/events.ts'
import { HttpError } from './errors.ts'

// Session ids have at most this many characters, the tenant included.
const longestId = 128

/** The sessions of one tenant; without a tenant, all of them under their own ids. */
export class Namespace {
  readonly tenant: string | undefined
  readonly #prefix: string

  constructor(tenant?: string) {
    this.tenant = tenant
    this.#prefix = tenant === undefined ? '' : `${tenant}.`
  }

  /**
   * The id under which a client's session is stored.
   * @throws HttpError 400 `session_id` when it is malformed or too long.
   */
  stored(id: string): string {
    const longest = longestId - this.#prefix.length
    if (!sessionIdPattern.test(id) || id.length > longest)
      throw new HttpError(
        400,
        'session_id',
        `'${id.slice(0, 200)}' is no session id: use 1 to ${longest} letters, digits, '.', '_' and '-', beginning with a letter or digit.`,
      )
    return this.#prefix + id
  }

  /** What all stored ids of the namespace begin with. */
  get prefix(): string {
    return this.#prefix
  }

  /** True when a stored session belongs here. */
  owns(storedId: string): boolean {
    return storedId.startsWith(this.#prefix)
  }

  /** The id by which the client knows a stored session, its turn or its event. */
  wire(storedId: string): string {
    return this.owns(storedId) ? storedId.slice(this.#prefix.length) : storedId
  }

  /** A turn's or event's id as it is stored, of one that a client sent. */
  storedEventId(id: string): string {
    return this.#prefix + id
  }

  /** JSON text or a message about one session, with the ids in it as the client knows them. */
  outward(text: string, storedId: string): string {
    if (this.#prefix === '' || !text.includes(storedId)) return text
    return text.replace(idsOf(storedId), (found) => found.replace(storedId, this.wire(storedId)))
  }

  /** A message about a session of which only the message is known. */
  outwardMessage(message: string): string {
    if (this.#prefix === '') return message
    const prefix = this.#prefix.replaceAll('.', '\\.')
    return message.replace(new RegExp(`(?<=')${prefix}|(?<![\\w.-])${prefix}(?=[\\w.-]+/\\d)`, 'g'), '')
  }
}

/** Finds an id as a whole: in quotes, or before the number of a turn. */
function idsOf(storedId: string): RegExp {
  const id = storedId.replaceAll('.', '\\.')
  return new RegExp(`(?<![\\w.-])${id}(?=/\\d)|"${id}"|'${id}'`, 'g')
}
