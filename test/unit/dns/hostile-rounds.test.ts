// A name server that answers as it likes, one round of each way; `npm run test:hostile` does two hundred.
import { DNS_BEHAVIOURS } from '../../hostile-name-server.ts'
import { hostileDnsRounds } from '../../hostile-dns-rounds.ts'

hostileDnsRounds(DNS_BEHAVIOURS.length)
