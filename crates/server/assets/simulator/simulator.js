"use strict";

// Every phone signs its texts as Twilio would, with the simulator's key, and posts them to the public webhook.
const { url, key } = document.body.dataset;
delete document.body.dataset.key;
const OURS = "+61491579455";
const ACCOUNT = "AC" + "0".repeat(32);
const REMEMBERED = "thunderbird.simulator.phones";
const phones = new Map();

const element = (id) => document.getElementById(id);

function e164(typed) {
  const compact = typed.replace(/[\s().\/-]/g, "");
  const number = compact.startsWith("+") ? compact : compact.startsWith("0") ? "+61" + compact.slice(1) : "+" + compact;
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : null;
}

function remember() {
  try { localStorage.setItem(REMEMBERED, JSON.stringify([...phones.keys()])); } catch { /* a private window forgets */ }
}

function remembered() {
  try { return JSON.parse(localStorage.getItem(REMEMBERED)) || []; } catch { return []; }
}

function addPhone(number) {
  if (phones.has(number)) return phones.get(number);
  const article = element("phone").content.firstElementChild.cloneNode(true);
  article.querySelector("h2").textContent = number;
  const phone = {
    number,
    texts: article.querySelector(".texts"),
    input: article.querySelector(".body"),
    button: article.querySelector("button"),
    error: article.querySelector(".error"),
  };
  const label = article.querySelector("label");
  phone.input.id = "body" + number.slice(1);
  label.htmlFor = phone.input.id;
  label.textContent = "Text from " + number;
  article.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send(phone);
  });
  phones.set(number, phone);
  element("phones").append(article);
  remember();
  return phone;
}

function show(phone, kind, body) {
  const line = document.createElement("li");
  line.className = kind;
  line.textContent = body;
  phone.texts.append(line);
  phone.texts.scrollTop = phone.texts.scrollHeight;
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function sign(address, form) {
  const names = Object.keys(form).sort();
  const signed = address + names.map((name) => name + form[name]).join("");
  const text = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const secret = await crypto.subtle.importKey("raw", text.encode(key), algorithm, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", secret, text.encode(signed)));
  return btoa(String.fromCharCode(...mac));
}

async function send(phone) {
  const body = phone.input.value;
  phone.input.value = "";
  phone.error.hidden = true;
  show(phone, "mine", body);
  const sid = "SM" + hex(crypto.getRandomValues(new Uint8Array(16)));
  const form = {
    AccountSid: ACCOUNT, ApiVersion: "2010-04-01", Body: body, From: phone.number, MessageSid: sid, NumMedia: "0",
    NumSegments: "1", SmsMessageSid: sid, SmsSid: sid, SmsStatus: "received", To: OURS,
  };
  const path = "/webhook/sms/inbound";
  phone.button.disabled = true;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "X-Twilio-Signature": await sign(url + path, form) },
      body: new URLSearchParams(form),
    });
    if (!answer.ok) throw new Error("The service answered " + answer.status + ".");
    const reply = new DOMParser().parseFromString(await answer.text(), "text/xml");
    const messages = [...reply.getElementsByTagName("Message")];
    messages.forEach((message) => show(phone, "theirs", message.textContent));
    if (messages.length === 0) show(phone, "quiet", "no answer");
  } catch (error) {
    phone.error.textContent = error.message;
    phone.error.hidden = false;
  } finally {
    phone.button.disabled = false;
    phone.input.focus();
  }
}

// A phone that rings: a button picks it up, and buttons are its keys.
function ring(phone, call) {
  const line = document.createElement("li");
  line.className = "call";
  const said = document.createElement("p");
  said.textContent = "The phone rings.";
  line.append(said);
  const button = (label, key) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", () => answer(phone, call, key, said).catch((error) => {
      phone.error.textContent = error.message;
      phone.error.hidden = false;
    }));
    line.append(made);
  };
  button("Pick up", null);
  for (const key of ["1", "2", "9"]) button("Key " + key, key);
  phone.texts.append(line);
  phone.texts.scrollTop = phone.texts.scrollHeight;
}

async function answer(phone, call, key, said) {
  const form = {
    AccountSid: ACCOUNT, ApiVersion: "2010-04-01", CallSid: call.sid, CallStatus: "in-progress",
    Direction: "outbound-api", From: OURS, To: phone.number,
  };
  const post = async (path, form) => fetch(path, {
    method: "POST",
    headers: { "X-Twilio-Signature": await sign(url + path, form) },
    body: new URLSearchParams(form),
  });
  await post(call.path + "/status", form);
  const reply = await post(call.path, key ? { ...form, Digits: key } : form);
  if (!reply.ok) throw new Error("The service answered " + reply.status + ".");
  const script = new DOMParser().parseFromString(await reply.text(), "text/xml");
  const words = [...script.getElementsByTagName("Say")].map((say) => say.textContent);
  said.textContent = words.filter((word, place) => word !== words[place - 1]).join(" ");
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function listen(path, take) {
  let after = 0;
  for (;;) {
    try {
      const answer = await fetch(path + "?after=" + after);
      if (answer.status === 404) return;
      const news = await answer.json();
      news.events.forEach(take);
      after = news.last;
    } catch {
      after = 0;
      await pause(2000);
    }
  }
}

const seenTexts = new Set();
listen("/simulator/events", (text) => {
  if (seenTexts.has(text.sid)) return;
  seenTexts.add(text.sid);
  if (text.call) ring(addPhone(text.to), text.call);
  else show(addPhone(text.to), "theirs", text.body);
});

const seenMails = new Set();
listen("/simulator/mails", (mail) => {
  const name = mail.at + mail.to + mail.subject;
  if (seenMails.has(name)) return;
  seenMails.add(name);
  element("no-mail").hidden = true;
  const line = document.createElement("li");
  const parts = [["to", "div", "To " + mail.to], ["subject", "strong", mail.subject], ["body", "pre", mail.body]];
  for (const [kind, tag, content] of parts) {
    const part = document.createElement(tag);
    part.className = kind;
    part.textContent = content;
    line.append(part);
  }
  element("mails").prepend(line);
});

element("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = e164(element("number").value);
  if (!number) {
    element("number").setCustomValidity("This is not a phone number.");
    element("number").reportValidity();
    element("number").setCustomValidity("");
    return;
  }
  element("number").value = "";
  addPhone(number).input.focus();
});

// A promise's whole story is seen in minutes: the service's clock goes forward, and never back.
element("clock").addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = element("span").value.trim();
  const at = /^\d{4}-/.test(typed) || typed.startsWith("+") ? typed : "+" + typed.replace(/\s/g, "");
  try {
    const answer = await fetch("/simulator/clock?" + new URLSearchParams({ at }), { method: "POST" });
    const said = await answer.json();
    element("now").textContent = answer.ok
      ? "It is " + new Date(said.now).toLocaleString() + " now."
      : said.errors?.[0]?.detail || said.detail || "The service answered " + answer.status + ".";
  } catch (error) {
    element("now").textContent = error.message;
  }
});

const before = remembered().filter((number) => typeof number === "string" && e164(number) === number);
if (!element("phones").hidden) (before.length ? before : ["+61491570006", "+61491570156"]).forEach(addPhone);
