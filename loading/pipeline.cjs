// Preloaded into jsii's Node by early.py, which reads and writes on descriptor 3. A line `!7 {…}` is a request whose
// answer Python does not wait for: none is sent. Its answer is kept here, and later requests name it, as `@later.7`
// where it is an object and as `TfToken[LATER.7]` where it is a string or a list that only Terraform knows. jsii's own program sees ordinary requests
// only, one after another.
//
// A request that fails stops all that come after it. The next one whose answer Python waits for is answered with its
// error, and so is each one after that.
'use strict';
const fs = require('node:fs');

const DESCRIPTOR = 3;
const NEWLINE = 0x0a;
const CHUNK = Buffer.alloc(1 << 20);
const REFERENCE = /("\$jsii\.byref": ")[^"]*@later\.(\d+)"/g;
const TOKEN = /[$#]\{TfToken\[LATER\.(\d+)\]\}/g;
const FIRST = 0x21; // '!'

const read = fs.readSync;
const write = fs.writeSync;
const answers = new Map(); // number to what stands in the text of a later request
const names = new Map(); // an object's name here to its name in Python
let received = Buffer.alloc(0);
let handing = Buffer.alloc(0); // what jsii's program has not yet taken of the request that it is handed
let waitedFor = true;
let number = 0;
let failure = null;

fs.readSync = function (descriptor, buffer, ...rest) {
  if (descriptor !== DESCRIPTOR) return read.call(fs, descriptor, buffer, ...rest);
  const [offset, length] = rest;
  while (handing.length === 0) {
    const line = nextLine();
    if (line === null) return 0;
    const later = line[0] === FIRST;
    let text = line.toString('utf8');
    waitedFor = !later;
    if (later) {
      const space = text.indexOf(' ');
      number = Number(text.slice(1, space));
      text = text.slice(space + 1);
    }
    if (failure && !text.startsWith('{"exit"')) {
      if (waitedFor) send(failure);
    } else handing = Buffer.from(named(text));
  }
  const count = handing.copy(buffer, offset, 0, length);
  handing = handing.subarray(count);
  return count;
};

fs.writeSync = function (descriptor, buffer, ...rest) {
  if (descriptor !== DESCRIPTOR) return write.call(fs, descriptor, buffer, ...rest);
  const [offset = 0] = rest;
  if (waitedFor) send(names.size ? renamed(buffer.subarray(offset)) : buffer.subarray(offset));
  else keep(buffer.toString('utf8', offset));
  return buffer.length - offset;
};

function nextLine() {
  let end;
  while ((end = received.indexOf(NEWLINE)) < 0) {
    const count = read.call(fs, DESCRIPTOR, CHUNK, 0, CHUNK.length, null);
    if (count === 0) return null;
    received = Buffer.concat([received, CHUNK.subarray(0, count)]);
  }
  const line = received.subarray(0, end + 1);
  received = received.subarray(end + 1);
  return line;
}

function send(buffer) {
  for (let sent = 0; sent < buffer.length; ) sent += write.call(fs, DESCRIPTOR, buffer, sent);
}

function named(text) {
  if (!text.includes('later.') && !text.includes('[LATER.')) return text;
  return text
    .replace(REFERENCE, (all, before, which) => (answers.has(which) ? `${before}${answers.get(which)}"` : all))
    .replace(TOKEN, (all, which) => answers.get(which) ?? all);
}

function keep(text) {
  const { ok } = JSON.parse(text);
  if (!ok) {
    failure = Buffer.from(text);
    return;
  }
  const object = ok['$jsii.byref'];
  const said = object ?? ok.value ?? ok.result;
  const value = Array.isArray(said) && said.length === 1 ? said[0] : said;
  if (object) names.set(object, `${object.slice(0, object.lastIndexOf('@'))}@later.${number}`);
  if (typeof value === 'string') answers.set(String(number), JSON.stringify(value).slice(1, -1));
  else if (value !== undefined && value !== null) {
    const error = `Python did not wait for an answer that it needs: ${text.trim()}`;
    failure = Buffer.from(`${JSON.stringify({ error, name: '@jsii/kernel.Fault', stack: '' })}\n`);
  }
}

// Python knows an object by the name that it has there.
function renamed(buffer) {
  const text = buffer.toString('utf8');
  if (!text.includes('"$jsii.byref"')) return buffer;
  return Buffer.from(
    text.replace(/("\$jsii\.byref":")([^"]*)"/g, (all, before, name) => `${before}${names.get(name) ?? name}"`),
  );
}
