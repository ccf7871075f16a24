#include "rows.h"

#include <time.h>

#include "message/feed.h"
#include "message/replay.h"

#define UE "\303\274"
#define X100                                                                   \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X1000 X100 X100 X100 X100 X100 X100 X100 X100 X100 X100
#define X300 X100 X100 X100
#define MIME_1_0 "MIME-Version: 1.0\r\n"
#define TYPE "Content-Type: "
#define CODING "Content-Transfer-Encoding: "
#define MIXED TYPE "multipart/mixed; boundary=b\r\n"

/* "=": unchanged, in CRLF form. NULL: refused. */
#define MANY 200000
#define MANY_SECONDS 60 /* of processor time */

struct repair_row {
	const char *name;
	struct span in;
	const char *eight_bit, *seven_bit;
};

static const struct repair_row repair_rows[] = {
    {"ASCII", SPAN("A: b\r\n\r\nx\r\n"), "=", "="},
    {"Bcc between fields that are dropped",
	SPAN(MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
			   "8bit\r\n" CODING "8bit\r\nBcc: you\r\n" CODING
			   "8bit\r\nA: b\r\n\r\nein gr" UE "n\r\n"),
	MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING "8bit\r\n" CODING
		      "8bit\r\n" CODING "8bit\r\nA: b\r\n\r\nein gr" UE "n\r\n",
	MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
		      "quoted-printable\r\nA: b\r\n\r\nein gr=C3=BCn\r\n"},
    {"Bcc after a field that is always dropped",
	SPAN(TYPE "text/plain\r\n" TYPE "text/plain\r\nBcc: you\r\n" TYPE
		  "text/plain\r\nA: b\r\n\r\nein gr" UE "n\r\n"),
	TYPE "text/plain; charset=utf-8\r\nA: b\r\n" MIME_1_0 CODING
	     "8bit\r\n\r\nein gr" UE "n\r\n",
	TYPE "text/plain; charset=utf-8\r\nA: b\r\n" MIME_1_0 CODING
	     "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"declared",
	SPAN(MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING "8bit\r\n"
			   "\r\nein gr" UE "n\r\n"),
	"=",
	MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
		      "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"nothing declared", SPAN("A: b\r\n\r\nein gr" UE "n\r\n"),
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
	"8bit\r\n\r\nein gr" UE "n\r\n",
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
	"quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"no header", SPAN("\r\nein gr" UE "n\r\n"),
	MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
		      "8bit\r\n\r\nein gr" UE "n\r\n",
	MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
		      "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"not UTF-8", SPAN("A: b\r\n\r\nein gr\374n\r\n"), "=",
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=unknown-8bit\r\n" CODING
	"quoted-printable\r\n\r\nein gr=FCn\r\n"},
    {"most of it beyond ASCII", SPAN("A: b\r\n\r\n" UE UE "\r\n"),
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
	"8bit\r\n\r\n" UE UE "\r\n",
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
	"quoted-printable\r\n\r\n=C3=BC=C3=BC\r\n"},
    {"not UTF-8, a type without charset",
	SPAN(TYPE "text/x-patch\r\n\r\n-\374\374\374\r\n"),
	TYPE "text/x-patch\r\n" MIME_1_0 CODING "8bit\r\n\r\n-\374\374\374\r\n",
	TYPE "text/x-patch; charset=unknown-8bit\r\n" MIME_1_0 CODING
	     "quoted-printable\r\n\r\n-=FC=FC=FC\r\n"},
    {"not UTF-8, a part",
	SPAN(MIME_1_0 MIXED "\r\n--b\r\n\r\n-\374\r\n--b--\r\n"),
	MIME_1_0 MIXED "\r\n--b\r\n" CODING "8bit\r\n\r\n-\374\r\n--b--\r\n",
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE
		       "text/plain; charset=unknown-8bit\r\n" CODING
		       "quoted-printable\r\n\r\n-=FC\r\n--b--\r\n"},
    {"not UTF-8, declared as ASCII",
	SPAN(MIME_1_0 TYPE "text/plain; charset=us-ascii\r\n" CODING
			   "8bit\r\n\r\nein gr\374n\r\n"),
	"=",
	MIME_1_0 TYPE "text/plain; charset=unknown-8bit\r\n" CODING
		      "quoted-printable\r\n\r\nein gr=FCn\r\n"},
    {"not UTF-8, and a NUL", SPAN("A: b\r\n\r\n\374\0\r\n"),
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=unknown-8bit\r\n" CODING
	"quoted-printable\r\n\r\n=FC=00\r\n",
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=unknown-8bit\r\n" CODING
	"quoted-printable\r\n\r\n=FC=00\r\n"},
    {"HTML that names its charset",
	SPAN(MIME_1_0 TYPE "text/html\r\n\r\n<meta charset=\"iso-8859-2\">"
			   "\261aaaaaaaa\r\n"),
	MIME_1_0 TYPE
	"text/html; charset=iso-8859-2\r\n" CODING
	"8bit\r\n\r\n<meta charset=\"iso-8859-2\">\261aaaaaaaa\r\n",
	MIME_1_0 TYPE "text/html; charset=iso-8859-2\r\n" CODING
		      "quoted-printable\r\n\r\n<meta charset=3D\"iso-8859-2\">"
		      "=B1aaaaaaaa\r\n"},
    {"XML that names its charset, declared as ASCII",
	SPAN(MIME_1_0 TYPE
	    "text/xml; charset=us-ascii\r\n\r\n"
	    "<?xml version='1.0' encoding='koi8-r'?>\r\n<a>\301</a>\r\n"),
	MIME_1_0 TYPE
	"text/xml; charset=koi8-r\r\n" CODING "8bit\r\n\r\n"
	"<?xml version='1.0' encoding='koi8-r'?>\r\n<a>\301</a>\r\n",
	MIME_1_0 TYPE "text/xml; charset=koi8-r\r\n" CODING
		      "quoted-printable\r\n\r\n<?xml version=3D'1.0' "
		      "encoding=3D'koi8-r'?>\r\n<a>=C1</a>\r\n"},
    {"HTML without a declared charset",
	SPAN(MIME_1_0 TYPE "text/html\r\n\r\n<p>gr\374n and more text\r\n"),
	MIME_1_0 TYPE "text/html\r\n" CODING
		      "8bit\r\n\r\n<p>gr\374n and more text\r\n",
	MIME_1_0 TYPE "text/html\r\n" CODING
		      "quoted-printable\r\n\r\n<p>gr=FCn and more text\r\n"},
    {"HTML in UTF-16", SPAN(MIME_1_0 TYPE "text/html\r\n\r\n\376\377\0a\0\n"),
	MIME_1_0 TYPE "text/html; charset=utf-16\r\n" CODING
		      "base64\r\n\r\n/v8AYQAK\r\n",
	MIME_1_0 TYPE "text/html; charset=utf-16\r\n" CODING
		      "base64\r\n\r\n/v8AYQAK\r\n"},
    {"HTML in UTF-16 by its mark only, declared as another charset",
	SPAN(MIME_1_0 TYPE "text/html; charset=koi8-r\r\n\r\n\376\377ab\r"
			   "c\0\r\n"),
	MIME_1_0 TYPE "text/html; charset=koi8-r\r\n" CODING
		      "base64\r\n\r\n/v9hYg0KYwANCg==\r\n",
	"~"},
    {"HTML, most of it beyond ASCII",
	SPAN(MIME_1_0 TYPE "text/html\r\n\r\n" UE UE "\r\n"),
	MIME_1_0 TYPE "text/html; charset=utf-8\r\n" CODING "8bit\r\n\r\n" UE UE
		      "\r\n",
	MIME_1_0 TYPE "text/html; charset=utf-8\r\n" CODING
		      "base64\r\n\r\nw7zDvA0K\r\n"},
    {"XML that is no text",
	SPAN(MIME_1_0 TYPE "application/xml\r\n\r\n<a>\374</a>\r\n"),
	MIME_1_0 TYPE "application/xml\r\n" CODING
		      "8bit\r\n\r\n<a>\374</a>\r\n",
	MIME_1_0 TYPE "application/xml\r\n" CODING
		      "base64\r\n\r\nPGE+/DwvYT4NCg==\r\n"},
    {"no charset", SPAN(TYPE "text/html\r\n\r\nein gr" UE "n\r\n"),
	TYPE "text/html; charset=utf-8\r\n" MIME_1_0 CODING
	     "8bit\r\n\r\nein gr" UE "n\r\n",
	TYPE "text/html; charset=utf-8\r\n" MIME_1_0 CODING
	     "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"cron's charset in the C locale",
	SPAN(MIME_1_0 TYPE
	    "text/plain; charset=\"ANSI_X3.4-1968\"; a=b\r\n" CODING
	    "8bit\r\n\r\nein gr" UE "n\r\n"),
	MIME_1_0 TYPE "text/plain; charset=utf-8; a=b\r\n" CODING
		      "8bit\r\n\r\nein gr" UE "n\r\n",
	MIME_1_0 TYPE "text/plain; charset=utf-8; a=b\r\n" CODING
		      "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"a charset without a semicolon after it",
	SPAN(MIME_1_0 TYPE
	    "text/plain; charset=us-ascii format=flowed\r\n" CODING
	    "8bit\r\n\r\nein gr" UE "n\r\n"),
	MIME_1_0 TYPE "text/plain; charset=utf-8; format=flowed\r\n" CODING
		      "8bit\r\n\r\nein gr" UE "n\r\n",
	MIME_1_0 TYPE "text/plain; charset=utf-8; format=flowed\r\n" CODING
		      "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"a charset without a semicolon in front of it",
	SPAN(MIME_1_0 TYPE "text/plain charset=koi8-r\r\n\r\nabcdef\301\r\n"),
	MIME_1_0 TYPE "text/plain charset=koi8-r\r\n" CODING
		      "8bit\r\n\r\nabcdef\301\r\n",
	MIME_1_0 TYPE "text/plain charset=koi8-r\r\n" CODING
		      "quoted-printable\r\n\r\nabcdef=C1\r\n"},
    {"7bit is not true",
	SPAN(MIME_1_0 CODING "7bit\r\n" TYPE "text/plain; charset=utf-8\r\n"
			     "\r\nein gr" UE "n\r\n"),
	MIME_1_0 CODING "8bit\r\n" TYPE "text/plain; charset=utf-8\r\n"
			"\r\nein gr" UE "n\r\n",
	MIME_1_0 CODING "quoted-printable\r\n" TYPE
			"text/plain; charset=utf-8\r\n\r\nein gr=C3=BCn\r\n"},
    {"another charset is kept",
	SPAN(MIME_1_0 TYPE "text/plain; charset=koi8-r\r\n\r\nabcdef\301\r\n"),
	MIME_1_0 TYPE "text/plain; charset=koi8-r\r\n" CODING
		      "8bit\r\n\r\nabcdef\301\r\n",
	MIME_1_0 TYPE "text/plain; charset=koi8-r\r\n" CODING
		      "quoted-printable\r\n\r\nabcdef=C1\r\n"},
    {"a type that cannot be read", SPAN(TYPE "text\r\n\r\nein gr" UE "n\r\n"),
	TYPE "text/plain; charset=utf-8\r\n" MIME_1_0 CODING
	     "8bit\r\n\r\nein gr" UE "n\r\n",
	TYPE "text/plain; charset=utf-8\r\n" MIME_1_0 CODING
	     "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"no text, not declared", SPAN(MIME_1_0 TYPE "a/b\r\n\r\n" UE "\r\n"),
	MIME_1_0 TYPE "a/b\r\n" CODING "8bit\r\n\r\n" UE "\r\n",
	MIME_1_0 TYPE "a/b\r\n" CODING "base64\r\n\r\nw7wNCg==\r\n"},
    {"binary keeps its octets",
	SPAN(MIME_1_0 TYPE "a/b\r\n" CODING "binary\r\n\r\n" UE "\n\r"),
	MIME_1_0 TYPE "a/b\r\n" CODING "base64\r\n\r\nw7wKDQ==\r\n",
	MIME_1_0 TYPE "a/b\r\n" CODING "base64\r\n\r\nw7wKDQ==\r\n"},
    {"CR CR LF in text", SPAN("A: b\r\r\n\r\r\n" UE "\r\r\n\r\r\nx\r\ry\r\r"),
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
	"8bit\r\n\r\n" UE "\r\n\r\nx\r\n\r\ny\r\n\r\n",
	"A: b\r\n" MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
	"quoted-printable\r\n\r\n=C3=BC\r\n\r\nx\r\n\r\ny\r\n\r\n"},
    {"CR CR LF around parts",
	SPAN(MIME_1_0 MIXED "\r\r\n--b\r\r\n" TYPE
			    "text/plain; charset=utf-8\r\r\n" CODING
			    "8bit\r\r\n\r\r\n" UE "\r\r\n--b--\r\r\n"),
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE "text/plain; charset=utf-8\r\n" CODING
		       "8bit\r\n\r\n" UE "\r\n--b--\r\n",
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE "text/plain; charset=utf-8\r\n" CODING
		       "quoted-printable\r\n\r\n=C3=BC\r\n--b--\r\n"},
    {"CR alone before a part that is encoded",
	SPAN(MIME_1_0 MIXED "\n--b\r" TYPE "text/plain; charset=utf-8\r" CODING
			    "8bit\r\r\r\r" UE "\r--b--\r"),
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE "text/plain; charset=utf-8\r\n" CODING
		       "8bit\r\n\r\n\r\n\r\n" UE "\r\n--b--\r\n",
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE "text/plain; charset=utf-8\r\n" CODING
		       "quoted-printable\r\n\r\n\r\n\r\n=C3=BC\r\n--b--\r\n"},
    {"NUL in text", SPAN("A: b\r\n\r\nabcdef\0\r\n"),
	"A: b\r\n" MIME_1_0 CODING "quoted-printable\r\n\r\nabcdef=00\r\n",
	"A: b\r\n" MIME_1_0 CODING "quoted-printable\r\n\r\nabcdef=00\r\n"},
    {"NUL in no text", SPAN(TYPE "a/b\r\n\r\na\0\n"),
	TYPE "a/b\r\n" MIME_1_0 CODING "base64\r\n\r\nYQAK\r\n",
	TYPE "a/b\r\n" MIME_1_0 CODING "base64\r\n\r\nYQAK\r\n"},
    {"NUL in the header", SPAN("A: b\0\r\n\r\n"), NULL, NULL},
    {"long line", SPAN("A: b\r\n\r\n.a " X1000 "\r\n"),
	"A: b\r\n" MIME_1_0 CODING "quoted-printable\r\n\r\n", "~"},
    {"quoted-printable with an 8-bit octet",
	SPAN(MIME_1_0 CODING "quoted-printable\r\n\r\na" UE " =3D\r\n"),
	MIME_1_0 CODING "quoted-printable\r\n\r\na=C3=BC =3D\r\n",
	MIME_1_0 CODING "quoted-printable\r\n\r\na=C3=BC =3D\r\n"},
    {"base64 in one line", SPAN(MIME_1_0 CODING "base64\r\n\r\n" X1000 "\r\n"),
	MIME_1_0 CODING "base64\r\n\r\nxxxx", "~"},
    {"parts",
	SPAN(MIME_1_0 MIXED "\r\n" UE "\r\n--b\r\n\r\nein gr" UE "n\r\n"
			    "--b\r\nA: " UE "\r\n\r\nx\r\n--b--\r\n"),
	MIME_1_0 MIXED "\r\n" UE "\r\n--b\r\n" TYPE
		       "text/plain; charset=utf-8\r\n" CODING
		       "8bit\r\n\r\nein gr" UE "n\r\n"
		       "--b\r\nA: =?UTF-8?B?w7w=?=\r\n\r\nx\r\n--b--\r\n",
	MIME_1_0 MIXED "\r\n\r\n--b\r\n" TYPE
		       "text/plain; charset=utf-8\r\n" CODING
		       "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"
		       "--b\r\nA: =?UTF-8?B?w7w=?=\r\n\r\nx\r\n--b--\r\n"},
    {"parts without end of line",
	SPAN(MIME_1_0 MIXED "\r\n--b\n\nein gr" UE "n\n\n--b\r\rtext \0\r"
			    "--b--"),
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE "text/plain; charset=utf-8\r\n" CODING
		       "8bit\r\n\r\nein gr" UE "n\r\n\r\n--b\r\n" CODING
		       "quoted-printable\r\n\r\ntext =00\r\n--b--\r\n",
	MIME_1_0 MIXED
	"\r\n--b\r\n" TYPE "text/plain; charset=utf-8\r\n" CODING
	"quoted-printable\r\n\r\nein gr=C3=BCn\r\n\r\n--b\r\n" CODING
	"quoted-printable\r\n\r\ntext =00\r\n--b--\r\n"},
    {"no empty line before what becomes a field",
	SPAN(MIME_1_0 MIXED "\r\n--b\r\n" CODING "quoted-printable\r\na" UE
			    "b:\r\n--b--\r\n"),
	MIME_1_0 MIXED "\r\n--b\r\n" CODING
		       "quoted-printable\r\n\r\na=C3=BCb:\r\n--b--\r\n",
	"~"},
    {"no empty line before an enclosed message",
	SPAN(MIME_1_0 TYPE "multipart/digest; boundary=b\r\n\r\n--b\r\n"
			   "A: b\r\n--abc\0\r\n--b--\r\n"),
	MIME_1_0 TYPE "multipart/digest; boundary=b\r\n\r\n--b\r\n"
		      "A: b\r\n\r\n" MIME_1_0 CODING
		      "quoted-printable\r\n\r\n--abc=00\r\n--b--\r\n",
	"~"},
    {"a boundary that is too long",
	SPAN(MIME_1_0 TYPE "multipart/mixed; boundary=" X300 "\r\n\r\n--" X300
			   "\r\n\r\n" UE "\r\n--" X300 "--\r\n"),
	"=", NULL},
    {"a boundary that is too long, and a NUL",
	SPAN(MIME_1_0 TYPE "multipart/mixed; boundary=" X300 "\r\n\r\n--" X300
			   "\r\n\r\n\0\r\n--" X300 "--\r\n"),
	NULL, NULL},
    {"a boundary that is no ASCII",
	SPAN(MIME_1_0 TYPE "multipart/mixed; boundary=\"" UE "\"\r\n\r\n--" UE
			   "\r\n\r\nx\r\n--" UE "--\r\n"),
	"=", NULL},
    {"a boundary in the form of RFC 2231",
	SPAN(MIME_1_0 TYPE "multipart/mixed; boundary*0=a; boundary*1=b\r\n"
			   "\r\n--ab\r\n\r\n" UE "\r\n--ab--\r\n"),
	"=", NULL},
    {"an empty boundary, then a good one",
	SPAN(MIME_1_0 TYPE "multipart/mixed; boundary=\"\"; boundary=b\r\n"
			   "\r\n--b\r\n\r\n" UE "\r\n--b--\r\n"),
	"=", NULL},
    {"a part whose boundary is too long",
	SPAN(MIME_1_0 MIXED "\r\n--b\r\n" TYPE "multipart/x; boundary=" X300
			    "\r\n\r\n--" X300 "\r\n\r\n" UE "\r\n--b\r\n\r\n" UE
			    "\r\n--b--\r\n"),
	MIME_1_0 MIXED "\r\n--b\r\n" TYPE "multipart/x; boundary=" X300
		       "\r\n\r\n--" X300 "\r\n\r\n" UE "\r\n--b\r\n" TYPE
		       "text/plain; charset=utf-8\r\n" CODING "8bit\r\n\r\n" UE
		       "\r\n--b--\r\n",
	NULL},
    {"8bit declared for all",
	SPAN(MIME_1_0 CODING "8bit\r\n" MIXED "\r\n--b\r\n" TYPE
			     "text/plain; charset=utf-8\r\n" CODING
			     "8bit\r\n\r\nein gr" UE "n\r\n--b--\r\n"),
	"=",
	MIME_1_0 CODING "7bit\r\n" MIXED "\r\n--b\r\n" TYPE
			"text/plain; charset=utf-8\r\n" CODING
			"quoted-printable\r\n\r\nein gr=C3=BCn\r\n--b--\r\n"},
    {"no part begins", SPAN(MIME_1_0 MIXED "\r\nein gr" UE "n\r\n"), "=",
	MIME_1_0 TYPE "text/plain; charset=utf-8\r\n" CODING
		      "quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"enclosed: only where it must be",
	SPAN(MIME_1_0 TYPE "message/rfc822\r\n\r\nA: " UE "\r\n\r\nein gr" UE
			   "n\r\n"),
	"=",
	MIME_1_0 TYPE
	"message/rfc822\r\n\r\nA: =?UTF-8?B?w7w=?=\r\n" MIME_1_0 TYPE
	"text/plain; charset=utf-8\r\n" CODING
	"quoted-printable\r\n\r\nein gr=C3=BCn\r\n"},
    {"enclosed and signed",
	SPAN(MIME_1_0 TYPE "message/rfc822\r\n\r\nDKIM-Signature: x\r\n\r\n" UE
			   "\r\n"),
	"=", NULL},
    {"takes no encoding",
	SPAN(MIME_1_0 TYPE "message/partial\r\n\r\n" UE "\r\n"), "=", NULL},
    {"DKIM", SPAN("DKIM-Signature: x\r\nA: " UE "\r\n\r\n" UE "\r\n"), "=",
	NULL},
    {"ARC", SPAN("ARC-Seal: x\r\nA: " UE "\r\n\r\n" UE "\r\n"), "=", NULL},
    {"DKIM and NUL", SPAN("DKIM-Signature: x\r\n\r\n\0\r\n"), NULL, NULL},
    {"DKIM, a long line", SPAN("DKIM-Signature: x\r\n\r\n" X1000 "\r\n"), "=",
	"="},
    {"signed",
	SPAN(MIME_1_0 TYPE "multipart/signed; boundary=b\r\nA: " UE
			   "\r\n\r\n--b\r\n\r\n" UE "\r\n--b--\r\n"),
	"=", NULL},
    {"long line in the header", SPAN("Subject: a " X1000 "\r\n\r\n"), "=", "="},
    {"long line in the header, not to be folded",
	SPAN("Message-ID: <" X1000 "@b>\r\n\r\n"), NULL, NULL},
    {"field that cannot be encoded", SPAN("Reply-To: <" UE "@b>\r\n\r\nx\r\n"),
	"=", NULL},
    {"identifier that is not ASCII",
	SPAN("Message-ID: <" UE "@b>\r\n\r\nx\r\n"),
	"Message-ID: <%C3%BC@b>\r\n\r\nx\r\n", "~"},
    {"a quote that is not closed in the type",
	SPAN(MIME_1_0 CODING "8bit\r\n" TYPE "text/plain; a=\"b\r\n\r\n" UE
			     "\r\n"),
	MIME_1_0 CODING "8bit\r\n" TYPE
			"text/plain; charset=utf-8; a=\"b\r\n\r\n" UE "\r\n",
	MIME_1_0 CODING "quoted-printable\r\n" TYPE
			"text/plain; charset=utf-8; a=\"b\r\n\r\n=C3=BC\r\n"},
    {"a comment that is not closed in the type",
	SPAN(MIME_1_0 CODING "8bit\r\n" TYPE "text/plain a=b (c;\r\n\r\n" UE
			     "\r\n"),
	MIME_1_0 CODING "8bit\r\n" TYPE
			"text/plain; charset=utf-8; a=b (c;\r\n\r\n" UE "\r\n",
	MIME_1_0 CODING "quoted-printable\r\n" TYPE
			"text/plain; charset=utf-8; a=b (c;\r\n\r\n=C3=BC\r\n"},
    {"coding named twice",
	SPAN(MIME_1_0 CODING "7bit\r\n" CODING "base64\r\n" TYPE
			     "text/plain; charset=utf-8\r\n\r\nein gr" UE
			     "n\r\n"),
	MIME_1_0 CODING "8bit\r\n" TYPE
			"text/plain; charset=utf-8\r\n\r\nein gr" UE "n\r\n",
	MIME_1_0 CODING "quoted-printable\r\n" TYPE
			"text/plain; charset=utf-8\r\n\r\nein gr=C3=BCn\r\n"},
};

static void
assert_clean(struct span out, bool is_seven_bit)
{
	if (is_seven_bit)
		assert_true(span_is_ascii(out));
	assert_int_equal(span_find(out, '\0'), out.len);
}

/* The output has the size of replay_size, and is the same in both forms. */
static void
check_plan(const struct repair_row *row, const struct message *message,
    const struct plan *plan, const char *wanted, bool is_seven_bit)
{
	struct gather gather = {0};
	size_t len = strlen(wanted);

	assert_int_equal(
	    gather_replay(&gather, message, plan, REPLAY_PLAIN), REPLAY_DONE);
	assert_int_equal(replay_size(message, plan), gather.octets.len);
	assert_clean(buf_span(&gather.octets), is_seven_bit);
	assert_int_equal(plan_facts(plan, message)->has_eight_bit,
	    !span_is_ascii(buf_span(&gather.octets)));
	if (strcmp(wanted, "=") == 0)
		assert_string_equal(buf_text(&gather.octets), row->in.at);
	/* If the output is very long, its beginning is shown. */
	else if (strstr(row->name, "long") != NULL ||
	    strstr(row->name, "one line") != NULL)
		assert_memory_equal(buf_text(&gather.octets), wanted, len);
	else
		assert_string_equal(buf_text(&gather.octets), wanted);
	buf_free(&gather.octets);
}

static void
check_from(const struct repair_row *row, int fd)
{
	const struct message_options options = {0};
	const struct fixup fixup = {.repair = true, .remove_bcc = true};
	struct plan plan, seven_bit;
	struct error err = {0};
	struct message *message = message_read(fd, "input", &options, &err);
	bool done;

	assert_non_null(message);
	done = fixup_plan(&plan, message, &fixup, &err);
	assert_int_equal(done, row->eight_bit != NULL);
	if (!done) {
		assert_int_equal(err.kind, ERROR_DATA);
	} else {
		const char *wanted = row->seven_bit;

		check_plan(row, message, &plan, row->eight_bit, false);
		done = fixup_plan_seven_bit(&seven_bit, &plan, message, &err);
		assert_int_equal(done, wanted != NULL);
		if (done && strcmp(wanted, "~") == 0)
			wanted = row->eight_bit;
		if (done)
			check_plan(row, message, &seven_bit, wanted, true);
		else
			assert_int_equal(err.kind, ERROR_DATA);
		plan_free(&seven_bit);
	}
	plan_free(&plan);
	message_free(message);
	close(fd);
}

static void
test_repair(void **state)
{
	const struct repair_row *row = *state;

	check_from(row, feed_pipe(row->in));
	check_from(row, feed_file(row->in));
}

/* Without repair only line ends change, and a NUL is refused. */
static void
test_off(void **state)
{
	const struct repair_row *row = *state;
	const struct message_options options = {0};
	const struct fixup fixup = {0};
	struct error err = {0};
	int fd = feed_pipe(row->in);
	struct message *message = message_read(fd, "input", &options, &err);
	bool has_nul = span_find(row->in, '\0') < row->in.len;
	struct plan plan, seven_bit;

	assert_non_null(message);
	assert_int_equal(fixup_plan(&plan, message, &fixup, &err), !has_nul);
	if (!has_nul) {
		assert_int_equal(plan.header.count + plan.body.count, 0);
		if (message_facts(message)->body_has_bare_cr ||
		    message_facts(message)->body_has_extra_cr)
			assert_non_null(strstr(buf_text(&plan.notes), " CR "));
		else
			assert_string_equal(buf_text(&plan.notes),
			    message_facts(message)->has_long_line
				? "lines over 998 octets are left "
				  "unchanged: repair = no\n"
				: "");
		assert_int_equal(
		    fixup_plan_seven_bit(&seven_bit, &plan, message, &err),
		    span_is_ascii(row->in));
		plan_free(&seven_bit);
	}
	plan_free(&plan);
	message_free(message);
	close(fd);
}

/* Large parts that cross the borders of blocks. */
static void
test_large(void **state)
{
	const struct message_options options = {0};
	const struct fixup fixup = {.repair = true};
	struct gather gather = {0};
	struct error err = {0};
	struct message *message;
	struct plan plan, seven_bit;
	struct buf input;
	int fd;

	(void)state;
	buf_init(&input, 1 << 22);
	buf_add_text(&input, MIME_1_0 MIXED "\r\n");
	for (int i = 0; i < 40; i++) {
		buf_add_text(&input, "--b\n\n");
		for (int n = 0; n < 60000 + i; n += 7)
			buf_add_text(
			    &input, n % 700 == 0 ? "\n" : "a " UE " b");
		buf_add_char(&input, '\n');
	}
	buf_add_text(&input, "--b--\n");
	fd = feed_file(buf_span(&input));
	message = message_read(fd, "input", &options, &err);
	assert_non_null(message);
	assert_true(fixup_plan(&plan, message, &fixup, &err));
	assert_int_equal(plan.body.count, 40);
	assert_true(fixup_plan_seven_bit(&seven_bit, &plan, message, &err));
	assert_int_equal(seven_bit.body.count, 80);
	assert_int_equal(
	    gather_replay(&gather, message, &seven_bit, REPLAY_STUFFED),
	    REPLAY_DONE);
	assert_true(span_is_ascii(buf_span(&gather.octets)));
	assert_int_equal(replay_size(message, &seven_bit), gather.octets.len);
	buf_free(&gather.octets);
	plan_free(&plan);
	plan_free(&seven_bit);
	message_free(message);
	buf_free(&input);
	close(fd);
}

static void
add_many(struct buf *out, const char *text)
{
	for (int i = 0; i < MANY; i++)
		buf_add_text(out, text);
}

/* Nested comments take linear time; quadratic time would be hours. */
static void
test_many_comments(void **state)
{
	static const char *const fields[] = {
	    TYPE "text/plain ", CODING "8bit ", "Content-Disposition: inline "};
	static const char *const pieces[][2] = {{"(\r\n ", ""},
	    {"(\r\n ", ")\r\n "}, {"(x)\r\n ", ""}, {"; a(x)=(y)b\r\n ", ""},
	    {";a=\"(\r\n ", ""}};
	const struct message_options options = {0};
	const struct fixup fixup = {.repair = true};
	clock_t began = clock();

	(void)state;
	for (size_t i = 0; i < 3 * sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf input = {.max = 1 << 24};
		struct error err = {0};
		struct message *message;
		struct plan plan;
		int fd;

		buf_add_format(&input, MIME_1_0 "%s", fields[i % 3]);
		add_many(&input, pieces[i / 3][0]);
		add_many(&input, pieces[i / 3][1]);
		buf_add_text(&input, "\r\n\r\ngr" UE "n\r\n");
		fd = feed_file(buf_span(&input));
		message = message_read(fd, "input", &options, &err);
		assert_non_null(message);
		assert_true(fixup_plan(&plan, message, &fixup, &err));
		plan_free(&plan);
		message_free(message);
		buf_free(&input);
		close(fd);
	}
	assert_true((clock() - began) / CLOCKS_PER_SEC < MANY_SECONDS);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "repair", repair_rows, ROWS(repair_rows), test_repair);
	rows_add(&all, "off", repair_rows, ROWS(repair_rows), test_off);
	rows_add_one(&all, "large", test_large);
	rows_add_one(&all, "many comments", test_many_comments);
	return rows_end(&all);
}
