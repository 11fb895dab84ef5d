/** Where one writes: Enter sends, Shift and Enter begin a new line, Escape stops an answer. */
import { useEffect, useRef, useState } from 'preact/hooks'

interface ComposerProps {
  readonly answering: boolean
  readonly onSend: (text: string) => void
  readonly onStop: () => void
}

export function Composer({ answering, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])

  const send = () => {
    const message = text.trim()
    if (message === '' || answering) return
    setText('')
    onSend(message)
    field.current?.focus()
  }
  const stop = () => {
    onStop()
    field.current?.focus()
  }
  const pressed = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && answering) return onStop()
    // Enter also ends a word in an input method, and that must not send.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    send()
  }
  const submitted = (event: SubmitEvent) => {
    event.preventDefault()
    send()
  }
  return (
    <form class="composer" onSubmit={submitted}>
      <div class="composer-box">
        <label class="unseen" for="message">
          Message to the agent
        </label>
        <textarea
          id="message"
          ref={field}
          rows={1}
          value={text}
          placeholder="Write to the agent"
          aria-describedby="composer-keys"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={pressed}
        />
        {answering ? (
          <button
            type="button"
            class="round round-stop"
            aria-label="Stop the answer"
            onClick={stop}
          >
            <StopIcon />
          </button>
        ) : (
          <button type="submit" class="round" aria-label="Send" disabled={text.trim() === ''}>
            <SendIcon />
          </button>
        )}
      </div>
      <p id="composer-keys" class="composer-keys">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> begins a new line
      </p>
    </form>
  )
}

function SendIcon() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M9 15V3M4 8l5-5 5 5" />
    </svg>
  )
}

function StopIcon() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <rect x="4.5" y="4.5" width="9" height="9" rx="2" />
    </svg>
  )
}
