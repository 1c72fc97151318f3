// Opens the built page in a real browser and collects what must not happen: console errors, policy violations,
// requests to anybody else. Knows nothing of what the page shows.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Finds the npm packages that script/setup installs. */
export const require = createRequire(join(root, 'script/npm/package.json'));

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.json': 'application/json', '.png': 'image/png',
  '.yaml': 'text/plain; charset=utf-8', '.md': 'text/plain; charset=utf-8', '.webmanifest': 'application/manifest+json',
};

/**
 * Serves a folder on 127.0.0.1 under the page's own Content-Security-Policy, and nothing outside it; with `packed`
 * compressed by brotli, as a public server would, with `policy` under another one.
 */
export async function serve(folder, { packed = false, policy: own } = {}) {
  const compressed = new Map();
  const pack = (file, body) => {
    if (!compressed.has(file)) compressed.set(file, brotliCompressSync(body));
    return compressed.get(file);
  };
  const source = await readFile(join(root, 'index.html'), 'utf8');
  const policy = own ?? source.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)[1];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://127.0.0.1').pathname));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
        ...packed && { 'Content-Encoding': 'br' },
      });
      response.end(packed ? pack(file, body) : body);
    } catch {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end(`no ${path} here`);
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise(done => server.close(done)) };
}

/** Starts the system's Chromium; `leaveOut` names what Playwright would say to it and shall not. */
export async function launch(extra = [], leaveOut = []) {
  const { chromium } = require('playwright-core');
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    ignoreDefaultArgs: leaveOut,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', ...extra,
    ],
  });
}

/**
 * Opens `url` (a path under `site.url`) in a fresh context and collects the faults of the page.
 * `prepare` gets the page before it goes anywhere.
 * `options` are Playwright's context options (viewport, colorScheme, locale, reducedMotion …).
 */
export async function open(browser, site, { path = '', expectErrors = false, prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  const faults = [];
  page.on('console', message => {
    if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) {
      faults.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', error => faults.push(`uncaught: ${error.message}`));
  page.on('request', request => {
    const url = request.url();
    if (!url.startsWith(site.url) && !/^(data|blob|about):/.test(url)) faults.push(`third-party request: ${url}`);
  });
  page.on('response', response => {
    if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', event => {
      console.error(`Content Security Policy: ${event.violatedDirective} blocked ${event.blockedURI || event.sourceFile}`);
    });
  });
  await prepare?.(page);
  await page.goto(site.url + path);
  return {
    page, context, faults,
    /** Fails when anything was collected. */
    async assertQuiet() {
      if (!expectErrors && faults.length) throw new Error(`the page is not quiet:\n  ${faults.join('\n  ')}`);
    },
  };
}

/** Runs axe on the page and fails on any violation, naming the elements. */
export async function assertAccessible(page, { exclude = [], preload = true } = {}) {
  // Colours are looked at when nothing fades in: what comes while axe works stands at once.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const isStill = () => page.evaluate(() => document.getAnimations().every(it => it.playState !== 'running'));
  await eventually('nothing moves', isStill, 5_000).catch(() => {});
  // Evaluated by the debugger's protocol, which the page's policy does not reach.
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(
    ([exclude, preload]) => window.axe.run(exclude.length ? { exclude } : document, { resultTypes: ['violations'], preload }),
    [exclude, preload]);
  await page.emulateMedia({ reducedMotion: null });
  if (violations.length) {
    const lines = violations.flatMap(({ id, impact, help, nodes }) => [
      `${id} (${impact}): ${help}`,
      ...nodes.slice(0, 5).map(node => `    ${node.target.join(' ')}: ${node.failureSummary.split('\n').slice(1).join(';').trim()}`),
    ]);
    throw new Error(`axe found ${violations.length} violation(s):\n  ${lines.join('\n  ')}`);
  }
}

/** Polls `probe` until it returns something true, and fails with `what` after `timeout` milliseconds. */
export async function eventually(what, probe, timeout = 10_000) {
  const end = Date.now() + timeout;
  let last;
  do {
    last = await probe();
    if (last) return last;
    await new Promise(resolve => setTimeout(resolve, 50));
  } while (Date.now() < end);
  throw new Error(`after ${timeout / 1000} s still not: ${what}`);
}
