// Opens every page of the console after hostile strings were planted by text, plants them through every form as well,
// and fails on any dialog, policy report, console error, foreign request or element that came to life.
//
// node hostile.mjs <base address> <password> <list as JSON>
import { readFileSync } from 'node:fs';
import { inBrowser, insist, isInert, signIn } from './watched.mjs';

const [base, password, list] = process.argv.slice(2);
const strings = JSON.parse(readFileSync(list, 'utf8'));

async function look(page, path) {
  const answer = await page.goto(base + path);
  insist(answer.status() === 200, `${path} answers ${answer.status()}`);
  await isInert(page);
}

// Fills a form of the page and sends it; fields that are not named keep what they have.
async function send(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) await page.fill(`${form} [name=${name}]`, value);
  await Promise.all([page.waitForNavigation(), page.locator(form).evaluate((element) => {
    element.noValidate = true;
    element.requestSubmit();
  })]);
  await isInert(page);
}

async function throughForms(page, text, number) {
  const two = String(number).padStart(2, '0');
  await look(page, '/admin/users');
  await send(page, 'form[method=get]', { name: text, phone: text });
  await send(page, 'form[action="/admin/users"][method=post]', { phone: `+614915730${two}`, trail_name: text });
  await look(page, '/admin/messages');
  await send(page, 'form[method=get]', { error: text, phone: text });
  await send(page, 'form[action="/admin/test-text"]', { phone: '+61491570110', words: text });
  await look(page, '/admin/accounts');
  await send(page, 'form[method=get]', { email: text });
  await look(page, '/admin/audit');
  await send(page, 'form[method=get]', { actor: text, subject: text });
}

async function everyPage(page) {
  let seen = 0;
  for (const first of ['/admin', '/admin/users', '/admin/accounts', '/admin/messages', '/admin/opt-outs', '/admin/audit']) {
    await look(page, first);
    while (await page.locator('a[rel=next]').count()) {
      await Promise.all([page.waitForNavigation(), page.click('a[rel=next]')]);
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
    await Promise.all([page.waitForNavigation(), page.click('text=Reveal numbers and texts')]);
    await isInert(page);
  }
  await look(page, '/admin/messages');
  await Promise.all([page.waitForNavigation(), page.locator('form[action$="/reveal"] button').first().click()]);
  await isInert(page);
}

await inBrowser(base, { viewport: { width: 1280, height: 900 } }, async (page) => {
  await signIn(page, base, password);
  for (const [number, text] of strings.entries()) await throughForms(page, text, number);
  await everyPage(page);
});
console.log(`${strings.length} hostile strings did nothing`);
