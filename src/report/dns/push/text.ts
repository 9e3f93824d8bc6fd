// Writes a push for people while it happens.
import { lookOf } from '../../screen.ts'
import { dnsPlanText, notServedText, pushedText, tellWaiting } from '../text.ts'
import { tellSilent } from '../view.ts'
import type { DnsPushFormat } from './format.ts'

export const format: DnsPushFormat = {
  language: 'terminal',
  about: 'people: the plan, then what was pushed, and who serves it',
  open: (view, { out, notes }) => {
    tellSilent(view, notes)
    out.write(dnsPlanText({ ...view.plan, unseen: view.unseen }, lookOf(out)))
    return {
      pushed: (pushed) => out.write(pushedText(pushed, out.paint)),
      waiting: (missing) => tellWaiting(missing, notes),
      ended: (missing, asked) => {
        if (asked > 0) out.write(notServedText(missing, asked, out.paint))
      },
    }
  },
}
