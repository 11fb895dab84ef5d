/** What was said, oldest first; follows the newest line unless somebody scrolled up to read. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Conversation } from './conversation.ts'
import { MessageView } from './message.tsx'
import { Welcome } from './welcome.tsx'

interface ThreadProps {
  readonly conversation: Conversation
  readonly loading: 'loading' | 'loaded' | 'failed'
  readonly onReload: () => void
  readonly onSend: (text: string) => void
}

/** Within this many pixels of the end one still reads along. */
const NEAR_END = 80

export function Thread({ conversation, loading, onReload, onSend }: ThreadProps) {
  const { messages, failedText } = conversation
  const scroller = useRef<HTMLElement>(null)
  const [following, setFollowing] = useState(true)
  const toEnd = () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })

  useLayoutEffect(() => {
    if (following) toEnd()
  }, [messages, following])
  // Whoever asks something wants to see the answer.
  useEffect(() => setFollowing(true), [messages.length])

  const scrolled = () => {
    const at = scroller.current
    if (at !== null) setFollowing(at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END)
  }
  const empty = messages.length === 0
  return (
    <main class="thread" ref={scroller} onScroll={scrolled} tabIndex={-1}>
      <div class="thread-column">
        {loading === 'failed' && (
          <p class="thread-problem" role="alert">
            The conversation could not be loaded.{' '}
            <button type="button" class="link" onClick={onReload}>
              Try again
            </button>
          </p>
        )}
        {empty && loading === 'loaded' && <Welcome onSend={onSend} />}
        <ol class="messages" aria-label="Conversation" aria-busy={loading === 'loading'}>
          {messages.map((message) => (
            <MessageView key={message.id} message={message} />
          ))}
        </ol>
        {failedText !== null && (
          <button type="button" class="button" onClick={() => onSend(failedText)}>
            Send again
          </button>
        )}
      </div>
      {!following && (
        <button type="button" class="to-end" onClick={toEnd}>
          <span aria-hidden="true">↓</span> Latest
        </button>
      )}
      <Spoken conversation={conversation} />
    </main>
  )
}

/** For screen readers: a reply once, when it is whole, rather than every word of it. */
function Spoken({ conversation: { messages } }: { readonly conversation: Conversation }) {
  const last = messages.at(-1)
  const spoken = useRef('')
  const [live] = useState(() => ({ started: false }))
  if (last?.state === 'waiting') live.started = true
  if (last?.state === 'waiting') spoken.current = 'The agent is answering.'
  if (live.started && last?.state === 'complete') spoken.current = last.text
  if (last?.state === 'stopped') spoken.current = 'Stopped.'
  if (last?.state === 'failed') spoken.current = last.problem ?? ''
  return (
    <div class="unseen" role="status">
      {spoken.current}
    </div>
  )
}
