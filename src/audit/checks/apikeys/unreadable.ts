/** Whether the file of keys cannot be read at all. */
import type { Check } from '../../types.ts'

export const unreadable: Check = {
  id: 'apikeys.unreadable',
  severity: 'warning',
  title: 'The file of API keys cannot be read',
  why: 'The gateway does not start with it, and what its keys may do cannot be told (SPEC 2.7).',
  find: ({ apiKeysProblem }) =>
    apiKeysProblem === null
      ? []
      : [{ detail: apiKeysProblem, fix: 'Put that line right, or move the file away' }],
}
