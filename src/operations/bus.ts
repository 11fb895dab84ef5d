/** The event bus of one process. */
import type { EventBus, GatewayEvent } from './types.ts'

export function memoryBus(): EventBus {
  const listeners = new Set<(event: GatewayEvent) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
