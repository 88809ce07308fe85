/** Some of a session's records, kept up to date without reading all of them again. */
import type { InspectRecord } from '../../../src/inspect/protocol.ts'
import type { RecordList } from './record-list.ts'

/** Records of a list for which `accepts` holds. */
export class SelectedRecords {
  readonly #list: RecordList
  readonly #accepts: (record: InspectRecord) => boolean
  #items: readonly InspectRecord[] = []
  #generation = -1
  #read = 0

  constructor(list: RecordList, accepts: (record: InspectRecord) => boolean) {
    this.#list = list
    this.#accepts = accepts
  }

  /** What is selected now; the same array as long as nothing was added to it. */
  read(): readonly InspectRecord[] {
    const { items, generation } = this.#list
    const anew = generation !== this.#generation
    if (!anew && this.#read === items.length) return this.#items
    const added: InspectRecord[] = []
    for (let index = anew ? 0 : this.#read; index < items.length; index++) {
      const record = items[index] as InspectRecord
      if (this.#accepts(record)) added.push(record)
    }
    this.#generation = generation
    this.#read = items.length
    if (anew) this.#items = added
    else if (added.length > 0) this.#items = this.#items.concat(added)
    return this.#items
  }
}
