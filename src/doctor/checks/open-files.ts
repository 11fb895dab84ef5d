/** Whether the gateway may have as many sockets open as it would let in. */
import type { Check } from '../types.ts'

/** 2,048 sockets nobody has shown anything on yet (SPEC 11), those of the authenticated, and its files. */
const ENOUGH = 4096

export const openFiles: Check = {
  id: 'host.open_files',
  severity: 'warning',
  title: 'The gateway may open few files and sockets at once',
  why: 'It admits up to 2,048 connections that nobody has authenticated on yet (SPEC 11); with a lower limit of the system, new ones fail before its own bounds can choose whom to drop.',
  find: ({ openFiles: limit }) =>
    limit === null || limit >= ENOUGH
      ? []
      : [
          {
            detail: `the limit is ${limit}`,
            fix: `ulimit -n ${ENOUGH} before the start, LimitNOFILE=${ENOUGH} in a systemd unit, or --ulimit nofile=${ENOUGH} for docker`,
          },
        ],
}
