// A provider of sign-ins (OpenID Connect) on this machine, and an installation of eakte whose people sign in there.
import { createRequire } from "node:module";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { freePort, startOwn } from "./own.mjs";

const require = createRequire(join(process.env.EAKTE_TEST_MODULES, "any.js"));

const client = { id: "eakte", secret: randomBytes(16).toString("hex") };

const form = (at) => `<!doctype html><html lang="de"><title>Kreis-Konto</title><main><h1>Kreis-Konto</h1>
<form method="post" action="${at}"><label>Name <input name="login"></label><label><input type="checkbox" name="code" value="yes"> mit Code</label><button>Weiter</button></form></main></html>`;

/** Asks who somebody is, and believes it: this is a test. */
async function interact(provider, people, req, res) {
  if (req.method === "GET") {
    await provider.interactionDetails(req, res);
    res.setHeader("Content-Type", "text/html; charset=utf-8");
    res.end(form(req.url));
    return;
  }
  let body = "";
  for await (const part of req) body += part;
  const said = new URLSearchParams(body);
  const person = [...people.values()].find((p) => p.preferred_username === said.get("login"));
  if (!person) {
    await provider.interactionFinished(req, res, { error: "access_denied", error_description: "nobody" });
    return;
  }
  const amr = said.get("code") ? ["pwd", "otp"] : ["pwd"];
  await provider.interactionFinished(req, res, { login: { accountId: person.sub, amr } }, { mergeWithLastSubmission: false });
}

/** Starts the provider. people are claims by subject, and may be changed while it runs. */
async function startProvider(people, app) {
  const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const provider = new Provider(issuer, {
    clients: [{
      client_id: client.id, client_secret: client.secret, redirect_uris: [`${app}/sign-in/back`], post_logout_redirect_uris: [`${app}/sign-in`],
      grant_types: ["authorization_code", "refresh_token"],
      backchannel_logout_uri: `${app}/sign-in/ended`, backchannel_logout_session_required: true,
    }],
    claims: { openid: ["sub", "amr"], profile: ["name", "preferred_username", "groups"] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own asks no machine of this network
    findAccount: (_ctx, sub) => people.has(sub) ? { accountId: sub, claims: () => people.get(sub) } : undefined,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    issueRefreshToken: () => true,
    jwks: { keys: [{ ...key, kid: "1", use: "sig", alg: "RS256" }] },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile offline_access");
      await grant.save();
      return grant;
    },
  });
  const told = [];
  for (const [event, n] of [["backchannel.success", 1], ["backchannel.error", 0]]) provider.on(event, () => told.push(n));
  const serve = provider.callback();
  const server = createServer((req, res) => {
    if (req.url === "/favicon.ico") return res.writeHead(204).end();
    if (!req.url.startsWith("/interaction/")) return serve(req, res);
    interact(provider, people, req, res).catch((e) => { res.statusCode = 500; res.end(e.message); });
  }).listen(Number(new URL(issuer).port), "127.0.0.1");
  await once(server, "listening");
  return { issuer, told, stop: () => { server.closeAllConnections(); server.close(); } };
}

/** Starts both: eakte with a table of groups, in an empty folder. */
export async function startElsewhere(people, groups) {
  const app = `http://127.0.0.1:${await freePort()}`;
  const provider = await startProvider(people, app);
  const own = await startOwn(app, (dir) => {
    writeFileSync(join(dir, "groups.csv"), groups);
    return {
      EAKTE_OIDC_ISSUER: provider.issuer, EAKTE_OIDC_CLIENT_ID: client.id, EAKTE_OIDC_CLIENT_SECRET: client.secret,
      EAKTE_OIDC_NAME: "Kreis-Konto", EAKTE_OIDC_GROUPS: join(dir, "groups.csv"), EAKTE_OIDC_FACTOR: "amr:otp",
    };
  });
  return { app, provider, said: own.said, async stop() { await own.stop(); provider.stop(); } };
}
