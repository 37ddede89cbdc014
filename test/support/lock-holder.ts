// Claims the data folder it is given and holds it until it is ended.
import { claimDataFolder } from '../../electron/core/database/data-folder-lock.ts'

claimDataFolder(process.argv[2] ?? '', null)
process.stdout.write('claimed\n')
setInterval(() => undefined, 60_000)
