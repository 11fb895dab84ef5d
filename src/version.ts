/** Which version this is: the manifest's, taken into the bundle. */
import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
