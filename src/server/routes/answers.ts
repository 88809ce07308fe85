/** Parts of route descriptions that all routes share. */
import type { z } from '@hono/zod-openapi'
import { ErrorSchema } from '../schemas.ts'

/** A described answer. */
export interface Answer {
  description: string
  content?: Record<string, { schema: z.ZodType }>
}

/** An answer in JSON. */
export function json(description: string, schema: z.ZodType): Answer {
  return { description, content: { 'application/json': { schema } } }
}

const errors = {
  400: 'The request is malformed.',
  404: 'There is no such thing, or it is another tenant’s.',
  409: 'It cannot be done as things are.',
  413: 'The body or the message is too large.',
  429: 'A limit is met; `Retry-After` says when to try again.',
  503: 'The server is shutting down, or its store fails. Try again.',
} as const

/** The answers of a route: its own, and errors with these statuses. */
export function answers(
  own: Readonly<Record<number, Answer>>,
  ...statuses: readonly (keyof typeof errors)[]
): Record<number, Answer> {
  const failures = statuses.map((status) => [status, json(errors[status], ErrorSchema)] as const)
  return { ...own, ...Object.fromEntries(failures) }
}

/** A required JSON body. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } }
}
