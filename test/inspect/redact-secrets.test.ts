import { expect, test } from 'vitest'
import { redactSecrets } from '../../src/inspect/redact-secrets.ts'

test('what is named like a secret is hidden, also in JSON within a text; what is not, is shown', () => {
  for (const key of [
    'apiKey',
    'x-api-key',
    'dbPassword',
    'STRIPE_SECRET',
    'access_token',
    'Authorization',
    'set-cookie',
  ])
    expect([key, redactSecrets(key, 'hunter2')]).toEqual([key, '[hidden]'])
  for (const key of ['totalTokens', 'maxTokens', 'key', 'secretary', 'author', 'content'])
    expect([key, redactSecrets(key, 'shown')]).toEqual([key, 'shown'])
  // A schema of a form may have such a member.
  expect(redactSecrets('password', { type: 'string' })).toEqual({ type: 'string' })
  expect(redactSecrets('pin_token', 4711)).toBe('[hidden]')
  const args = JSON.stringify({ user: 'ada', password: 'hunter2' })
  expect(redactSecrets('arguments', args)).toBe('{"user":"ada","password":"[hidden]"}')
  expect(redactSecrets('raw', JSON.stringify({ arguments: args }))).not.toContain('hunter2')
})
