/** Lets somebody write who has not written yet, by the id that the network has for them. */
import { useId, useState } from 'preact/hooks'
import type { NetworkAccount } from './people.ts'
import type { PeopleApi } from './people-api.ts'
import type { Act } from './people-view.tsx'

interface InviteProps {
  readonly networks: readonly NetworkAccount[]
  readonly api: PeopleApi
  readonly act: Act
}

const TIMES = [
  ['never', 'for good'],
  ['1d', 'for a day'],
  ['7d', 'for a week'],
  ['30d', 'for 30 days'],
] as const

export function InviteForm({ networks, api, act }: InviteProps) {
  const [at, setAt] = useState(0)
  const [sender, setSender] = useState('')
  const [expires, setExpires] = useState('never')
  const ids = { network: useId(), sender: useId(), expires: useId() }
  const chosen = networks[at] ?? networks[0]
  if (chosen === undefined) return null
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { channel, account } = chosen
    const id = sender.trim()
    const call = api.invite({ channel, account, id, expires })
    if (await act(call, `${channel}:${id} may write now.`)) setSender('')
  }
  return (
    <section class="people-part">
      <h3>Invite</h3>
      <form class="people-invite" method="post" onSubmit={(event) => void submit(event)}>
        <label for={ids.network}>Network</label>
        <select
          id={ids.network}
          value={String(networks.indexOf(chosen))}
          onChange={({ currentTarget }) => setAt(Number(currentTarget.value))}
        >
          {networks.map(({ channel, label, account }, index) => (
            <option key={`${channel}:${account}`} value={String(index)}>
              {account === 'default' ? label : `${label} (${account})`}
            </option>
          ))}
        </select>
        <label for={ids.sender}>Their id there</label>
        <input
          id={ids.sender}
          value={sender}
          required
          maxLength={128}
          autocomplete="off"
          spellcheck={false}
          placeholder="/whoami tells people theirs"
          onInput={({ currentTarget }) => setSender(currentTarget.value)}
        />
        <label for={ids.expires}>May write</label>
        <select
          id={ids.expires}
          value={expires}
          onChange={({ currentTarget }) => setExpires(currentTarget.value)}
        >
          {TIMES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <button type="submit" class="button">
          Invite
        </button>
      </form>
    </section>
  )
}
