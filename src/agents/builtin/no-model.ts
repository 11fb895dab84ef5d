/** What the built-in agent says to plain text: that no model answers here, and how to name one. */

const KEPT = 'Your message arrived and is kept in this session.'
const COMMANDS = 'Until then I answer commands: /help lists them.'
const NOT_YET =
  'This version keeps and checks these settings, but does not talk to models yet; a later one will.'

/** To whoever can neither set one up nor use the commands: a person on a chat network. */
export const FOR_GUESTS = 'Your message arrived and is kept. No model answers here yet.'

/** `wantedModel`: as the configuration names it; `null` when it names none. */
export function withoutModel(agent: {
  readonly id: string
  readonly wantedModel: string | null
}): string {
  if (agent.wantedModel !== null)
    return [`${KEPT} The configuration names a model for me. ${NOT_YET}`, COMMANDS].join('\n\n')

  return [
    `${KEPT} I am the agent built into the gateway, and no model is configured for me. To name one:`,
    [
      `openclaw config set agents.list '[{ id: "${agent.id}", model: "anthropic/claude" }]'`,
      "openclaw config set models.providers.anthropic.apiKey '${ANTHROPIC_API_KEY}'",
    ].join('\n'),
    NOT_YET,
    COMMANDS,
  ].join('\n\n')
}
