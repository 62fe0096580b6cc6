// Preloaded into jsii's Node. A provider's lib/index.js requires some two thousand modules at once; the same
// package ships lib/lazy-index.js, which requires each when it is first touched. That file is a megabyte of
// `Object.defineProperty(exports, 'vpc', { get: function () { return require('./vpc'); } })`: reading the names
// and paths out of it takes a tenth of the time that compiling and running it does. Where there is no such
// file, or it looks different, the package loads as it always did.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');

const ENTRY = /^Object\.defineProperty\(exports, '(\w+)', \{ get: function \(\) \{ return require\('([^']+)'\); \} \}\);$/;

const resolve = Module._resolveFilename;
Module._resolveFilename = function (...args) {
  const file = resolve.apply(this, args);
  if (typeof file !== 'string' || !file.endsWith(`${path.sep}lib${path.sep}index.js`)) return file;
  const lazy = path.join(path.dirname(file), 'lazy-index.js');
  return fs.existsSync(lazy) ? lazy : file;
};

// cdktf notes for each token where it was made, for its error messages. Here that is always jsii's own loop and
// never a line of the program, and it takes a fifth of the time that Node works for a large topology.
const TRACES = path.join('cdktf', 'lib', 'tokens', 'private', 'stack-trace.js');

const load = Module._extensions['.js'];
Module._extensions['.js'] = function (module, file) {
  if (file.endsWith(`${path.sep}${TRACES}`)) {
    module.exports = { captureStackTrace: () => [] };
    return undefined;
  }
  const table = path.basename(file) === 'lazy-index.js' ? tableOf(file) : null;
  if (!table) return load(module, file);
  module.exports = new Proxy({}, {
    get: (target, name) => (table.has(name) ? module.require(table.get(name)) : target[name]),
    has: (target, name) => table.has(name) || name in target,
    ownKeys: () => [...table.keys()],
    getOwnPropertyDescriptor: (target, name) =>
      table.has(name)
        ? { configurable: true, enumerable: true, get: () => module.require(table.get(name)) }
        : undefined,
  });
};

// The names and paths of a lazy index; null when it holds anything else, which then has to be run.
function tableOf(file) {
  const table = new Map();
  let comment = false;
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const entry = ENTRY.exec(line);
    if (entry) table.set(entry[1], entry[2]);
    else if (line.startsWith('/*')) comment = !line.includes('*/');
    else if (comment) comment = !line.includes('*/');
    else if (line !== '' && line !== '"use strict";' && !line.startsWith('//')) return null;
  }
  return table.size ? table : null;
}
