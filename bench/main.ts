// `npm run bench [NAME] [-- FLAGS]`: runs the benchmark of that name, `fleet` where none is given.
import { readdirSync } from 'node:fs'

const names = readdirSync(import.meta.dirname).flatMap((file) => (/^(?!main|by-hand).*\.js$/.test(file) ? [file.slice(0, -3)] : []))
const given = process.argv[2]
const named = given !== undefined && !given.startsWith('-')
const name = named ? given : 'fleet'
if (!names.includes(name)) {
  console.error(`there is no benchmark ${name}; there are ${names.join(', ')}`)
  process.exit(1)
}
// The benchmark reads its own flags.
if (named) process.argv.splice(2, 1)
await import(`./${name}.js`)
