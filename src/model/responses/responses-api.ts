import type { ModelApi } from '../model-api.ts'
import { responseReader } from './answer.ts'
import { responseRequest } from './request.ts'

/** `POST /responses`, OpenAI's newer API; see docs/models.md for which of its features are used. */
export const responsesApi: ModelApi = {
  path: '/responses',
  send: (client, body, { showReasoning, ...options }) =>
    client.responses.create(responseRequest(body, showReasoning), options).asResponse(),
  reader: responseReader,
}
