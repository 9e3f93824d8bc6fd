// Makes the lab's secondary name server fall behind: it answers, but with old data.
import type { Lab } from '../lab.ts'
import { catchUp } from './catch-up.ts'
import { PRIMARIES_PATH, primariesText } from './named-conf.ts'
import { onNameServer } from './on-name-server.ts'

/** While it lags, ns2 takes no NOTIFY and transfers nothing; afterwards it is waited for until it has caught up. */
export async function setSecondaryLag(lab: Lab, subnet: string, lags: boolean): Promise<void> {
  const wanted = primariesText(subnet, lags).trim()
  const script = `
[ "$(cat ${PRIMARIES_PATH})" = '${wanted}' ] && exit
echo '${wanted}' >${PRIMARIES_PATH} && rndc reconfig
`
  await onNameServer(lab, 'ns2', script)
  if (!lags) await catchUp(lab, subnet, 30)
}
