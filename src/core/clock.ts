/** Time as an argument: whatever depends on it can be asked about any moment. */

/** Milliseconds since the epoch. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()
