// Lists the operations of /openapi.json and lets one try them. Everything is fetched from this service alone, every
// text is set as text, and the token lives in this variable only.
"use strict";

let token = null;

const make = (tag, text, properties = {}) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  return Object.assign(element, properties);
};

const resolve = (description, schema) => {
  const name = schema?.$ref?.split("/").pop();
  return name ? description.components.schemas[name] : schema;
};

const example = (description, wanted, depth = 0) => {
  const schema = resolve(description, wanted) ?? {};
  if (schema.examples?.length) return schema.examples[0];
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const kind = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.properties && depth < 4) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, example(description, inner, depth + 1)]),
    );
  }
  if (kind === "array") return [];
  if (kind === "integer" || kind === "number") return 1;
  if (kind === "boolean") return true;
  return "";
};

const bodyOf = (description, operation) => {
  const content = operation.requestBody?.content ?? {};
  const [type] = Object.keys(content);
  if (!type) return null;
  const value = example(description, content[type].schema);
  const text = type === "application/json" ? JSON.stringify(value, null, 2) : new URLSearchParams(value).toString();
  return { type, text };
};

const responses = (operation) => {
  const table = make("table");
  const head = table.createTHead().insertRow();
  head.append(make("th", "status", { scope: "col" }), make("th", "meaning", { scope: "col" }));
  const rows = table.createTBody();
  for (const [status, response] of Object.entries(operation.responses)) {
    const row = rows.insertRow();
    row.insertCell().append(make("code", status));
    row.insertCell().textContent = response.description;
  }
  return table;
};

const attempt = async (method, path, fields, body, shown) => {
  const query = new URLSearchParams();
  let target = path;
  for (const { name, place, input } of fields) {
    if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (place === "query" && input.value !== "") query.set(name, input.value);
  }
  const headers = {};
  for (const { name, place, input } of fields) {
    if (place === "header" && input.value !== "") headers[name] = input.value;
  }
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = body.type;
  const address = query.size ? `${target}?${query}` : target;
  try {
    const began = performance.now();
    const answer = await fetch(address, { method, headers, body: body?.input.value, redirect: "manual", credentials: "omit" });
    const took = Math.round(performance.now() - began);
    const text = await answer.text();
    let pretty = text;
    try {
      pretty = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not JSON: shown as it came.
    }
    shown.textContent = `${answer.status} ${answer.statusText} (${took} ms, request ${answer.headers.get("x-request-id")})\n\n${pretty}`;
  } catch (error) {
    shown.textContent = `No answer: ${error.message}`;
  }
};

const trial = (description, method, path, operation) => {
  const form = make("form");
  const fields = (operation.parameters ?? []).map((parameter) => {
    const input = make("input", undefined, { required: parameter.required ?? false });
    const label = make("label", `${parameter.name} (${parameter.in})`);
    label.append(input);
    return { name: parameter.name, place: parameter.in, input, label };
  });
  const row = make("div", undefined, { className: "row" });
  row.append(...fields.map((field) => field.label));
  form.append(row);
  const body = bodyOf(description, operation);
  if (body) {
    body.input = make("textarea", undefined, { value: body.text, spellcheck: false });
    const label = make("label", `Body (${body.type})`);
    label.append(body.input);
    form.append(label);
  }
  const shown = make("pre", "", { hidden: true });
  const send = make("p");
  send.append(make("button", "Try it"));
  form.append(send, shown);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    shown.hidden = false;
    shown.textContent = "…";
    attempt(method.toUpperCase(), path, fields, body, shown);
  });
  return form;
};

const show = (description, method, path, operation) => {
  const details = make("details", undefined, { id: operation.operationId });
  const summary = make("summary");
  const name = make("code", "");
  name.append(make("span", method.toUpperCase(), { className: "method" }), path);
  if (operation.security?.length) name.className = "guarded";
  summary.append(name, " ", operation.summary ?? "");
  details.append(summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) {
      if (operation.description) details.append(make("p", operation.description));
      details.append(responses(operation), trial(description, method, path, operation));
    }
  });
  return details;
};

const list = async () => {
  const main = document.getElementById("operations");
  try {
    const description = await (await fetch("/openapi.json")).json();
    document.getElementById("version").textContent = description.info.version;
    document.getElementById("about").textContent = description.info.description;
    const groups = new Map();
    for (const [path, item] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const group = operation.tags?.[0] ?? "other";
        groups.set(group, [...(groups.get(group) ?? []), show(description, method, path, operation)]);
      }
    }
    main.replaceChildren();
    for (const [group, operations] of [...groups].sort()) {
      main.append(make("h2", group), ...operations);
    }
  } catch (error) {
    main.textContent = `The description cannot be read: ${error.message}`;
  }
};

const signIn = async (form) => {
  const who = document.getElementById("who");
  const answer = await fetch("/auth/token", { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "omit" });
  const granted = await answer.json();
  if (answer.ok) {
    token = granted.access_token;
    who.textContent = `Signed in as ${form.elements.username.value} for ${Math.floor(granted.expires_in / 60)} minutes.`;
    form.elements.password.value = "";
    document.getElementById("sign-out").hidden = false;
  } else {
    who.textContent = granted.detail;
  }
};

document.getElementById("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(event.target).catch((error) => {
    document.getElementById("who").textContent = `No answer: ${error.message}`;
  });
});

document.getElementById("sign-out").addEventListener("click", (event) => {
  token = null;
  event.target.hidden = true;
  document.getElementById("who").textContent = "Not signed in.";
});

list();
