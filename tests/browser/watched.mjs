// A browser that remembers everything it should not have met: console errors, page errors, dialogs, broken policies,
// and requests to anybody else.
import { chromium } from 'playwright-core';

export function insist(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

// `refused` names the paths where the walk itself asks for what is refused: the browser logs each refusal as an error.
export async function inBrowser(base, { refused = [], ...options }, walk) {
  const isMeant = (address) => refused.includes(new URL(address || base).pathname);
  const complaints = [];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  try {
    const context = await browser.newContext(options);
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
      });
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() !== 'error' || isMeant(message.location().url)) return;
      complaints.push(`${page.url()}: console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${page.url()}: page: ${error.message}`));
    page.on('dialog', async (dialog) => {
      complaints.push(`${page.url()}: dialog: ${dialog.message()}`);
      await dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(`${base}/`)) complaints.push(`${page.url()}: asked for ${request.url()}`);
    });
    await walk(page);
  } finally {
    await browser.close();
  }
  insist(complaints.length === 0, complaints.slice(0, 20).join('\n'));
}

export async function fits(page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  insist(overflow <= 0, `${page.url()} is ${overflow} pixels wider than the window`);
}

// Nothing on the page came to life: no element that our pages do not have, no handler, no variable of the attacker's.
export async function isInert(page, own = '') {
  const alive = await page.evaluate((own) => {
    const foreign = [...document.querySelectorAll('script, img, iframe, object, embed, style, base, math, template, '
      + 'details, marquee, video, audio, meta[http-equiv], svg:not(.chart)')];
    const handlers = [...document.querySelectorAll('*')].filter((element) =>
      [...element.attributes].some((attribute) => attribute.name.startsWith('on')
        || /^\s*(javascript|data|vbscript):/i.test(attribute.value) && ['href', 'src', 'action'].includes(attribute.name)));
    return [...foreign.filter((element) => !(own && element.matches(own))), ...handlers]
      .map((element) => element.outerHTML.slice(0, 120)).concat(window.pwned === undefined ? [] : ['window.pwned']);
  }, own);
  insist(alive.length === 0, `${page.url()} has ${alive.join(' and ')}`);
}

export async function signIn(page, base, password) {
  await page.goto(`${base}/admin`);
  insist(page.url().endsWith('/admin/login'), 'a stranger is sent to the sign-in page');
  await page.fill('input[name=name]', 'ada');
  await page.fill('input[name=password]', password);
  await page.click('main button');
  insist(page.url().endsWith('/admin/second-factor'), 'a second factor is offered at the first sign-in');
}
