// Opens every page of the console after hostile strings were planted by text, plants them through every form as well,
// and fails on any dialog, policy report, console error, foreign request or element that came to life.
//
// node hostile.mjs <base address> <password> <list as JSON>
import { readFileSync } from 'node:fs';
import { inBrowser, insist, isInert, signIn } from './watched.mjs';

const [base, password, list] = process.argv.slice(2);
// What a page does, it does before its icon is there.
const SOON = { waitUntil: 'domcontentloaded' };
const strings = JSON.parse(readFileSync(list, 'utf8'));

async function look(page, path) {
  const answer = await page.goto(base + path, SOON);
  insist(answer.status() === 200, `${path} answers ${answer.status()}`);
  await isInert(page);
}

// Fills a form of the page and sends it; fields that are not named keep what they have.
async function send(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`${form} [name=${name}]`, value);
  await Promise.all([page.waitForNavigation(SOON), page.locator(form).evaluate((element) => {
    element.noValidate = true;
    element.requestSubmit();
  })]);
  await isInert(page);
}

// An address has a limit, which is not what this is about.
const short = (text) => [...text].slice(0, 60).join('');

async function throughForms(page, text, number) {
  const two = String(number).padStart(2, '0');
  const search = new URLSearchParams({ actor: short(text), subject: short(text), email: short(text) });
  await look(page, '/admin/users');
  await send(page, 'form[method=get]', { name: short(text), phone: short(text) });
  await send(page, 'form[action="/admin/users"][method=post]', { phone: `+614915730${two}`, trail_name: text });
  await look(page, '/admin/messages');
  await send(page, 'form[method=get]', { error: short(text), phone: short(text) });
  await send(page, 'form[action="/admin/test-text"]', { phone: '+61491570110', words: text });
  await look(page, `/admin/accounts?${search}`);
  await look(page, `/admin/audit?${search}`);
}

async function everyPage(page) {
  let seen = 0;
  for (const first of ['/admin', '/admin/users', '/admin/accounts', '/admin/messages', '/admin/opt-outs', '/admin/audit']) {
    await look(page, first);
    while (await page.locator('a[rel=next]').count()) {
      await Promise.all([page.waitForNavigation(SOON), page.click('a[rel=next]')]);
      await isInert(page);
      seen += 1;
    }
  }
  insist(seen >= 5, `only ${seen} further pages`);
  for (let user = 1; ; user += 1) {
    const answer = await page.request.get(`${base}/admin/users/${user}`);
    if (answer.status() === 404) {
      insist(user > 60, `only ${user} hikers`);
      break;
    }
    await look(page, `/admin/users/${user}`);
    // The first one has every text and contact; of the others the name is what matters, which is never masked.
    if (user % 10 !== 1) continue;
    await Promise.all([page.waitForNavigation(SOON), page.click('text=Reveal numbers and texts')]);
    await isInert(page);
  }
  await look(page, '/admin/messages');
  await Promise.all([page.waitForNavigation(SOON), page.locator('form[action$="/reveal"] button').first().click()]);
  await isInert(page);
}

await inBrowser(base, { viewport: { width: 1280, height: 900 } }, async (page) => {
  await signIn(page, base, password);
  for (const [number, text] of strings.entries()) await throughForms(page, text, number);
  await everyPage(page);
});
console.log(`${strings.length} hostile strings did nothing`);
