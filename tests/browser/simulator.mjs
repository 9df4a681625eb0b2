// Walks the simulator's page in a real browser: two phones and the mailbox, live, and hostile strings shown as they are.
//
// node simulator.mjs <base address> <one-time link> <list as JSON> [folder for screenshots]
import { readFileSync } from 'node:fs';
import { fits, inBrowser, insist, isInert } from './watched.mjs';

const [base, link, list, shots] = process.argv.slice(2);
const strings = JSON.parse(readFileSync(list, 'utf8'));
const OWN = 'script[src="/simulator/simulator.js"], template#phone';
const widths = { phone: { width: 390, height: 844 }, laptop: { width: 1280, height: 900 } };

const phone = (page, number) => page.locator('.phone', { has: page.locator(`h2:text-is("${number}")`) });

// Sends a text, and answers with what came back.
async function text(page, number, body) {
  const here = phone(page, number);
  const before = await here.locator('.texts li').count();
  await here.locator('input').fill(body);
  await here.locator('button').click();
  await here.locator('.texts li').nth(before + 1).waitFor();
  return here.locator('.texts li').last().textContent();
}

const options = { viewport: widths.laptop, refused: ['/simulator/clock'] };
await inBrowser(base, options, async (page) => {
  await page.goto(`${base}/simulator?link=${link}`);
  insist(page.url() === `${base}/simulator`, 'the link opens the page and is gone from the address');
  await text(page, '+61491570006', 'START');
  await text(page, '+61491570006', 'Sam');
  await text(page, '+61491570006', '1');
  await text(page, '+61491570006', 'SAFE 0491 570 156 Mum');
  await text(page, '+61491570006', 'CHECKIN RONNY');
  await phone(page, '+61491570156').locator('.theirs', { hasText: 'Ronny Creek' }).waitFor();

  await page.request.post(`${base}/auth/register`, {
    data: { email: 'kim@example.org', password: 'a long walk in the rain' },
  });
  await page.locator('#mails .to', { hasText: 'kim@example.org' }).waitFor();

  await text(page, '+61491570006', 'OUT TOMORROW 6PM');
  await page.fill('#span', '3m');
  await page.click('#clock button');
  await page.locator('#now', { hasText: 'It is ' }).waitFor();
  await phone(page, '+61491570156').locator('.theirs', { hasText: 'plans to be out' }).waitFor();
  await page.fill('#span', '-3m');
  await page.click('#clock button');
  await page.locator('#now', { hasText: 'instant such as' }).waitFor();

  await page.fill('#number', 'no number at all');
  await page.click('#add button');
  insist(await page.locator('.phone').count() === 2, 'what is no number is no phone');
  for (const [name, size] of Object.entries(widths)) {
    await page.setViewportSize(size);
    await fits(page);
    if (shots) await page.screenshot({ path: `${shots}/simulator-${name}.png`, fullPage: true });
  }

  await page.setViewportSize(widths.laptop);
  await page.fill('#number', '0491 570 157');
  await page.click('#add button');
  for (const body of strings) {
    await text(page, '+61491570006', body.slice(0, 1600));
    await text(page, '+61491570157', `SAFE 0491570156 ${body}`.slice(0, 1600));
  }
  await isInert(page, OWN);
  await page.reload();
  await phone(page, '+61491570157').waitFor();
  await isInert(page, OWN);
});
console.log('the simulator works in a browser');
