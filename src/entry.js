#!/usr/bin/env node
// The bin. It runs on any Node, so that an old one is told in one line what is wrong.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `openclaw needs Node 22.18 or newer; this is ${process.versions.node} at ${process.execPath}. Install a newer Node and run it again.\n`,
  )
  process.exit(2)
}
const { main } = await import('./main.js')
process.exit(await main(process.argv.slice(2)))
