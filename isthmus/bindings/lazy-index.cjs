// Preloaded into jsii's Node. A provider's lib/index.js requires some two thousand modules at once; the same
// package ships lib/lazy-index.js, which requires each when it is first touched. Where there is none, the
// package loads as it always did.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');

const resolve = Module._resolveFilename;
Module._resolveFilename = function (...args) {
  const file = resolve.apply(this, args);
  if (typeof file !== 'string' || !file.endsWith(`${path.sep}lib${path.sep}index.js`)) return file;
  const lazy = path.join(path.dirname(file), 'lazy-index.js');
  return fs.existsSync(lazy) ? lazy : file;
};
