// The provider of oidc_provider.py, on a port of the loopback. Its arguments are
// the folder of the modules, a certificate and its key. It writes what it was asked
// as lines of JSON, with all secrets in them, and reads commands as such lines.
"use strict";

const fs = require("fs");
const https = require("https");
const path = require("path");
const readline = require("readline");
const { pathToFileURL } = require("url");

const [modules, certificate, key] = process.argv.slice(2);
const HOUR = 3600;
const SECRETS = ["access_token", "refresh_token", "id_token", "code", "code_verifier",
	"device_code", "client_secret", "registration_access_token", "token"];
// Standard output is for the events alone.
console.info = console.warn = console.error;
// client: [its replies of the token endpoint that wait]
const held = new Map();
// client: seconds that its access tokens last
const lifetimes = new Map();

function tell(event) {
	process.stdout.write(JSON.stringify(event) + "\n");
}

function settings() {
	return {
		// Dovecot asks whether a token is good.
		clients: [{
			client_id: "dovecot", client_secret: "introspection-secret",
			token_endpoint_auth_method: "client_secret_post", redirect_uris: [],
			grant_types: ["client_credentials"], response_types: [],
		}],
		features: {
			deviceFlow: { enabled: true },
			introspection: { enabled: true, allowedPolicy: () => true },
			registration: { enabled: true },
			revocation: { enabled: true },
			clientCredentials: { enabled: true },
			devInteractions: { enabled: true },
		},
		scopes: ["openid", "email", "offline_access", "smtp"],
		claims: { openid: ["sub"], email: ["email"] },
		conformIdTokenClaims: false,
		ttl: {
			AccessToken: (ctx, token, client) => lifetimes.get(client.clientId) || HOUR,
			ClientCredentials: () => HOUR,
			RefreshToken: () => HOUR, DeviceCode: () => 60, Grant: () => HOUR,
			IdToken: () => HOUR, Interaction: () => HOUR, Session: () => HOUR,
		},
		issueRefreshToken: (ctx, client, code) =>
			client.grantTypeAllowed("refresh_token") &&
			code.scopes.has("offline_access"),
		// Whoever uses a token twice ends the login: all of its tokens.
		rotateRefreshToken: true,
		pkce: { required: () => true },
		cookies: { keys: ["the keys of a test"] },
		findAccount: (ctx, id) => ({
			accountId: id, claims: () => ({ sub: id, email: id }),
		}),
		// Introspection names the account so that Dovecot can compare it.
		extraTokenClaims: (ctx, token) => ({
			email: token.accountId || "alice@example.test",
		}),
	};
}

function secretsOf(ctx) {
	const redirect = ctx.response.get("location");
	const query = redirect ? new URL(redirect, "https://localhost").searchParams : [];
	return [ctx.oidc?.params, ctx.body, Object.fromEntries(query)].flatMap((object) =>
		SECRETS.map((name) => object?.[name]).filter((text) => typeof text === "string"));
}

// What came and what goes out; a client's replies may have to wait.
async function watch(ctx, next) {
	await next();
	const client = ctx.oidc?.client?.clientId;
	// It leaves out the interval, so that clients wait for five seconds.
	if (ctx.path === "/device/auth" && ctx.status === 200)
		ctx.body.interval = 1;
	tell({
		path: ctx.path, client, grant: ctx.oidc?.params?.grant_type,
		status: ctx.status, error: ctx.body?.error, gives: ctx.body?.refresh_token,
		secrets: secretsOf(ctx),
	});
	if (ctx.path === "/token" && held.has(client))
		await new Promise((resolve) => held.get(client).push(resolve));
}

async function main() {
	const module = path.join(modules, "oidc-provider", "lib", "index.js");
	const { default: Provider } = await import(pathToFileURL(module));
	const server = https.createServer({
		cert: fs.readFileSync(certificate), key: fs.readFileSync(key),
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const port = server.address().port;
	const provider = new Provider("https://localhost:" + port, settings());
	provider.on("server_error", (ctx, error) => console.error(error));
	provider.use(watch);
	server.on("request", provider.callback());
	const commands = {
		hold: (client) => held.set(client, []),
		release: (client) => {
			held.get(client).forEach((resolve) => resolve());
			held.delete(client);
		},
		close: () => {
			server.close(() => tell({ done: "close" }));
			server.closeAllConnections?.();
		},
		open: () => server.listen(port, "127.0.0.1", () => tell({ done: "open" })),
		lifetime: ([client, seconds]) => lifetimes.set(client, seconds),
		settle: () => {},
	};
	readline.createInterface({ input: process.stdin })
		.on("line", (line) => {
			const [[name, value]] = Object.entries(JSON.parse(line));
			commands[name](value);
			if (name !== "close" && name !== "open")
				tell({ done: name });
		})
		.on("close", () => process.exit(0));
	tell({ url: "https://localhost:" + port });
}

main();
