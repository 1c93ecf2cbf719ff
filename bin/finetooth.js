#!/usr/bin/env node
// Plain JavaScript of old Node: it must run there to say that it cannot.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(
    `finetooth needs Node 22.13 or newer and this is Node ${process.versions.node}: install a newer one (in a clone, "npm ci" brings one and "npx finetooth" uses it).\n`,
  );
  process.exitCode = 1;
} else {
  import('../dist/fetch/compile-cache.js')
    .then(({ keepCompiled }) => {
      // Who deletes what is kept shall not leave new files behind.
      if (process.argv[2] !== 'cache') keepCompiled();
    })
    .then(() => import('../dist/cli/main.js'))
    .then(
      (cli) => cli.main(process.argv.slice(2)),
      (error) => {
        const unbuilt = error.code === 'ERR_MODULE_NOT_FOUND' && /dist.(cli.main|fetch.compile-cache)\.js/.test(error.message);
        process.stderr.write(unbuilt ? 'finetooth is not built: run "npm run build".\n' : `${error.stack}\n`);
        process.exitCode = 1;
      },
    );
}
