// Two hundred rounds of a hostile name server: `npm run test:hostile`.
import { hostileDnsRounds } from '../hostile-dns-rounds.ts'

hostileDnsRounds(200)
