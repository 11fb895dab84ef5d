/** Whether the store opens, and is whole. */
import type { Check } from '../types.ts'

export const storeWhole: Check = {
  id: 'store.damaged',
  severity: 'critical',
  title: 'The store cannot be used',
  why: 'It is opened read-only and read through by SQLite’s own `quick_check`, beside a running gateway or without one. Above 128 MiB it is only opened, unless `--deep` is given.',
  find({ store }) {
    if (store.kind === 'opens') {
      const detail = `it opens, and was not read through: ${Math.round(store.bytes / 1024 / 1024)} MiB`
      return [{ severity: 'info', detail, fix: 'openclaw doctor --deep' }]
    }
    if (store.kind !== 'bad') return []
    return [
      {
        detail: `${store.path}: ${store.what}`,
        fix: 'openclaw recover --dry-run says what can be saved; openclaw recover saves it',
      },
    ]
  },
}
