// Parses each file named with mailparser; prints a line of JSON for each.
'use strict';

const fs = require('fs');
const { simpleParser } = require('mailparser');

// A part without a name is named by a random number.
function words(text) {
    return (text || '').split(/\s+/).filter(Boolean).join(' ');
}

async function main() {
    for (const file of process.argv.slice(2)) {
        const mail = await simpleParser(fs.readFileSync(file), {
            skipTextToHtml: true,
            skipHtmlToText: true
        });
        console.log(JSON.stringify({
            subject: words(mail.subject),
            text: words(mail.text),
            html: words(mail.html),
            attachments: mail.attachments.map(one => ({
                type: one.contentType,
                name: one.filename || null,
                content: one.content.toString('base64')
            }))
        }));
    }
}

main().catch(error => {
    console.error(error);
    process.exit(1);
});
