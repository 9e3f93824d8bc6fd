// The type of an output format of `mailrun dns plan`.
import type { About } from '../../registry.ts'
import type { Screen } from '../../screen.ts'
import type { DnsView } from '../view.ts'

export interface DnsPlanFormat extends About {
  readonly tell: (view: DnsView, screen: Screen) => void
}
