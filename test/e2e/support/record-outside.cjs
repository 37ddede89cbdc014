// Loaded into every Weir the end-to-end tests start (node -r, electron -r), before anything of Weir's own: notes each
// connection that is tried to anywhere but this machine, one line each, in the file that WEIR_E2E_OUTSIDE names.
const { appendFileSync } = require('node:fs')
const { Socket } = require('node:net')

const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/
const connect = Socket.prototype.connect

// `connect` takes (options), (port, host), (path), and from inside Node all of it as one array.
function hostOf(args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args
  if (typeof first === 'object' && first !== null)
    return first.path === undefined || first.path === null ? (first.host ?? 'localhost') : 'localhost'
  return typeof second === 'string' ? second : 'localhost'
}

Socket.prototype.connect = function (...args) {
  const host = hostOf(args)
  const file = process.env.WEIR_E2E_OUTSIDE
  if (file !== undefined && !LOCAL.test(host)) appendFileSync(file, `${host}\n`)
  return connect.apply(this, args)
}
