// Writes for people which name servers serve the records.
import { notServedText, tellWaiting } from '../text.ts'
import { tellFindings, tellSilent } from '../view.ts'
import type { DnsVerifyFormat } from './format.ts'

export const format: DnsVerifyFormat = {
  language: 'terminal',
  about: 'people: what is not served, and by whom',
  open: (view, { out, notes }) => {
    tellSilent(view, notes)
    return {
      waiting: (missing) => tellWaiting(missing, notes),
      ended: (missing) => {
        out.write(notServedText(missing, view.plan.records.length, out.paint, view.unseen))
        tellFindings(view.plan.findings, notes)
      },
    }
  },
}
