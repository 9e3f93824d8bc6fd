// Writes a plan for DNS for people.
import { lookOf } from '../../screen.ts'
import { dnsPlanText } from '../text.ts'
import { tellSilent } from '../view.ts'
import type { DnsPlanFormat } from './format.ts'

export const format: DnsPlanFormat = {
  language: 'terminal',
  about: 'people: what comes and goes, by zone and name, and why',
  tell: (view, { out, notes }) => {
    tellSilent(view, notes)
    out.write(dnsPlanText({ ...view.plan, unseen: view.unseen }, lookOf(out)))
  },
}
