/** `citationNode`: says which of the documents an answer cites. */
import { z } from 'zod'
import { defineNode } from '../agent/define-node.ts'
import type { NodeDefinition } from '../core/node.ts'
import { DocumentsData, ResultData } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import { Citation, citationsOf } from './citations.ts'

/** `answer_cited`: an answer with the documents that it cites, in the order in which it does. */
export const CitedData = z.object({ text: z.string(), citations: z.array(Citation) })
export type CitedData = z.infer<typeof CitedData>

const Input = z.union([DocumentsData, ResultData])

/** The node that {@link citationNode} makes. */
export type CitationNode = NodeDefinition<typeof Input, { answer_cited: typeof CitedData }>

/** Turns whose documents are kept: several only where turns wait for signals beside each other. */
const maxTurns = 16

const State = z.array(z.object({ traceId: z.string(), documents: z.array(Citation) }))

/**
 * A node that takes the `documents` of a turn and then its `llm_result`, and emits `answer_cited` for the client: the
 * text, and source, heading and page of each document that the text cites. A source that was not given to the model is
 * never among them. Without documents in the turn there are no citations.
 */
export function citationNode(options: SupervisedOptions = {}): CitationNode {
  return defineNode({
    kind: 'citations',
    supervision: options.supervision,
    input: Input,
    emits: { answer_cited: CitedData },
    state: State,
    run({ data, traceId }, runtime) {
      const turns = runtime.getState() ?? []
      const others = turns.filter((turn) => turn.traceId !== traceId)
      if ('documents' in data) {
        const documents = data.documents.map(({ text: _, score: __, ...document }, place) => ({
          number: place + 1,
          ...document,
        }))
        runtime.setState([...others, { traceId, documents }].slice(-maxTurns))
        return
      }
      const { text } = data
      const documents = turns.find((turn) => turn.traceId === traceId)?.documents ?? []
      runtime.emit('answer_cited', { text, citations: citationsOf(text, documents) })
      if (others.length < turns.length) runtime.setState(others)
    },
  })
}
