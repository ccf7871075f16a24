/*
 * The transactions of test_transaction.c: what the server says (peer.h), and
 * what becomes of the recipients (given.h). Included after both.
 */
#ifndef TESTS_SMTP_TRANSACTIONS_H
#define TESTS_SMTP_TRANSACTIONS_H

#define MAIL "C MAIL FROM:<me@example.org>\n"
#define RCPT(name) "C RCPT TO:<" name "@x>\n"
#define TAKEN(name) RCPT(name) "S 250 ok\n"
#define PUT_OFF(name) RCPT(name) "S 452 full\n"
#define SENT "C DATA\nS 354 go\nM\nN\nS 250 taken\n"
#define BYE "C QUIT\nS 221 bye\nE\n"
/* The content and QUIT in one flight, both answered. */
#define LAST "M\nC QUIT\nS 250 taken\\n221 bye\nE\n"

struct transaction_row {
	const char *name;
	unsigned offered;
	enum partial partial;
	enum extension_use pipelining;
	const char *recipients, *message; /* NULL: GIVEN_MESSAGE */
	uint64_t size_limit;
	size_t recipient_limit; /* as it is in the end; 0: none was seen */
	bool is_null;		/* reverse-path */
	bool is_loopback;
	const char *script;
	const char *told, *endings;
};

/* clang-format off */
static const struct transaction_row transactions[] = {
	{.name = "lockstep",
	    .recipients = "a@x b@x",
	    .script = MAIL "N\nS 250 ok\n" RCPT("a") "N\nS 250 ok\n" RCPT(
		"b") "N\nS 250 ok\nC DATA\nN\nS 354 go\n"
		     "C From: me@example.org\nC Subject: s\nC \nC ..dot\n"
		     "C last\nC .\nN\nS 250 taken\n" BYE,
	    .told = "a relayed data 250, b relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "pipelining",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x b@x",
	    .script = MAIL RCPT("a") RCPT("b")
		"C DATA\nN\nS 250 ok\\n250 ok\\n250 ok\\n354 go\n" LAST,
	    .told = "a relayed data 250, b relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "chunking where others may listen in",
	    .offered = EXTENSION_PIPELINING | EXTENSION_CHUNKING,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a")
		"C DATA\nN\nS 250 ok\\n250 ok\\n354 go\n" LAST,
	    .told = "a relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "chunking where nobody can",
	    .offered = EXTENSION_PIPELINING | EXTENSION_CHUNKING,
	    .is_loopback = true,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a")
		"C BDAT 48 LAST\nC From: me@example.org\nC Subject: s\nC \n"
		"C .dot\nC last\nC QUIT\nN\n"
		"S 250 ok\\n250 ok\\n250 taken\\n221 bye\nE\n",
	    .told = "a relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "pipelining, replies cut anywhere",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a") "C DATA\ns 2\nZ 5\ns 50-o\nZ 5\n"
				     "s k\\r\nZ 5\ns \\l250 ok\\n25\nZ 5\n"
				     "s 0 ok\\n354\nZ 5\nS  go\n" LAST,
	    .told = "a relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "pipelining not wanted",
	    .offered = EXTENSION_PIPELINING,
	    .pipelining = EXTENSION_NEVER,
	    .recipients = "a@x",
	    .script = MAIL "N\nS 250 ok\n" RCPT("a")
		"N\nS 250 ok\nC DATA\nN\nS 354 go\nM\nN\nS 250 taken\n" BYE,
	    .told = "a relayed data 250",
	    .endings = "relayed data 250"},

	/* What MAIL says, and what is refused before MAIL. */
	{.name = "size and body are declared",
	    .offered = EXTENSION_SIZE | EXTENSION_8BITMIME,
	    .recipients = "a@x",
	    .message = "A: b\r\n\r\n\xc3\xa4\n.\n",
	    .size_limit = 15,
	    .script = "C MAIL FROM:<me@example.org> SIZE=15 BODY=8BITMIME\n"
		      "S 550 no\n" BYE,
	    .told = "a failed mail 550 refused",
	    .endings = "failed mail 550"},
	{.name = "the null reverse-path",
	    .recipients = "a@x",
	    .is_null = true,
	    .script = "C MAIL FROM:<>\nS 550 no\n" BYE,
	    .told = "a failed mail 550 refused",
	    .endings = "failed mail 550"},
	{.name = "one octet too large",
	    .offered = EXTENSION_SIZE,
	    .recipients = "a@x",
	    .message = "A: b\r\n\r\n12345\n",
	    .size_limit = 14,
	    .script = BYE,
	    .told = "a failed mail - content",
	    .endings = "failed mail -"},
	{.name = "eight bits and no 8BITMIME",
	    .recipients = "a@x b@x",
	    .message = "A: b\r\n\r\n\xc3\xa4\n",
	    .script = BYE,
	    .told = "a failed mail - content, b failed mail - content",
	    .endings = "failed mail -"},

	/* MAIL */
	{.name = "MAIL refused in lockstep: nothing else is asked",
	    .recipients = "a@x",
	    .script = MAIL "S 550 5.7.1 no\n" BYE,
	    .told = "a failed mail 550 refused",
	    .endings = "failed mail 550"},
	{.name = "MAIL refused, and so what went with it",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x b@x",
	    .script = MAIL RCPT("a") RCPT("b")
		"C DATA\nS 451 later\\n503 no\\n503 no\\n503 no\n" BYE,
	    .told = "a deferred mail 451 temporary, "
		    "b deferred mail 451 temporary",
	    .endings = "deferred mail 451"},
	{.name = "MAIL refused and 354 all the same: a lone dot",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a") "C DATA\nS 550 no\\n250 ok\\n354 go\n"
				     "C .\nN\nS 250 taken\n" BYE,
	    .told = "a failed mail 550 refused",
	    .endings = "failed mail 550"},
	{.name = "MAIL refused and the line lost: the refusal stays",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a") "C DATA\nS 550 no\n",
	    .told = "a failed mail 550 refused",
	    .endings = "failed mail 550"},
	{.name = "MAIL refused and DATA answered 250: the refusal stays",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a") "C DATA\nS 550 no\\n503 no\\n250 ok\nH\n",
	    .told = "a failed mail 550 refused",
	    .endings = "failed mail 550"},
	{.name = "3yz to MAIL",
	    .recipients = "a@x",
	    .script = MAIL "S 354 go\nE\n",
	    .told = "a deferred mail 354 protocol",
	    .endings = "deferred mail 354"},
	{.name = "221 to MAIL",
	    .recipients = "a@x",
	    .script = MAIL "S 221 bye\nE\n",
	    .told = "a deferred mail 221 protocol",
	    .endings = "deferred mail 221"},
	{.name = "421 to MAIL",
	    .recipients = "a@x",
	    .script = MAIL "S 421 bye\nE\n",
	    .told = "a deferred mail 421 temporary",
	    .endings = "deferred mail 421"},
	{.name = "the line lost at MAIL",
	    .recipients = "a@x",
	    .script = MAIL,
	    .told = "a deferred mail - temporary",
	    .endings = "deferred mail -"},
	{.name = "a malformed reply to MAIL",
	    .recipients = "a@x",
	    .script = MAIL "S Ok\nE\n",
	    .told = "a deferred mail - protocol",
	    .endings = "deferred mail -"},

	/* RCPT */
	{.name = "RCPT: every kind",
	    .recipients = "a@x b@x c@x d@x e@x f@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 451 later\n" RCPT("c") "S 550 no\n" RCPT("d")
		"S 251 forwarded\n" RCPT("e") "S 252 perhaps\n" RCPT("f")
		"S 551 moved\nC DATA\nS 354 go\nM\nN\nS 250 taken\n" BYE,
	    .told = "a relayed data 250, b deferred rcpt 451 temporary, "
		    "c failed rcpt 550 refused, d relayed data 250, "
		    "e relayed data 250, f failed rcpt 551 refused",
	    .endings = "relayed data 250"},
	{.name = "all refused in lockstep: no DATA",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 550 no\n" RCPT(
		"b") "S 550 no\n" BYE,
	    .told = "a failed rcpt 550 refused, b failed rcpt 550 refused",
	    .endings = "failed data -"},
	{.name = "all refused, DATA too",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x b@x",
	    .script = MAIL RCPT("a") RCPT("b")
		"C DATA\nS 250 ok\\n550 no\\n451 later\\n554 no\n" BYE,
	    .told = "a failed rcpt 550 refused, b deferred rcpt 451 temporary",
	    .endings = "deferred data 554"},
	{.name = "all refused and 354 all the same: a lone dot, not sent",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x",
	    .script = MAIL RCPT("a") "C DATA\nS 250 ok\\n550 no\\n354 go\n"
				     "C .\nN\nS 250 taken\n" BYE,
	    .told = "a failed rcpt 550 refused",
	    .endings = "failed data -"},
	{.name = "3yz to RCPT",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 354 go\nE\n",
	    .told = "a deferred rcpt 354 protocol, "
		    "b deferred rcpt 354 protocol",
	    .endings = "deferred rcpt 354"},
	{.name = "220 to RCPT",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 220 ready\nE\n",
	    .told = "a deferred rcpt 220 protocol, "
		    "b deferred rcpt 220 protocol",
	    .endings = "deferred rcpt 220"},
	{.name = "421 to the second RCPT: the first is not served",
	    .recipients = "a@x b@x c@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 421 bye\nE\n",
	    .told = "a deferred rcpt 421 temporary, "
		    "b deferred rcpt 421 temporary, "
		    "c deferred rcpt 421 temporary",
	    .endings = "deferred rcpt 421"},
	{.name = "the line lost at the third RCPT",
	    .recipients = "a@x b@x c@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 550 no\n" RCPT("c"),
	    .told = "a deferred rcpt - temporary, b failed rcpt 550 refused, "
		    "c deferred rcpt - temporary",
	    .endings = "deferred rcpt -"},
	{.name = "one reply too many",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\\n250 ok\nE\n",
	    .told = "a deferred rcpt - protocol, b deferred rcpt - protocol",
	    .endings = "deferred rcpt -"},

	/* 452 and 552: RFC 5321 section 4.5.3.1.10 */
	{.name = "452 after accepted ones: a further transaction",
	    .offered = EXTENSION_PIPELINING,
	    .recipients = "a@x b@x c@x",
	    .script = MAIL RCPT("a") RCPT("b") RCPT("c") "C DATA\n"
		"S 250 ok\\n250 ok\\n452 full\\n452 full\\n354 go\nM\nN\n"
		"S 250 first\n" MAIL RCPT("b") RCPT("c") "C DATA\n"
		"S 250 ok\\n250 ok\\n550 no\\n354 go\n" LAST,
	    .told = "a relayed data 250, b relayed data 250, "
		    "c failed rcpt 550 refused",
	    .endings = "relayed data 250, relayed data 250"},
	{.name = "552 is taken as 452",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 552 full\nC DATA\nS 354 go\nM\nN\nS 250 first\n" MAIL
		"S 250 ok\n" RCPT("b") "S 250 ok\nC DATA\nS 354 go\nM\nN\n"
		"S 250 second\n" BYE,
	    .told = "a relayed data 250, b relayed data 250",
	    .endings = "relayed data 250, relayed data 250"},
	{.name = "552 and 452 to the first are what they say",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 552 large\n" RCPT(
		"b") "S 452 full\n" BYE,
	    .told = "a failed rcpt 552 refused, "
		    "b deferred rcpt 452 temporary",
	    .endings = "deferred data -"},
	{.name = "452 and the content refused: not again",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 552 full\nC DATA\nS 354 go\nM\nN\nS 554 spam\n" BYE,
	    .told = "a failed data 554 refused, "
		    "b deferred rcpt 552 temporary",
	    .endings = "failed data 554"},
	{.name = "452 and no reply to the content: only one in doubt",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 452 full\nC DATA\nS 354 go\nM\n",
	    .told = "a unknown data - temporary, "
		    "b deferred rcpt 452 temporary",
	    .endings = "unknown data -"},
	{.name = "452 and gone after the first transaction",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 452 full\nC DATA\nS 354 go\nM\nS 250 taken\n",
	    .told = "a relayed data 250, b deferred mail - temporary",
	    .endings = "relayed data 250, deferred mail -"},
	{.name = "eight put off in a row are a limit",
	    .recipients = "a@x b@x c@x d@x e@x f@x g@x h@x i@x j@x k@x",
	    .recipient_limit = 2,
	    .script = MAIL "S 250 ok\n" TAKEN("a") TAKEN("b") PUT_OFF("c")
		PUT_OFF("d") PUT_OFF("e") PUT_OFF("f") PUT_OFF("g")
		PUT_OFF("h") PUT_OFF("i") PUT_OFF("j") SENT
		MAIL "S 250 ok\n" TAKEN("c") TAKEN("d") SENT
		MAIL "S 250 ok\n" TAKEN("e") TAKEN("f") SENT
		MAIL "S 250 ok\n" TAKEN("g") TAKEN("h") SENT
		MAIL "S 250 ok\n" TAKEN("i") TAKEN("j") SENT
		MAIL "S 250 ok\n" TAKEN("k") SENT BYE,
	    .told = "a relayed data 250, b relayed data 250, "
		    "c relayed data 250, d relayed data 250, "
		    "e relayed data 250, f relayed data 250, "
		    "g relayed data 250, h relayed data 250, "
		    "i relayed data 250, j relayed data 250, "
		    "k relayed data 250",
	    .endings = "relayed data 250, relayed data 250, "
		       "relayed data 250, relayed data 250, "
		       "relayed data 250, relayed data 250"},
	{.name = "seven put off in a row are none",
	    .recipients = "a@x b@x c@x d@x e@x f@x g@x h@x i@x j@x",
	    .script = MAIL "S 250 ok\n" TAKEN("a") PUT_OFF("b") PUT_OFF("c")
		PUT_OFF("d") PUT_OFF("e") PUT_OFF("f") PUT_OFF("g")
		PUT_OFF("h") TAKEN("i") PUT_OFF("j") SENT
		MAIL "S 250 ok\n" TAKEN("b") TAKEN("c") TAKEN("d") TAKEN("e")
		TAKEN("f") TAKEN("g") TAKEN("h") TAKEN("j") SENT BYE,
	    .told = "a relayed data 250, b relayed data 250, "
		    "c relayed data 250, d relayed data 250, "
		    "e relayed data 250, f relayed data 250, "
		    "g relayed data 250, h relayed data 250, "
		    "i relayed data 250, j relayed data 250",
	    .endings = "relayed data 250, relayed data 250"},

	/* DATA */
	{.name = "DATA refused",
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 550 no\nC DATA\nS 451 later\n" BYE,
	    .told = "a deferred data 451 temporary, b failed rcpt 550 refused",
	    .endings = "deferred data 451"},
	{.name = "250 to DATA",
	    .recipients = "a@x",
	    .script = MAIL "S 250 ok\n" RCPT("a")
		"S 250 ok\nC DATA\nS 250 ok\nE\n",
	    .told = "a deferred data 250 protocol",
	    .endings = "deferred data 250"},
	{.name = "334 to DATA: any 3yz is \"go ahead\"",
	    .recipients = "a@x",
	    .script = MAIL "S 250 ok\n" RCPT("a")
		"S 250 ok\nC DATA\nS 334 \nM\nN\nS 250 taken\n" BYE,
	    .told = "a relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "354 in several lines",
	    .recipients = "a@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\nC DATA\n"
						  "S 354-go\\n354 on\nM\nN\n"
						  "S 250 taken\n" BYE,
	    .told = "a relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "421 to DATA",
	    .recipients = "a@x",
	    .script = MAIL "S 250 ok\n" RCPT("a")
		"S 250 ok\nC DATA\nS 421 bye\nE\n",
	    .told = "a deferred data 421 temporary",
	    .endings = "deferred data 421"},
	{.name = "the line lost at DATA",
	    .recipients = "a@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\nC DATA\n",
	    .told = "a deferred data - temporary",
	    .endings = "deferred data -"},

	/* All or nothing */
	{.name = "all or nothing: DATA waits",
	    .offered = EXTENSION_PIPELINING,
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x b@x",
	    .script = MAIL RCPT("a") RCPT("b")
		"N\nS 250 ok\\n250 ok\\n250 ok\nC DATA\nN\nS 354 go\n" LAST,
	    .told = "a relayed data 250, b relayed data 250",
	    .endings = "relayed data 250"},
	{.name = "all or nothing: one refused",
	    .offered = EXTENSION_PIPELINING,
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x b@x",
	    .script = MAIL RCPT("a") RCPT("b") "S 250 ok\\n250 ok\\n550 no\n"
					       "C RSET\nS 250 ok\n" BYE,
	    .told = "a failed data - refused, b failed rcpt 550 refused",
	    .endings = "failed data -"},
	{.name = "all or nothing: one refused for now",
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 451 later\n" RCPT(
		"b") "S 250 ok\nC RSET\nS 250 ok\n" BYE,
	    .told = "a deferred rcpt 451 temporary, "
		    "b deferred data - temporary",
	    .endings = "deferred data -"},
	{.name = "all or nothing: refused and refused for now",
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x b@x c@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 451 later\n" RCPT(
		"b") "S 550 no\n" RCPT("c") "S 250 ok\nC RSET\nS 250 ok\n" BYE,
	    .told = "a deferred rcpt 451 temporary, "
		    "b failed rcpt 550 refused, c failed data - refused",
	    .endings = "failed data -"},
	{.name = "all or nothing: 452 after an accepted one is no split",
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 250 ok\n" RCPT(
		"b") "S 452 full\nC RSET\nS 250 ok\n" BYE,
	    .told = "a deferred data - temporary, "
		    "b deferred rcpt 452 temporary",
	    .endings = "deferred data -"},
	{.name = "all or nothing: RSET refused",
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x b@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 550 no\n" RCPT(
		"b") "S 250 ok\nC RSET\nS 503 what\n" BYE,
	    .told = "a failed rcpt 550 refused, b failed data - refused",
	    .endings = "failed data -"},
	{.name = "all or nothing: all refused",
	    .partial = PARTIAL_ALL_OR_NOTHING,
	    .recipients = "a@x",
	    .script = MAIL "S 250 ok\n" RCPT("a") "S 550 no\n" BYE,
	    .told = "a failed rcpt 550 refused",
	    .endings = "failed data -"},
};
/* clang-format on */

#endif
