/** The field for a token or a password: hidden until somebody asks to see it, and never sent by the form itself. */
import type { RefObject } from 'preact'
import { useId, useState } from 'preact/hooks'

interface SecretFieldProps {
  readonly field: RefObject<HTMLInputElement | null>
  readonly value: string
  readonly describedBy: string | undefined
  readonly onInput: (value: string) => void
}

/** Without a `name`, so that not even a form sent by mistake could put it into a URL (R40). */
export function SecretField({ field, value, describedBy, onInput }: SecretFieldProps) {
  const [shown, setShown] = useState(false)
  const id = useId()
  const toggle = () => {
    if (field.current !== null) field.current.type = shown ? 'password' : 'text'
    setShown(!shown)
  }
  return (
    <div class="secret">
      <label for={id}>Token, password or API key</label>
      <div class="secret-row">
        <input
          id={id}
          ref={field}
          type="password"
          value={value}
          autocomplete="current-password"
          autocapitalize="off"
          spellcheck={false}
          aria-describedby={describedBy}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        <button
          type="button"
          class="secret-show"
          aria-pressed={shown}
          aria-label={shown ? 'Hide what is typed' : 'Show what is typed'}
          onClick={toggle}
        >
          {shown ? 'Hide' : 'Show'}
        </button>
      </div>
    </div>
  )
}
