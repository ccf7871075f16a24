#include "rows.h"

#include "base/buf.h"
#include "message/known_fields.h"

enum verdict { HEADER, TEXT, UNCLEAR };

struct row {
	const char *name;
	enum verdict verdict;
	const char *header; /* lines that end in LF */
};

static const struct row rows[] = {
    {"subject", HEADER, "Subject: x\n"},
    {"subject in small letters", HEADER, "subject: x\n"},
    {"subject without a value", HEADER, "Subject:\n"},
    {"blank before the colon", HEADER, "Subject : x\n"},
    {"one of many", HEADER, "a: b\nc: d\nComments: x\ne: f\n"},
    {"X- field", HEADER, "X-Mailer: x\n"},
    {"X- field alone, no value", HEADER, "X-Foo:\n"},
    {"an address", HEADER, "From: a@b.example\n"},
    {"an address after a name", HEADER, "From: A B <a@b.example>\n"},
    {"a name with brackets", HEADER, "From: [Alert] <a@b.example>\n"},
    {"a local name", HEADER, "From: root\n"},
    {"a local name and a comment", HEADER, "From: root (Cron Daemon)\n"},
    {"a group without members", HEADER, "To: undisclosed-recipients:;\n"},
    {"folded addresses", HEADER, "To: a@b,\n c@d\n"},
    {"address at once", HEADER, "Cc:a@b\n"},
    {"date", HEADER, "Date: Mon, 5 Jan 2026 10:00:00 +0000\n"},
    {"date without the day's name", HEADER, "Date: 5 Jan 2026 10:00 GMT\n"},
    {"date with a comment", HEADER,
	"Date: Mon,5 Jan 2026 10:00:00 +0100 (CET)\n"},
    {"old date", HEADER, "Date: 5 jan 26 1:00:00 EST\n"},
    {"message ID", HEADER, "Message-ID: <a@b>\n"},
    {"references", HEADER, "References:\n <a@b>\n <c@d>\n"},
    {"MIME-Version", HEADER, "MIME-Version: 1.0\n"},
    {"Content-Type", HEADER, "Content-Type: text/plain\n"},
    {"Content-Transfer-Encoding", HEADER, "content-transfer-encoding: 8BIT\n"},
    {"another Content- field", HEADER, "Content-Class: x\n"},
    {"received", HEADER,
	"Received: from a by b; Mon, 5 Jan 2026 10:00:00 +0000\n"},
    {"received without a date", HEADER, "Received: by b; now\n"},
    {"return-path", HEADER, "Return-Path: <>\n"},
    {"priority", HEADER, "Priority: Urgent\n"},
    {"precedence", HEADER, "Precedence: bulk\n"},
    {"status of a mailbox", HEADER, "Status: RO\n"},
    {"list without a reply", HEADER, "List-Post: NO (closed)\n"},
    {"list with a URL", HEADER, "List-Unsubscribe: <mailto:a@b>\n"},
    {"signature", HEADER, "DKIM-Signature: v=1; a=x\n"},
    {"HTTP", HEADER, "Server: x\nDate: Mon, 05 Jan 2026 10:00:00 GMT\n"},
    {"resent", HEADER, "Resent-To: a@b\n"},
    /* The ends of the table, and names that are easily put in a wrong order. */
    {"Accept-Language", HEADER, "accept-language: de\n"},
    {"ARC-Seal", HEADER, "arc-seal: i=1\n"},
    {"Archived-At", HEADER, "Archived-At: <https://x>\n"},
    {"Auto-Submitted", HEADER, "Auto-Submitted: auto-generated\n"},
    {"Autoforwarded", HEADER, "Autoforwarded: TRUE\n"},
    {"In-Reply-To", HEADER, "In-Reply-To: <a@b>\n"},
    {"Incomplete-Copy", HEADER, "Incomplete-Copy:\n"},
    {"MT-Priority", HEADER, "MT-Priority: -3\n"},
    {"User-Agent", HEADER, "User-Agent: x\n"},
    {"X400-Trace", HEADER, "x400-trace: x\n"},

    {"nothing", TEXT, ""},
    {"unknown name", TEXT, "Foo: bar\n"},
    {"a tool's word", TEXT, "make: *** No rule to make target 'x'.\n"},
    {"ERROR", TEXT, "ERROR: disk full\nWARNING: x\n"},
    {"Warning with To", TEXT, "Warning: To: foo\n"},
    {"known name in a continuation", TEXT, "Foo: bar\n Subject: x\n"},
    {"files after From", TEXT, "From: /dev/sda to /dev/sdb\n"},
    {"one file after From", TEXT, "From: /dev/sda\n"},
    {"words after From", TEXT, "From: the job that failed\n"},
    {"nothing after From", TEXT, "From:\n"},
    {"words after Sender", TEXT, "Sender: not known\n"},
    {"yesterday", TEXT, "Date: yesterday\n"},
    {"date of git, hg and date(1)", TEXT,
	"date:        Thu Jan 01 00:00:00 1970 +0000\n"},
    {"ISO date", TEXT, "Date: 2026-01-05T10:00:00Z\n"},
    {"date without a time", TEXT, "Date: Mon, 5 Jan 2026\n"},
    {"a package of dpkg", TEXT,
	"Package: bash\nEssential: yes\nStatus: install ok installed\n"
	"Priority: required\nSection: shells\nVersion: 5.2\n"},
    {"a package of pip", TEXT, "Name: x\nAuthor: Kenneth Reitz\n"},
    {"status of a job", TEXT, "Status: failed\n"},
    {"importance", TEXT, "Importance: very high\n"},
    {"received packets", TEXT, "Received: 10 packets\n"},
    {"received from", TEXT, "Received: from 10.0.0.1, 3 packets\n"},
    {"references", TEXT, "References: see ticket 12\n"},
    {"language", TEXT, "Language: C\n"},
    {"encoding", TEXT, "Encoding: UTF-8\n"},
    {"type without a slash", TEXT, "Content-Type: text\n"},
    {"YAML", TEXT, "name: x\nversion: 1\nitems:\n"},
    {"X alone", TEXT, "X: 5\nY: 6\n"},
    {"Subjects", TEXT, "Subjects: x\nSub: x\n"},
    {"mail fields of others", TEXT, "Newsgroups: x\n"},

    {"to be", UNCLEAR, "To: be or not to be\n"},
    {"cc of a compiler", UNCLEAR, "cc: error: no input files\n"},
    {"bcc that cannot be read", UNCLEAR, "a: b\nBcc: x y z\n"},
    {"empty To", UNCLEAR, "To:\n"},
    {"resent by whom", UNCLEAR, "Resent-From: the one who sent it\n"},
};

static void
test_verdict(void **state)
{
	const struct row *row = *state;
	struct span rest = span_from(row->header), name;
	struct buf header = {0};
	bool fits, names;

	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] == '\n')
			buf_add_char(&header, '\r');
		buf_add_char(&header, rest.at[i]);
	}
	fits = known_fields_fit(buf_span(&header));
	names = known_fields_of_recipients(buf_span(&header), &name);
	assert_int_equal(fits ? HEADER : names ? UNCLEAR : TEXT, row->verdict);
	buf_free(&header);
}

int
main(void)
{
	return rows_run("field", rows, ROWS(rows), test_verdict);
}
