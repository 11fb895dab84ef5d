/** The empty conversation: what one can ask first. */
import { Mark } from './mark.tsx'

const SUGGESTIONS = [
  { text: '/help', says: 'What can you do?' },
  { text: '/status', says: 'How is the gateway?' },
  { text: '/whoami', says: 'As whom am I here?' },
] as const

export function Welcome({ onSend }: { readonly onSend: (text: string) => void }) {
  return (
    <section class="welcome" aria-label="Welcome">
      <Mark size={64} />
      <h2>The door is open.</h2>
      <p>Say something to your agent, or begin with one of these.</p>
      <ul>
        {SUGGESTIONS.map(({ text, says }) => (
          <li key={text}>
            <button type="button" class="suggestion" onClick={() => onSend(text)}>
              <code>{text}</code>
              <span>{says}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
