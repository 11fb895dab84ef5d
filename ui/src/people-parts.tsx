/** What the lists of people and devices share. */
import type { ComponentChildren } from 'preact'
import { harmless } from '../../src/core/harmless.ts'
import type { Decision } from './people-api.ts'

/** A word that a stranger chose: as text, of one line, in its own direction. */
export function Chosen({ text }: { readonly text: string }) {
  const shown = harmless(text)
  return shown === '' ? <i>no name</i> : <bdi class="people-name">{shown}</bdi>
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

export function Moment({ at }: { readonly at: number }) {
  const when = new Date(at)
  // A time beyond what a browser can write is no reason to show nothing at all.
  if (Number.isNaN(when.getTime())) return <>at an unknown time</>
  return <time dateTime={when.toISOString()}>{MOMENT.format(when)}</time>
}

interface ListProps {
  readonly title: string
  /** Said where there is nothing to list. */
  readonly none: string
  readonly children: readonly ComponentChildren[]
}

export function PeopleList({ title, none, children }: ListProps) {
  return (
    <section class="people-part">
      <h3>{title}</h3>
      {children.length === 0 ? <p class="people-none">{none}</p> : <ul>{children}</ul>}
    </section>
  )
}

interface DecideProps {
  /** Whom it is about, by an id and never by a name that they chose. */
  readonly whom: string
  readonly onDecide: (decision: Decision) => void
}

export function Decide({ whom, onDecide }: DecideProps) {
  return (
    <p class="people-deeds">
      <button
        type="button"
        class="button button-main"
        aria-label={`Approve ${whom}`}
        onClick={() => onDecide('approve')}
      >
        Approve
      </button>
      <button
        type="button"
        class="button"
        aria-label={`Reject ${whom}`}
        onClick={() => onDecide('reject')}
      >
        Reject
      </button>
    </p>
  )
}
