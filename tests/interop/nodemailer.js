// A server made of nodemailer's smtp-server; folder, size and ports are its
// arguments. It keeps each message as two files in the folder, JSON and content.
"use strict";

const fs = require("fs");
const path = require("path");
const { SMTPServer } = require("smtp-server");

const [folder, size, lateLimit, starttls, smtps, late] = process.argv.slice(2);
const user = "alice@example.test";
let count = 0;

function authenticate(auth, session, done) {
	const good = auth.username === user && (
		auth.method === "XOAUTH2" ? auth.accessToken === "good-token" :
		auth.method === "CRAM-MD5" ? auth.validatePassword("secret") :
		auth.password === "secret");
	if (good)
		return done(null, { user });
	if (auth.method === "XOAUTH2")
		return done(null, { data: { status: "401", schemes: "bearer", scope: "mail" } });
	return done(new Error("the password is wrong"));
}

function refusal(text, code) {
	return Object.assign(new Error(text), { responseCode: code });
}

function recipient(address, session, done) {
	done(address.address.endsWith("@refused.test") ? refusal("no relaying", 550) : null);
}

function keeper(limit) {
	return function keep(stream, session, done) {
		const parts = [];
		stream.on("data", (part) => parts.push(part));
		stream.on("end", () => {
			if (stream.sizeExceeded || stream.byteLength > limit)
				return done(refusal("too large", 552));
			const stem = path.join(folder, String(++count).padStart(6, "0"));
			const to = session.envelope.rcptTo.map((one) => one.address);
			fs.writeFileSync(stem + ".eml", Buffer.concat(parts));
			fs.writeFileSync(stem + ".tmp", JSON.stringify({ to }));
			fs.renameSync(stem + ".tmp", stem + ".json");
			return done(null, "kept");
		});
	};
}

function listen(port, more) {
	const limit = Number(more.late ? lateLimit : size);
	const server = new SMTPServer({
		name: "mx.example.test", banner: "ESMTP",
		key: fs.readFileSync(path.join(folder, "leaf.key")),
		cert: fs.readFileSync(path.join(folder, "leaf.pem")),
		authMethods: ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"],
		disableReverseLookup: true, hideDSN: false, hideENHANCEDSTATUSCODES: false,
		size: more.late ? undefined : limit, logger: false,
		onAuth: authenticate, onRcptTo: recipient, onData: keeper(limit), ...more.options,
	});
	server.on("error", () => {});
	server.listen(Number(port), "127.0.0.1");
}

listen(starttls, {});
listen(smtps, { options: { secure: true } });
listen(late, { late: true });
process.on("SIGTERM", () => process.exit(0));
