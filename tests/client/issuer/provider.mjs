// A real OpenID issuer for the test in a browser: `node provider.mjs CALLBACK`. It prints its address and ends with its input.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { Provider } = await import(require.resolve("oidc-provider"));

const PEOPLE = {
  ann: { name: "Ann Analyst", groups: ["/partners"] },
  eve: { name: "Eve Elsewhere", groups: ["/strangers"] },
};
const [callback] = process.argv.slice(2);
const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(address, {
  clients: [
    {
      client_id: "geointel-page",
      client_secret: "for this test only",
      redirect_uris: [callback],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  claims: { openid: ["sub"], profile: ["name", "groups"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  findAccount: (_, id) => (id in PEOPLE ? { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) } : undefined),
});
server.on("request", provider.callback());
process.stdin.resume().on("end", () => process.exit(0));
process.stdout.write(`${address}\n`);
