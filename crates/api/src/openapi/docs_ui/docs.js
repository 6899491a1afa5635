// Swagger UI with what its requests need besides the examples: logins that last, and a key of its own for each change.
//
// One session for each kind of account. Access tokens are kept in memory alone. The refresh token lies in sessionStorage, so that
// the page stays logged in when it is loaded again: there it is seen by this tab alone (and by a copy that is made of the tab, in
// which a login ends, because a refresh token opens a session once), and gone when the tab is closed. Nothing that opens anything is
// put into localStorage.
"use strict";

const REALMS = {
  customer: { title: "Customer", scheme: "customer_bearer", path: "/v1/auth/" },
  staff: { title: "Staff", scheme: "staff_bearer", path: "/v1/staff/auth/" },
};
/** Where the shop tells ids of which the contract shows only the form, by operation. */
const LISTS = { get_board_order: "/v1/board/orders", end_session: "/v1/me/sessions" };
/** Tokens that are good for less are exchanged first, milliseconds. */
const RENEWED_BEFORE_MILLIS = 60_000;

const form = document.getElementById("login");
const problem = document.getElementById("problem");
const list = document.getElementById("sessions");

/** By kind of account: email, accessToken, expiresAt, refreshToken. */
const sessions = new Map();
/** Exchanges under way, by kind of account: a refresh token opens a session once. */
const renewals = new Map();
/** By kind of account: who has logged in by trying that operation. */
const tried = new Map();
let ui;
let contract;

/** The answer's body, or an error with the words of the problem document. */
async function post(path, body, accessToken) {
  const headers = { "Content-Type": "application/json" };
  if (accessToken !== undefined) headers.Authorization = `Bearer ${accessToken}`;
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status === 204) return undefined;
  const told = await answer.json();
  if (answer.ok) return told;
  const details = (told.errors ?? []).map((error) => error.detail);
  const error = new Error([`${told.title}: ${told.detail}`, ...details].filter(Boolean).join("; "));
  throw Object.assign(error, { status: answer.status });
}

function tell(error) {
  problem.textContent = error?.message ?? "";
}

function keep(realm, email, tokens) {
  sessions.set(realm, {
    email,
    accessToken: tokens.access_token,
    expiresAt: Date.now() + tokens.expires_in * 1_000,
    refreshToken: tokens.refresh_token,
  });
  sessionStorage.setItem(realm, JSON.stringify({ email, refreshToken: tokens.refresh_token }));
  ui.preauthorizeApiKey(REALMS[realm].scheme, tokens.access_token);
  show();
}

function forget(realm) {
  sessions.delete(realm);
  sessionStorage.removeItem(realm);
  ui.authActions.logout([REALMS[realm].scheme]);
  show();
}

/** Exchanges the refresh token; whose session is over is logged out. */
function renew(realm, { email, refreshToken }) {
  const renewal = post(`${REALMS[realm].path}refresh`, { refresh_token: refreshToken })
    .then((tokens) => keep(realm, email, tokens))
    .catch((error) => {
      // What only failed this once is tried again with the next request.
      if (error.status === 401) forget(realm);
      tell(error);
    })
    .finally(() => renewals.delete(realm));
  renewals.set(realm, renewal);
  return renewal;
}

async function logIn(event) {
  event.preventDefault();
  tell();
  const { realm, email, password } = Object.fromEntries(new FormData(form));
  try {
    keep(realm, email, await post(`${REALMS[realm].path}login`, { email, password }));
    fill();
  } catch (error) {
    tell(error);
  }
}

/** With a token that is good: otherwise the session would stay open in the shop. */
async function logOut(realm) {
  tell();
  const { accessToken } = (await fresh(realm)) ?? {};
  if (accessToken === undefined) return;
  const headers = { Authorization: `Bearer ${accessToken}` };
  const answer = await fetch(`${REALMS[realm].path}logout`, { method: "POST", headers });
  if (!answer.ok) throw new Error((await answer.json()).detail);
  forget(realm);
}

function show() {
  list.replaceChildren(
    ...[...sessions].map(([realm, { email }]) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Log out";
      button.setAttribute("aria-label", `Log out ${email}`);
      button.addEventListener("click", () => logOut(realm).catch(tell));
      item.append(`${REALMS[realm].title} ${email} `, button);
      return item;
    }),
  );
}

/** In the demo shop: the account that the examples are of. */
function fill() {
  form.elements.password.value = "";
  if (document.documentElement.dataset.demo !== "true") return;
  const { email, password } = example(`${REALMS[form.elements.realm.value].path}login`);
  form.elements.email.value = email;
  form.elements.password.value = password;
}

/** The body that the contract shows for a POST: its own example, or those of the members of its schema. */
function example(path) {
  const content = contract.paths[path].post.requestBody.content["application/json"];
  if (content.example !== undefined) return content.example;
  const { properties } = contract.components.schemas[content.schema.$ref.split("/").pop()];
  return Object.fromEntries(Object.entries(properties).map(([name, { example }]) => [name, example]));
}

/** The operation of the contract that a request is for: paths without a place holder come first. */
function operationOf({ url, method }) {
  const { pathname } = new URL(url, location.href);
  const isAt = (template) => new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{[^}]+\}/g, "[^/]+")}$`).test(pathname);
  const template = contract.paths[pathname] ? pathname : Object.keys(contract.paths).find(isAt);
  return contract.paths[template]?.[method.toLowerCase()] ?? {};
}

function exampleOf({ parameters = [] }, wanted) {
  return parameters.find(({ name }) => name === wanted)?.example;
}

/** Not `randomUUID`, which browsers keep from pages that come without TLS from another machine. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A key that somebody has typed is sent as it is, to see what a repeated request does. */
function giveKey(operation, { headers }) {
  const takesKey = operation.parameters?.some(({ name }) => name === "Idempotency-Key");
  const given = headers["Idempotency-Key"];
  if (takesKey && (!given || given === exampleOf(operation, "Idempotency-Key"))) headers["Idempotency-Key"] = newKey();
}

/** The session as it is now, its token exchanged if it is not good for long. */
async function fresh(realm) {
  const session = sessions.get(realm);
  if (session?.expiresAt - Date.now() < RENEWED_BEFORE_MILLIS) await (renewals.get(realm) ?? renew(realm, session));
  return sessions.get(realm);
}

async function giveToken({ headers }) {
  for (const [realm, { accessToken }] of [...sessions]) {
    if (headers.Authorization !== `Bearer ${accessToken}`) continue;
    const renewed = await fresh(realm);
    if (renewed !== undefined) headers.Authorization = `Bearer ${renewed.accessToken}`;
  }
}

/** What a request says; nothing, if that is no JSON: the shop shall say so. */
function said({ body }) {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

/** In the place of an example that shows no more than the form: what this shop and this session have. */
async function giveWhatOnlyTheShopKnows(operation, request) {
  const id = exampleOf(operation, "id");
  const shown = LISTS[operation.operationId];
  if (shown !== undefined && request.url.includes(id)) {
    const { Authorization } = request.headers;
    const answer = await fetch(shown, { headers: Authorization ? { Authorization } : {} });
    const last = answer.ok ? (await answer.json()).items.at(-1) : undefined;
    if (last !== undefined) request.url = request.url.replace(id, last.id);
  }
  for (const [realm, { path }] of Object.entries(REALMS)) {
    if (request.url.endsWith(`${path}login`)) tried.set(realm, said(request).email);
    const isExample = () => said(request).refresh_token === example(`${path}refresh`).refresh_token;
    if (sessions.has(realm) && request.url.endsWith(`${path}refresh`) && isExample()) {
      request.body = JSON.stringify({ refresh_token: sessions.get(realm).refreshToken });
    }
  }
}

async function before(request) {
  if (request.loadSpec) return request;
  const operation = operationOf(request);
  giveKey(operation, request);
  await giveToken(request);
  await giveWhatOnlyTheShopKnows(operation, request);
  return request;
}

/** Whoever logs in, stays logged in or logs out by trying these operations does so for the page. */
function after(response) {
  for (const [realm, { path }] of Object.entries(REALMS)) {
    const did = (act) => response.ok && response.url.endsWith(`${path}${act}`);
    if (did("login")) keep(realm, tried.get(realm), JSON.parse(response.text));
    if (did("refresh")) keep(realm, sessions.get(realm)?.email ?? "", JSON.parse(response.text));
    if (did("logout")) forget(realm);
  }
  return response;
}

function ready() {
  contract = ui.specSelectors.specJson().toJS();
  fill();
  for (const realm of Object.keys(REALMS)) {
    const kept = sessionStorage.getItem(realm);
    if (kept !== null) renew(realm, JSON.parse(kept));
  }
}

/** Dark as the device is, until somebody presses the button. */
function darken(isDark) {
  document.documentElement.classList.toggle("dark-mode", isDark);
  document.getElementById("theme").setAttribute("aria-pressed", String(isDark));
}

const device = matchMedia("(prefers-color-scheme: dark)");
darken(device.matches);
device.addEventListener("change", () => darken(device.matches));
document.getElementById("theme").addEventListener("click", () => {
  darken(!document.documentElement.classList.contains("dark-mode"));
});
form.addEventListener("submit", logIn);
form.elements.realm.addEventListener("change", fill);

ui = SwaggerUIBundle({
  dom_id: "#swagger-ui",
  url: "/openapi.json",
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  requestSnippetsEnabled: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor: before,
  responseInterceptor: after,
  onComplete: ready,
});
