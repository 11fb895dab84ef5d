/** How each account on a chat network is. */
import { harmless } from '../../src/core/harmless.ts'
import type { NetworkAccount } from './people.ts'
import { PeopleList } from './people-parts.tsx'

const LONGEST_PROBLEM = 200

export function Networks({ networks }: { readonly networks: readonly NetworkAccount[] }) {
  return (
    <PeopleList title="Networks" none="None is set up: openclaw channels add begins.">
      {networks.map(({ channel, label, account, connected, running, problem, waiting }) => (
        <li key={`${channel}:${account}`}>
          <p>
            {label} <code>{account}</code>: {stateOf(connected, running)}
            {waiting > 0 && `, ${waiting} to send`}
          </p>
          {problem !== null && (
            <p class="people-facts">Last error: {harmless(problem, LONGEST_PROBLEM)}</p>
          )}
        </li>
      ))}
    </PeopleList>
  )
}

function stateOf(connected: boolean, running: boolean): string {
  if (connected) return 'connected'
  return running ? 'not connected, tries again' : 'stopped'
}
