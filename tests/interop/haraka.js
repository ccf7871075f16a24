// A plugin for Haraka: it accepts every recipient except those at refused.test,
// and keeps each message as two files, JSON and content, in the folder that the
// setting haraka_keep names.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

let count = 0;

exports.hook_rcpt = function (next, connection, params) {
	const address = params[0].address;
	if (address.endsWith("@refused.test"))
		return next(DENY, "no relaying");
	connection.relaying = true;
	return next(OK);
};

exports.hook_queue = function (next, connection) {
	const transaction = connection.transaction;
	const folder = this.config.get("haraka_keep");
	const stem = path.join(folder, String(++count).padStart(6, "0"));
	const to = transaction.rcpt_to.map((one) => one.address);
	const file = fs.createWriteStream(stem + ".eml");
	file.once("close", () => {
		fs.writeFileSync(stem + ".tmp", JSON.stringify({ to }));
		fs.renameSync(stem + ".tmp", stem + ".json");
		next(OK);
	});
	transaction.message_stream.pipe(file);
};
exports.hook_queue_outbound = exports.hook_queue;
