/** The caller of a public operation: nobody in particular, who may do nothing. */
import type { Principal } from '../access/types.ts'

export const ANYBODY: Principal = {
  kind: 'user',
  id: '',
  displayName: 'Anybody',
  role: 'operator',
  scopes: [],
  credentialId: null,
}
