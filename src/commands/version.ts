// The version of this package.
import { readFileSync } from 'node:fs'

export function ownVersion(): string {
  const text = readFileSync(new URL(import.meta.resolve('mailrun/package.json')), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
