/** Which of the page's three views is shown: waiting, logging in, or the chat. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Api, Failure, Login } from './api.ts'
import { Chat } from './chat.tsx'
import { LoginView } from './login-view.tsx'
import { browserAddressBar, takeLoginCode } from './login-fragment.ts'
import { Mark } from './mark.tsx'
import { NOTICES, noticeOf, type Notice } from './notice.ts'
import type { Me } from './wire.ts'

type View =
  | { readonly kind: 'starting' }
  | { readonly kind: 'login'; readonly notice: Notice | null }
  | { readonly kind: 'chat'; readonly me: Me }

interface AppProps {
  readonly api: Api
  /** From the address bar the page was opened with. */
  readonly code: string | null
  /** This tab was logged in before it was reloaded. */
  readonly hadProof: boolean
  /** Fires when a call was turned away with 401. */
  readonly loggedOut: EventTarget
}

export function App({ api, code, hadProof, loggedOut }: AppProps) {
  const [view, setView] = useState<View>({ kind: 'starting' })

  const enter = useCallback(
    async (otherwise: Notice | null) => setView(await viewFor(api, otherwise)),
    [api],
  )
  const logIn = useCallback(
    async (login: Login) => {
      const answer = await api.login(login)
      if (answer.kind === 'ok') return enter(NOTICES.cookieDropped)
      const notice = noticeOf(answer, login)
      // A dead link is no news to somebody who may come in anyway.
      if ('link' in login) return enter(notice)
      setView({ kind: 'login', notice })
    },
    [api, enter],
  )

  useEffect(() => {
    void (code === null ? enter(hadProof ? NOTICES.ended : null) : logIn({ link: code }))
  }, [])

  useEffect(() => {
    const ended = () => {
      setView((now) => (now.kind === 'chat' ? { kind: 'login', notice: NOTICES.ended } : now))
    }
    loggedOut.addEventListener('change', ended)
    return () => loggedOut.removeEventListener('change', ended)
  }, [loggedOut])

  // A link pasted into this very tab changes the fragment and loads nothing.
  useEffect(() => {
    const opened = () => {
      const link = takeLoginCode(browserAddressBar())
      if (link !== null) void logIn({ link })
    }
    window.addEventListener('hashchange', opened)
    return () => window.removeEventListener('hashchange', opened)
  }, [logIn])

  if (view.kind === 'starting') return <Starting />
  if (view.kind === 'login') return <LoginView notice={view.notice} onLogin={logIn} />
  // Not asked again who one is: on the gateway's own machine that would look as if nothing had happened.
  const left = () => setView({ kind: 'login', notice: NOTICES.left })
  return <Chat api={api} me={view.me} onLeft={left} />
}

async function viewFor(api: Api, otherwise: Notice | null): Promise<View> {
  const answer = await api.whoami()
  if (answer.kind === 'ok') return { kind: 'chat', me: answer.value }
  return { kind: 'login', notice: noticeToShow(answer, otherwise) }
}

/** Being a stranger is no news by itself; what led here may be. */
function noticeToShow(failure: Failure, otherwise: Notice | null): Notice | null {
  return failure.kind === 'unauthenticated' || otherwise !== null
    ? otherwise
    : noticeOf(failure, null)
}

function Starting() {
  return (
    <main class="starting" aria-busy="true" aria-label="Opening the gateway">
      <Mark size={56} />
    </main>
  )
}
