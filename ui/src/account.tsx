/** Who one is here, and the way out. */
import { useState } from 'preact/hooks'
import type { Api } from './api.ts'
import type { Me } from './wire.ts'

interface AccountProps {
  readonly api: Api
  readonly me: Me
  readonly onLeft: () => void
}

/** How the gateway knows somebody, in words. */
const METHODS: Readonly<Record<string, string>> = {
  session: 'Logged in with this browser',
  local: 'Recognised as the owner of this machine',
  none: 'No login is asked for here',
  tailscale: 'Recognised by Tailscale',
  'trusted-proxy': 'Recognised by the proxy in front',
}

export function Account({ api, me, onLeft }: AccountProps) {
  return (
    <>
      <button type="button" class="account-button" popoverTarget="account">
        <span class="account-initial" aria-hidden="true">
          {me.name.slice(0, 1).toUpperCase()}
        </span>
        <span class="account-name">{me.name}</span>
      </button>
      <section id="account" class="account" popover="auto" aria-label="Who you are here">
        <h2>{me.name}</h2>
        <p class="account-how">{METHODS[me.method] ?? `Known by ${me.method}`}</p>
        <dl>
          <dt>Known as</dt>
          <dd>
            <code>
              {me.kind}:{me.id}
            </code>
          </dd>
          {me.address !== '' && (
            <>
              <dt>From</dt>
              <dd>
                <code>{me.address}</code>
              </dd>
            </>
          )}
          <dt>May</dt>
          <dd>{me.scopes.length === 0 ? 'nothing' : me.scopes.map(shortScope).join(', ')}</dd>
        </dl>
        {me.method === 'session' && <WayOut api={api} onLeft={onLeft} />}
      </section>
    </>
  )
}

function WayOut({ api, onLeft }: Pick<AccountProps, 'api' | 'onLeft'>) {
  const [problem, setProblem] = useState('')
  const leave = async (where: 'here' | 'everywhere') => {
    const answer = await api.logout(where)
    if (answer.kind === 'ok' || answer.kind === 'unauthenticated') return onLeft()
    setProblem('The gateway did not log you out. Close the tab to be safe, and try again.')
  }
  return (
    <div class="account-out">
      <button type="button" class="button" onClick={() => void leave('here')}>
        Log out
      </button>
      <button type="button" class="link" onClick={() => void leave('everywhere')}>
        Log out everywhere
      </button>
      <p class="account-problem" role="alert">
        {problem}
      </p>
    </div>
  )
}

function shortScope(scope: string): string {
  return scope.replace(/^operator\./, '')
}
