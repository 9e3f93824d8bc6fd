// The texts of mailrun 0.1.0 (commit 2f0d081) for the same cases, and how often they lost when they were recorded.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const FORMER = join(dirname(fileURLToPath(import.meta.url)), '../../../test/lab/fixtures/races-0.1.0.json')

export interface FormerText {
  /** Its title. */
  readonly case: string
  readonly what: 'question' | 'step'
  /** Of the rounds of the record, 0 to 1. */
  readonly lost: number
  /** `text0`, `text1`, …: one after the other. */
  readonly [text: `text${number}`]: string
}

export const formerTexts = (): readonly FormerText[] => JSON.parse(readFileSync(FORMER, 'utf8')) as FormerText[]

export const textsIn = (former: FormerText): readonly string[] =>
  Object.entries(former).flatMap(([key, value]) => (/^text\d+$/.test(key) ? [String(value)] : []))
