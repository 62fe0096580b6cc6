// Makes the stacks of a recorded synthesis (tools/peer.py) on the same provider bindings, without Python and without
// jsii. It knows beforehand what to make: so it is a lower bound of what a JavaScript program for the same stacks takes.
//
//     node peer.cjs <lazily|ordinary> <folder with node_modules> <recording> <outdir>
//
// lazily: each module of a provider is required by its own file; ordinary: the package as a whole, as an import does.
'use strict';
const { createRequire } = require('node:module');
const fs = require('node:fs');
const path = require('node:path');

const [how, packages, recording, outdir] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(packages), 'peer.cjs'));
const modules = new Map();
const objects = new Map();
const tokens = new Map();
const TOKEN = /[$#]\{TfToken\[TOKEN\.\d+\]\}/g;

// The class that jsii calls `fqn`: cdktf.App, @cdktf/provider-aws.vpnGateway.VpnGateway.
function classOf(fqn) {
  const names = fqn.split('.');
  const name = names.pop();
  const key = names.join('.');
  let found = modules.get(key);
  if (!found) {
    const [assembly, module] = names;
    if (!module) found = load(assembly);
    else if (how === 'ordinary') found = load(assembly)[module];
    else found = load(`${assembly}/lib/${module.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()}`);
    modules.set(key, found);
  }
  return found[name];
}

function argument(value) {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value.replace(TOKEN, (token) => tokens.get(token));
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(argument);
  if ('$jsii.byref' in value) return objects.get(value['$jsii.byref']);
  const data = value['$jsii.struct']?.data ?? value['$jsii.map'] ?? value;
  const result = {};
  for (const key of Object.keys(data)) if (data[key] !== null) result[key] = argument(data[key]);
  return result;
}

// What was answered then stands for what is answered now.
function answered(then, now) {
  if (typeof then === 'string') {
    const [before, after] = [then.match(TOKEN) ?? [], typeof now === 'string' ? now.match(TOKEN) ?? [] : []];
    before.forEach((token, index) => tokens.set(token, after[index]));
  } else if (Array.isArray(then)) then.forEach((item, index) => answered(item, now[index]));
  else if (then && typeof then === 'object' && '$jsii.byref' in then) objects.set(then['$jsii.byref'], now);
}

for (const line of fs.readFileSync(recording, 'utf8').split('\n')) {
  if (!line) continue;
  const [request, then] = JSON.parse(line);
  const args = (request.args ?? []).map(argument);
  if (request.fqn === 'cdktf.App') args[0].outdir = outdir;
  if (request.api === 'create') answered(then, new (classOf(request.fqn))(...args));
  else if (request.api === 'get') answered(then.value, objects.get(request.objref['$jsii.byref'])[request.property]);
  else if (request.api === 'invoke') answered(then.result, objects.get(request.objref['$jsii.byref'])[request.method](...args));
  else if (request.api === 'sinvoke') answered(then.result, classOf(request.fqn)[request.method](...args));
  else throw new Error(`${request.api}: not written for that`);
}
