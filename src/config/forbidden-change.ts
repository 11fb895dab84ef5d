/** Changes that no schema would catch: redacted views written back, and names that reach into every object. */
import type { Change } from './apply-changes.ts'
import { isRedactionMarker } from './fields.ts'
import { isTree, keyText, touchesPrototype } from './key-path.ts'
import type { Problem } from './problem.ts'

export function forbiddenChange(wanted: Change): readonly Problem[] {
  const key = keyText(wanted.path)
  const refuse = (message: string, fix: string): readonly Problem[] => [
    { code: 'forbidden_key', key, where: null, message, fix },
  ]
  if (touchesPrototype(wanted.path)) return refuse('this name is not allowed', 'Choose another')
  if (wanted.kind === 'unset') return []
  if (holdsPrototype(wanted.value))
    return refuse(
      'the value holds a name that is not allowed',
      'Leave out __proto__, constructor and prototype',
    )
  if (holdsMarker(wanted.value))
    return refuse(
      'the value is a redaction marker, not the secret it stands for',
      'Give the secret itself, or leave the key as it is',
    )
  return []
}

function holdsPrototype(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPrototype)
  return (
    isTree(value) &&
    (touchesPrototype(Object.keys(value)) || Object.values(value).some(holdsPrototype))
  )
}

function holdsMarker(value: unknown): boolean {
  if (typeof value === 'string') return isRedactionMarker(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsMarker)
}
