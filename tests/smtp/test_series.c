#include "rows.h"

#include "smtp/given.h"
#include "smtp/peer.h"
#include "smtp/series.h"

#define LETTERS_MAX 8

/* What a server says first, and the commands of a letter to one recipient. */
#define GREETING "S 220 mx ESMTP\n"
#define OPEN "C EHLO client.example\nS 250-mx\\n250 PIPELINING\n"
#define HELLO GREETING OPEN
#define HELLO_WITH(words)                    \
	GREETING "C EHLO client.example\nS " \
		 "250-mx\\n250-PIPELINING\\n250 " words "\n"
#define PLAIN "S 220 mx\nC EHLO client.example\nS 250 mx\n"
#define MAIL "C MAIL FROM:<me@example.org>\n"
#define RCPT(name) "C RCPT TO:<" name "@x>\n"
#define ASK(name) MAIL RCPT(name) "C DATA\n"
#define YES "250 ok\\n250 ok\\n354 go\n"
#define FIRST(name) ASK(name) "S " YES
/* The content, and the commands of the next letter in the same flight. */
#define NEXT(name) "M\n" ASK(name) "N\nS 250 taken\\n" YES
#define FLIGHT(name) "M\n" ASK(name) "N\n"
#define LAST "M\nC QUIT\nS 250 taken\\n221 bye\nE\n"
#define BYE "C QUIT\nS 221 bye\nE\n"
#define SLOW(name) \
	MAIL "N\nS 250 ok\n" RCPT(name) "N\nS 250 ok\nC DATA\nN\nS 354 go\n"

struct series_row {
	const char *name;
	const char *letters; /* recipients; "/" between letters */
	const char *script;
	const char *told;    /* in the order in which they come back */
	const char *trouble; /* NULL: none */
	size_t letters_max;
	int timeout;
	bool is_lmtp;
	bool with_journal;
	const char *forbid;	/* the first recipient of the letter */
	const char *stop_after; /* the same, after a transaction */
	const char *events;	/* NULL: any */
};

/* clang-format off */
static const struct series_row serieses[] = {
	{.name = "one letter alone: QUIT behind the content",
	    .letters = "a@x",
	    .script = HELLO FIRST("a") LAST,
	    .told = "a relayed data 250"},
	{.name = "three letters: each with the end of the one before",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") NEXT("b") NEXT("c") LAST,
	    .with_journal = true,
	    .told = "a relayed data 250/b relayed data 250/c relayed data 250",
	    .events = "end a, after a, done a, end b, after b, done b, "
		      "end c, after c, done c"},
	{.name = "Haraka gets no flights between letters",
	    .letters = "a@x/b@x",
	    .with_journal = true,
	    .script = "S 220 mx ESMTP Haraka/3.0.5 ready\n" OPEN FIRST("a")
		"M\nN\nS 250 taken\n" FIRST("b") LAST,
	    .told = "a relayed data 250/b relayed data 250",
	    .events = "end a, after a, done a, end b, after b, done b"},
	{.name = "nor does Dovecot",
	    .letters = "a@x/b@x",
	    .script = "S 220 mx Dovecot ready.\n" OPEN FIRST("a")
		"M\nN\nS 250 taken\n" FIRST("b") LAST,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "nor does Dovecot under another name",
	    .letters = "a@x/b@x",
	    .script = HELLO_WITH("BURL imap") FIRST("a")
		"M\nN\nS 250 taken\n" FIRST("b") LAST,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "nor does Courier",
	    .letters = "a@x/b@x",
	    .script = HELLO_WITH("XVERP=Courier") FIRST("a")
		"M\nN\nS 250 taken\n" FIRST("b") LAST,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "without PIPELINING",
	    .letters = "a@x/b@x",
	    .script = PLAIN SLOW("a") "M\nN\nS 250 taken\n" SLOW("b")
		"M\nN\nS 250 taken\n" BYE,
	    .with_journal = true,
	    .told = "a relayed data 250/b relayed data 250",
	    .events = "end a, after a, done a, end b, after b, done b"},
	{.name = "no letter at all: no connection",
	    .letters = "",
	    .script = "",
	    .told = ""},
	{.name = "BDAT for one letter",
	    .letters = "a@x",
	    .script = HELLO_WITH("CHUNKING") MAIL RCPT("a")
		"C BDAT 48 LAST\nK 48\nC QUIT\n"
		"S 250 ok\\n250 ok\\n250 taken\\n221 bye\nE\n",
	    .with_journal = true,
	    .told = "a relayed data 250",
	    .events = "end a, after a, done a"},
	{.name = "DATA for several, although CHUNKING is offered",
	    .letters = "a@x/b@x",
	    .script = HELLO_WITH("CHUNKING") FIRST("a") NEXT("b") LAST,
	    .told = "a relayed data 250/b relayed data 250"},

	/* The content is refused. */
	{.name = "content refused, the next one taken",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 554 spam\\n" YES LAST,
	    .told = "a failed data 554 refused/b relayed data 250"},
	{.name = "content put off, the next one taken",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 451 later\\n" YES LAST,
	    .told = "a deferred data 451 temporary/b relayed data 250"},

	/* MAIL, RCPT and DATA are refused in a flight. */
	{.name = "MAIL refused twice",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 250 taken\\n550 no\\n503 no\\n503 no\nC RSET\nS 250 ok\n"
		ASK("b") "S 550 no\\n503 no\\n503 no\n" FIRST("c") LAST,
	    .with_journal = true,
	    .told = "a relayed data 250/b failed mail 550 refused/"
		    "c relayed data 250",
	    .events = "end a, after a, done a, after b, done b, "
		      "end c, after c, done c"},
	{.name = "MAIL refused behind the content only: no flights any more",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 250 taken\\n503 no\\n503 no\\n503 no\nC RSET\nS 250 ok\n"
		FIRST("b") "M\nN\nS 250 taken\n" FIRST("c") LAST,
	    .told = "a relayed data 250/b relayed data 250/"
		    "c relayed data 250"},
	{.name = "RCPT refused",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 250 taken\\n250 ok\\n550 no\\n503 no\nC RSET\nS 250 ok\n"
		FIRST("c") LAST,
	    .with_journal = true,
	    .told = "a relayed data 250/b failed rcpt 550 refused/"
		    "c relayed data 250",
	    .events = "end a, after a, done a, after b, done b, "
		      "end c, after c, done c"},
	{.name = "one RCPT of two refused",
	    .letters = "a@x/b@x c@x/d@x",
	    .script = HELLO FIRST("a") "M\n" MAIL RCPT("b") RCPT("c")
		"C DATA\nN\nS 250 taken\\n250 ok\\n550 no\\n250 ok\\n354 go\n"
		NEXT("d") LAST,
	    .told = "a relayed data 250/b failed rcpt 550 refused, "
		    "c relayed data 250/d relayed data 250"},
	{.name = "DATA refused",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 250 taken\\n250 ok\\n250 ok\\n451 later\nC RSET\n"
		"S 250 ok\n" FIRST("c") LAST,
	    .told = "a relayed data 250/b deferred data 451 temporary/"
		    "c relayed data 250"},
	{.name = "RCPT refused and 354 all the same: a lone dot",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 250 taken\\n250 ok\\n550 no\\n354 go\nC .\nS 554 no\n"
		"C RSET\nS 250 ok\n"
		FIRST("c") LAST,
	    .told = "a relayed data 250/b failed rcpt 550 refused/"
		    "c relayed data 250"},
	{.name = "the first letter refused: RSET before the next",
	    .letters = "a@x/b@x",
	    .script = HELLO ASK("a") "S 250 ok\\n550 no\\n503 no\nC RSET\n"
		"S 250 ok\n" FIRST("b") LAST,
	    .told = "a failed rcpt 550 refused/b relayed data 250"},
	{.name = "the first MAIL refused: no RSET",
	    .letters = "a@x/b@x",
	    .script = HELLO ASK("a") "S 550 no\\n503 no\\n503 no\n"
		FIRST("b") LAST,
	    .told = "a failed mail 550 refused/b relayed data 250"},
	{.name = "MAIL refused without PIPELINING: only QUIT confirms it",
	    .letters = "a@x/b@x/c@x",
	    .script = PLAIN SLOW("a") "M\nS 250 taken\n" MAIL "S 550 no\n" BYE
		"A\n" PLAIN SLOW("c") "M\nS 250 taken\n" BYE,
	    .told = "a relayed data 250/b failed mail 550 refused/"
		    "c relayed data 250"},

	/* Replies that do not fit the commands. */
	{.name = "one reply too many for the content",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") NEXT("b") FLIGHT("c")
		"S 250 taken\\n250 taken\\n" YES "H\nA\n" HELLO FIRST("c") LAST,
	    .told = "a relayed data 250/b unknown data - protocol/"
		    "c relayed data 250"},
	{.name = "the surplus reply is a refusal",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n554 spam\\n"
		YES "H\nA\n" HELLO FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "a surplus reply, and MAIL refused",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n250 taken\\n"
		"550 no\\n503 no\\n503 no\nH\nA\n" HELLO ASK("b")
		"S 550 no\\n503 no\\n503 no\n" BYE,
	    .told = "a unknown data - protocol/b failed mail 550 refused"},
	{.name = "a surplus reply comes later",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n250 ok\\n"
		"550 no\\n503 no\nC RSET\nS 503 no\\n250 ok\nH\nA\n" HELLO
		ASK("b") "S 250 ok\\n550 no\\n503 no\n" BYE,
	    .told = "a unknown data - protocol/b failed rcpt 550 refused"},
	{.name = "a surplus reply without PIPELINING",
	    .letters = "a@x/b@x",
	    .script = PLAIN SLOW("a") "M\nS 250 taken\\n250 taken\nH\nA\n" PLAIN
		SLOW("b") "M\nS 250 taken\n" BYE,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "the reply to the content is missing",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S " YES "H\nA\n" HELLO
		FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "what stands behind a content is dropped: no flights then",
	    .letters = "a@x/b@x/c@x",
	    .timeout = 300,
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\nH\nA\n" HELLO
		FIRST("b") "M\nN\nS 250 taken\n" FIRST("c") LAST,
	    .told = "a relayed data 250/b relayed data 250/"
		    "c relayed data 250"},
	{.name = "MAIL refused behind a content, and no more: no flights then",
	    .letters = "a@x/b@x/c@x",
	    .timeout = 300,
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n503 no\nH\n"
		"A\n" HELLO FIRST("b") "M\nN\nS 250 taken\n" FIRST("c") LAST,
	    .told = "a unknown data - protocol/b relayed data 250/"
		    "c relayed data 250"},
	{.name = "silence for the next letter",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n250 ok\nH\n"
		"A\n" HELLO FIRST("b") LAST,
	    .timeout = 300,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "MAIL answered before the content",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 250 ok\\n554 spam\\n250 ok\\n354 go\nH\nA\n" HELLO
		FIRST("b") "M\nN\nS 250 taken\n" FIRST("c") LAST,
	    .told = "a unknown data - protocol/b relayed data 250/"
		    "c relayed data 250"},
	{.name = "MAIL refused before the content is answered",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b")
		"S 503 nested\\n250 taken\\n503 no\\n503 no\nH\nA\n" HELLO
		FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "354 to the content",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 354 go\\n" YES "H\nA\n"
		HELLO FIRST("b") LAST,
	    .told = "a unknown data 354 protocol/b relayed data 250"},
	{.name = "221 to MAIL",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 ok\\n221 bye\nA\n"
		HELLO FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "a surplus reply behind QUIT: only the last letter",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") NEXT("b")
		"M\nC QUIT\nS 250 taken\\n250 taken\\n221 bye\n",
	    .told = "a relayed data 250/b unknown data - protocol"},

	/* 421, and a lost connection, at each place of a flight. */
	{.name = "421 to the content",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 421 bye\nA\n" HELLO
		FIRST("b") LAST,
	    .told = "a deferred data 421 temporary/b relayed data 250"},
	{.name = "421 to MAIL",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n421 bye\n"
		"A\n" HELLO FIRST("b") NEXT("c") LAST,
	    .with_journal = true,
	    .told = "a relayed data 250/b relayed data 250/"
		    "c relayed data 250",
	    .events = "end a, after a, done a, end b, after b, done b, "
		      "end c, after c, done c"},
	{.name = "421 to RCPT: a reply may be missing",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n250 ok\\n"
		"421 bye\nA\n" HELLO FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "421 to DATA",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n250 ok\\n"
		"250 ok\\n421 bye\nA\n" HELLO FIRST("b") LAST,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "421 to MAIL, and the server goes on",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n421 bye\\n"
		"250 ok\\n354 go\nH\nA\n" HELLO FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "421 to MAIL in a new session too",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n421 bye\n"
		"A\n" HELLO ASK("b") "S 421 bye\n",
	    .told = "a relayed data 250/b open - -/c open - -",
	    .trouble = "deferred mail 421 temporary"},
	{.name = "421 to the first MAIL of all is the letter's",
	    .letters = "a@x/b@x",
	    .script = HELLO ASK("a") "S 421 bye\nA\n" HELLO FIRST("b") LAST,
	    .told = "a deferred mail 421 temporary/b relayed data 250"},
	{.name = "421 between letters, without PIPELINING",
	    .letters = "a@x/b@x",
	    .script = PLAIN SLOW("a") "M\nS 250 taken\\n421 idle\nA\n"
		PLAIN SLOW("b") "M\nS 250 taken\n" BYE,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "lost before the content is answered: no flights then",
	    .letters = "a@x/b@x/c@x/d@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "A\n" HELLO FIRST("b")
		"M\nN\nS 250 taken\n" FIRST("c") "M\nN\nS 250 taken\n"
		FIRST("d") LAST,
	    .told = "a unknown data - temporary/b relayed data 250/"
		    "c relayed data 250/d relayed data 250"},
	{.name = "lost behind the reply to the content",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\nA\n" HELLO
		FIRST("b") LAST,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "lost behind the reply to MAIL: a reply may be missing",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n250 ok\nA\n"
		HELLO FIRST("b") LAST,
	    .told = "a unknown data - protocol/b relayed data 250"},
	{.name = "a reply before the second content",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n"
		"250 ok\\n250 ok\\n354 go\\n451 later\nT\nA\n" HELLO
		FIRST("c") LAST,
	    .told = "a relayed data 250/b deferred data 451 temporary/"
		    "c relayed data 250"},
	{.name = "lost between letters, and again: the server's trouble",
	    .letters = "a@x/b@x",
	    .script = PLAIN SLOW("a") "M\nS 250 taken\nA\n" PLAIN MAIL,
	    .told = "a relayed data 250/b open - -",
	    .trouble = "deferred mail - temporary"},
	{.name = "lost at RSET",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n550 no\\n"
		"503 no\\n503 no\nC RSET\nA\n" HELLO ASK("b")
		"S 550 no\\n503 no\\n503 no\n" BYE,
	    .told = "a relayed data 250/b failed mail 550 refused"},

	/* The server serves nobody. */
	{.name = "the greeting is a refusal",
	    .letters = "a@x/b@x",
	    .script = "S 554 no\n" BYE,
	    .told = "a open - -/b open - -",
	    .trouble = "failed greeting 554 refused"},
	{.name = "no second session",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\\n421 bye\n"
		"A\nS 421 busy\nE\n",
	    .told = "a relayed data 250/b open - -/c open - -",
	    .trouble = "deferred greeting 421 temporary"},

	/* Limits. */
	{.name = "MAILMAX=2",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO_WITH("LIMITS MAILMAX=2") FIRST("a") NEXT("b") LAST
		"A\n" HELLO_WITH("LIMITS MAILMAX=2") FIRST("c") LAST,
	    .told = "a relayed data 250/b relayed data 250/"
		    "c relayed data 250"},
	{.name = "MAILMAX=1 without PIPELINING",
	    .letters = "a@x/b@x",
	    .script = "S 220 mx\nC EHLO client.example\nS 250-mx\\n"
		"250 LIMITS MAILMAX=1\n" SLOW("a") "M\nS 250 taken\n" BYE "A\n"
		PLAIN SLOW("b") "M\nS 250 taken\n" BYE,
	    .told = "a relayed data 250/b relayed data 250"},
	{.name = "two letters a session",
	    .letters = "a@x/b@x/c@x",
	    .letters_max = 2,
	    .script = HELLO FIRST("a") NEXT("b") LAST "A\n" HELLO FIRST("c")
		LAST,
	    .told = "a relayed data 250/b relayed data 250/"
		    "c relayed data 250"},
	{.name = "RCPTMAX=1: transactions of one letter, then the next",
	    .letters = "a@x b@x/c@x",
	    .script = HELLO_WITH("LIMITS RCPTMAX=1") FIRST("a")
		"M\nN\nS 250 taken\n" FIRST("b") NEXT("c") LAST,
	    .with_journal = true,
	    .told = "a relayed data 250, b relayed data 250/"
		    "c relayed data 250",
	    .events = "end a, after a, end a, after a, done a, "
		      "end c, after c, done c"},
	{.name = "RCPTMAX=1 and CHUNKING: DATA for the journal's sake",
	    .letters = "a@x b@x",
	    .script = GREETING "C EHLO client.example\nS 250-mx\\n"
		"250-CHUNKING\\n250-PIPELINING\\n250 LIMITS RCPTMAX=1\n"
		FIRST("a") "M\nN\nS 250 taken\n" FIRST("b") LAST,
	    .with_journal = true,
	    .told = "a relayed data 250, b relayed data 250",
	    .events = "end a, after a, end a, after a, done a"},
	{.name = "too large for the server",
	    .letters = "a@x/b@x",
	    .script = HELLO_WITH("SIZE 10") BYE,
	    .told = "a failed mail - content/b failed mail - content"},

	/* LMTP */
	{.name = "LMTP",
	    .letters = "a@x b@x/c@x",
	    .is_lmtp = true,
	    .script = GREETING "C LHLO client.example\nS 250-mx\\n"
		"250 PIPELINING\n" MAIL RCPT("a") RCPT("b") "C DATA\n"
		"S 250 ok\\n250 ok\\n250 ok\\n354 go\nM\n" ASK("c")
		"S 250 taken\\n452 full\\n" YES LAST,
	    .told = "a relayed data 250, b deferred data 452 temporary/"
		    "c relayed data 250"},
	{.name = "LMTP: a reply to the content is missing",
	    .letters = "a@x b@x/c@x",
	    .is_lmtp = true,
	    .script = GREETING "C LHLO client.example\nS 250-mx\\n"
		"250 PIPELINING\n" MAIL RCPT("a") RCPT("b") "C DATA\n"
		"S 250 ok\\n250 ok\\n250 ok\\n354 go\nM\n" ASK("c")
		"S 250 taken\\n" YES "H\nA\n" GREETING "C LHLO client.example\n"
		"S 250-mx\\n250 PIPELINING\n" FIRST("c") LAST,
	    .told = "a unknown data - protocol, b unknown data - protocol/"
		    "c relayed data 250"},

	/* The journal. */
	{.name = "the journal forbids the end of the second content",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") NEXT("b") "T\nA\n" HELLO FIRST("c") LAST,
	    .with_journal = true,
	    .forbid = "b",
	    .told = "a relayed data 250/b deferred data - temporary/"
		    "c relayed data 250",
	    .events = "end a, after a, done a, end b, after b, done b, "
		      "end c, after c, done c"},
	{.name = "the journal forbids BDAT: nothing is said",
	    .letters = "a@x",
	    .script = HELLO_WITH("CHUNKING") BYE,
	    .with_journal = true,
	    .forbid = "a",
	    .told = "a deferred data - temporary",
	    .events = "end a, after a, done a"},
	{.name = "the journal stops a letter between transactions",
	    .letters = "a@x b@x/c@x",
	    .script = HELLO_WITH("LIMITS RCPTMAX=1") FIRST("a")
		"M\nN\nS 250 taken\n" FIRST("b") "E\nA\n" HELLO FIRST("c") LAST,
	    .with_journal = true,
	    .stop_after = "a",
	    .told = "a relayed data 250, b deferred mail - temporary/"
		    "c relayed data 250",
	    .events = "end a, after a, done a, end c, after c, done c"},

};

/* What may have been taken is heard, and no more is sent. */
static const struct series_row signaled[] = {
	{.name = "a signal before the content is answered",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "I\nZ 50\nS 250 taken\\n"
		YES "T\n",
	    .with_journal = true,
	    .told = "a relayed data 250/b open - -",
	    .events = "end a, after a, done a, done b"},
	{.name = "a signal before the next MAIL is answered",
	    .letters = "a@x/b@x/c@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "S 250 taken\nZ 50\nI\n"
		"Z 50\nS " YES "T\n",
	    .told = "a relayed data 250/b open - -/c open - -"},
	{.name = "a signal, and MAIL refused",
	    .letters = "a@x/b@x",
	    .script = HELLO FIRST("a") FLIGHT("b") "I\nZ 50\nS 250 taken\\n"
		"550 no\\n503 no\\n503 no\nC RSET\nS 250 ok\n" BYE,
	    .told = "a relayed data 250/b open - -"},
	{.name = "a signal without PIPELINING",
	    .letters = "a@x/b@x",
	    .script = PLAIN SLOW("a") "M\nI\nZ 50\nS 250 taken\n" BYE,
	    .told = "a relayed data 250/b open - -"},
};
/* clang-format on */

struct fixture;

struct posted {
	struct fixture *fixture;
	struct given given;
	struct submission submission;
	struct journal journal;
	const char *name; /* the first recipient */
	bool is_out, is_back;
};

struct fixture {
	const struct series_row *row;
	struct posted posted[LETTERS_MAX];
	size_t count, next, out;
	struct buf told, events;
};

static void
add_event(struct posted *posted, const char *what)
{
	struct buf *events = &posted->fixture->events;
	struct span name = span_from(posted->name);

	if (events->len > 0)
		buf_add_text(events, ", ");
	buf_add_text(events, what);
	buf_add_char(events, ' ');
	buf_add_span(events, span_head(name, span_find(name, '@')));
}

static bool
is_named(const struct posted *posted, const char *name)
{
	return name != NULL &&
	    span_starts(span_from(posted->name), span_from(name));
}

static void
before_mail(void *context)
{
	struct posted *posted = context;

	assert_true(posted->is_out && !posted->is_back);
}

static bool
before_end(void *context, const struct server *server)
{
	struct posted *posted = context;

	assert_non_null(server);
	assert_true(posted->is_out && !posted->is_back);
	add_event(posted, "end");
	return !is_named(posted, posted->fixture->row->forbid);
}

static bool
after_transaction(void *context)
{
	struct posted *posted = context;

	assert_true(posted->is_out && !posted->is_back);
	add_event(posted, "after");
	return !is_named(posted, posted->fixture->row->stop_after);
}

static bool
next(void *context, struct series_item *item)
{
	struct fixture *fixture = context;
	struct posted *posted = &fixture->posted[fixture->next];

	if (fixture->next == fixture->count)
		return false;
	fixture->next++;
	assert_true(++fixture->out <= 4);
	posted->is_out = true;
	item->submission = &posted->submission;
	item->envelope = &posted->given.envelope;
	return true;
}

/* Afterwards nothing of the letter may be used: it is freed. */
static void
done(void *context, const struct series_item *item)
{
	struct fixture *fixture = context;
	struct envelope *envelope = item->envelope;
	struct posted *posted = NULL;

	for (size_t i = 0; i < fixture->next; i++)
		if (item->submission == &fixture->posted[i].submission)
			posted = &fixture->posted[i];
	assert_non_null(posted);
	assert_false(posted->is_back);
	posted->is_back = true;
	fixture->out--;
	if (posted->journal.context != NULL)
		add_event(posted, "done");
	if (fixture->told.len > 0)
		buf_add_char(&fixture->told, '/');
	for (size_t i = 0; i < envelope->count; i++) {
		const struct recipient *recipient = &envelope->recipients[i];
		struct span path = span_from(recipient->forward_path);

		assert_false(recipient->accepted);
		if (i > 0)
			buf_add_text(&fixture->told, ", ");
		buf_add_span(
		    &fixture->told, span_head(path, span_find(path, '@')));
		buf_add_char(&fixture->told, ' ');
		if (recipient->outcome.action == ACTION_NONE)
			buf_add_text(&fixture->told, "open - -");
		else
			given_tell(&fixture->told, &recipient->outcome);
	}
	submission_free(&posted->submission);
	given_free(&posted->given);
}

/* The letters of the row; each is freed when it comes back. */
static void
fixture_init(struct fixture *fixture, const struct series_row *row)
{
	struct span rest = span_from(row->letters), word;

	*fixture = (struct fixture){.row = row};
	while (span_next_word(&rest, "/", &word)) {
		struct posted *posted = &fixture->posted[fixture->count++];
		char *recipients = span_copy(word);

		posted->fixture = fixture;
		given_init(&posted->given, SPAN(GIVEN_MESSAGE), recipients);
		posted->name =
		    posted->given.envelope.recipients[0].forward_path;
		posted->submission.letter = &posted->given.letter;
		if (row->with_journal) {
			posted->journal = (struct journal){before_mail,
			    before_end, after_transaction, NULL, posted};
			posted->given.letter.journal = &posted->journal;
		}
		free(recipients);
	}
}

static bool
is_equal(const char *what, struct buf *got, const char *wanted)
{
	if (strcmp(buf_text(got), wanted) == 0)
		return true;
	fprintf(stderr, "# %s: %s\n# not %s\n", what, buf_text(got), wanted);
	return false;
}

static bool
plays(const struct series_row *row)
{
	struct fixture fixture;
	struct given given;
	struct series series = {.next = next,
	    .done = done,
	    .context = &fixture,
	    .letters_max = row->letters_max};
	struct buf trouble = {0};
	struct peer peer = {.port = 1};
	bool is_right;

	fixture_init(&fixture, row);
	given_init(&given, SPAN(GIVEN_MESSAGE), "none@x");
	if (row->timeout != 0)
		given.profile.timeout = row->timeout;
	if (row->script[0] != '\0')
		peer_start(&peer, row->script);
	if (row->is_lmtp)
		given.server.scheme = SCHEME_LMTP;
	given_server(&given, peer.port);
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	series.profile = &given.profile;
	series_run(&series);
	if (row->script[0] != '\0')
		peer_end(&peer);
	if (series.trouble.action != ACTION_NONE)
		given_tell(&trouble, &series.trouble);
	is_right = is_equal("told", &fixture.told, row->told) &&
	    is_equal("trouble", &trouble, row->trouble ? row->trouble : "") &&
	    (row->events == NULL ||
		is_equal("events", &fixture.events, row->events));
	is_right = is_right && fixture.out == 0;
	/* After a signal some were never asked for. */
	for (size_t i = fixture.next; i < fixture.count; i++)
		given_free(&fixture.posted[i].given);
	buf_free(&fixture.told);
	buf_free(&fixture.events);
	buf_free(&trouble);
	series_free(&series);
	given_free(&given);
	return is_right;
}

static void
test_series(void **state)
{
	assert_true(plays(*state));
}

/* In a process of its own, because a signal that was caught stays so. */
static void
test_signal(void **state)
{
	int status = -1;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(!plays(*state));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

#define MANY 200

/*
 * A server that counts turns: how often it had answered everything and waited
 * for the client. Ends with the connection.
 */
static _Noreturn void
count_turns(int listener, int result)
{
	char in[65536];
	size_t len = 0, turns = 0;
	bool in_content = false;
	int fd = accept(listener, NULL, NULL);
	ssize_t got = 0;

	alarm(30);
	(void)!write(fd, "220 mx ESMTP\r\n", 14);
	do {
		struct buf out;
		char *end;

		buf_init(&out, 1 << 16);
		len += (size_t)got;
		while ((end = memchr(in, '\n', len)) != NULL) {
			size_t line = (size_t)(end - in) + 1;
			bool is_dot = line == 3 && in[0] == '.';

			if (in_content && !is_dot)
				;
			else if (memcmp(in, "EHLO", 4) == 0)
				buf_add_text(
				    &out, "250-mx\r\n250 PIPELINING\r\n");
			else if (memcmp(in, "DATA", 4) == 0)
				buf_add_text(&out, "354 go\r\n");
			else if (memcmp(in, "QUIT", 4) == 0)
				buf_add_text(&out, "221 bye\r\n");
			else
				buf_add_text(&out, "250 ok\r\n");
			in_content = memcmp(in, "DATA", 4) == 0 ||
			    (in_content && !is_dot);
			len -= line;
			memmove(in, end + 1, len);
		}
		turns += out.len > 0;
		if (out.len > 0)
			(void)!write(fd, out.data, out.len);
		buf_free(&out);
		got = read(fd, in + len, sizeof(in) - len);
	} while (got > 0);
	(void)!write(result, &turns, sizeof(turns));
	_exit(0);
}

struct many {
	struct given given[MANY];
	struct submission submission[MANY];
	size_t next, done;
};

static bool
next_of_many(void *context, struct series_item *item)
{
	struct many *many = context;

	if (many->next == MANY)
		return false;
	item->submission = &many->submission[many->next];
	item->envelope = &many->given[many->next++].envelope;
	return true;
}

static void
done_of_many(void *context, const struct series_item *item)
{
	struct many *many = context;

	many->done++;
	assert_outcome(
	    &item->envelope->recipients[0].outcome, "relayed data 250");
	submission_free(item->submission);
}

/* 200 small mails need at most 1.1 turns each. */
static void
test_turns(void **state)
{
	static struct many many;
	struct series series = {
	    .next = next_of_many, .done = done_of_many, .context = &many};
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2];
	struct given given;
	size_t turns = 0;
	pid_t child;

	(void)state;
	assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
	    getsockname(listener, (struct sockaddr *)&address, &len), 0);
	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	child = fork();
	if (child == 0)
		count_turns(listener, ends[1]);
	close(ends[1]);
	for (size_t i = 0; i < MANY; i++) {
		given_init(&many.given[i], SPAN(GIVEN_MESSAGE), "a@x");
		many.submission[i].letter = &many.given[i].letter;
	}
	given_init(&given, SPAN(GIVEN_MESSAGE), "none@x");
	given_server(&given, ntohs(address.sin_port));
	given.profile.servers = &given.server;
	given.profile.server_count = 1;
	series.profile = &given.profile;
	series_run(&series);
	assert_int_equal(read(ends[0], &turns, sizeof(turns)), sizeof(turns));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(many.done, MANY);
	/* One each; and EHLO, and the first MAIL. */
	assert_int_equal(turns, MANY + 2);
	for (size_t i = 0; i < MANY; i++)
		given_free(&many.given[i]);
	given_free(&given);
	close(listener);
	close(ends[0]);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "series", serieses, ROWS(serieses), test_series);
	rows_add(&all, "signal", signaled, ROWS(signaled), test_signal);
	rows_add_one(&all, "200 letters, a turn each", test_turns);
	return rows_end(&all);
}
