/** Logging in: says why one is here, and takes a token, a password or an API key. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Login } from './api.ts'
import { useCountdown, inWords } from './countdown.ts'
import { spansOf } from './formatting.ts'
import { Mark } from './mark.tsx'
import { spanView } from './message.tsx'
import type { Notice } from './notice.ts'
import { SecretField } from './secret-field.tsx'

interface LoginProps {
  readonly notice: Notice | null
  readonly onLogin: (login: Login) => Promise<void>
}

export function LoginView({ notice, onLogin }: LoginProps) {
  const [secret, setSecret] = useState('')
  const [busy, setBusy] = useState(false)
  const waitSeconds = useCountdown(notice)
  const field = useRef<HTMLInputElement>(null)
  const noticeId = useId()

  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [notice])

  const attempt = async (login: Login) => {
    setBusy(true)
    await onLogin(login)
    setBusy(false)
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (secret.trim() === '') return field.current?.focus()
    return attempt({ secret: secret.trim() })
  }
  const again = notice?.again ?? null
  const blocked = busy || waitSeconds > 0

  return (
    <main class="login">
      <form class="login-card" method="post" onSubmit={(event) => void submit(event)}>
        <Mark size={52} />
        <h1>OpenClaw Gateway</h1>
        <p class="login-host">{window.location.host}</p>
        <NoticeBox id={noticeId} notice={notice} waitSeconds={waitSeconds} />
        {again !== null && (
          <button
            class="button"
            type="button"
            disabled={blocked}
            onClick={() => void attempt(again)}
          >
            Try the link again
          </button>
        )}
        <SecretField
          field={field}
          value={secret}
          describedBy={notice === null ? undefined : noticeId}
          onInput={setSecret}
        />
        <button class="button button-main" type="submit" disabled={blocked}>
          {busy ? 'Logging in…' : 'Log in'}
        </button>
        <p class="login-hint">
          On the gateway’s own machine, <code>openclaw dashboard</code> prints a link that logs you
          in.
        </p>
      </form>
    </main>
  )
}

interface NoticeBoxProps {
  readonly id: string
  readonly notice: Notice | null
  readonly waitSeconds: number
}

/** Always there, so that a screen reader hears what appears in it. The countdown itself it hears once. */
function NoticeBox({ id, notice, waitSeconds }: NoticeBoxProps) {
  return (
    <div
      id={id}
      role="alert"
      class={notice === null ? 'notice-none' : `notice notice-${notice.tone}`}
    >
      {notice !== null && (
        <>
          <strong>{notice.title}</strong>
          <span>{spansOf(notice.detail).map(spanView)}</span>
          {waitSeconds > 0 && (
            <span class="notice-wait" aria-live="off">
              Try again in {inWords(waitSeconds)}.
            </span>
          )}
        </>
      )}
    </div>
  )
}
