import { TroupeError } from '../core/errors.ts'

/** The model gave neither text nor a tool call. */
export class EmptyAnswerError extends TroupeError {
  /** The reason that the server gave, such as `length`; null where it gave none. */
  readonly finishReason: string | null

  constructor(node: string, model: string, finishReason: string | null) {
    super('empty_answer', `Node '${node}' got no answer: model '${model}' gave ${whyEmpty(finishReason)}`)
    this.finishReason = finishReason
  }
}

function whyEmpty(finishReason: string | null): string {
  if (finishReason === 'length')
    return 'no text before it met its token limit. Raise maxOutputTokens, or make the window smaller.'
  if (finishReason === 'content_filter')
    return 'no text, since a content filter of the server withheld it. Rephrase the input.'
  return 'neither text nor a tool call, twice. Try again, or use another model.'
}
