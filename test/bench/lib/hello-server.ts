import { createServer } from 'node:http'

/** The reference of everything that goes through HTTP: the least a Node server can do. Run as a child process. */

const BODY = '{"hello":"world"}'

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length })
  response.end(BODY)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})
process.on('disconnect', () => process.exit(0))
