#include "rows.h"

#include "smtp/sasl.h"
#include "smtp/sasl_scram.h"

/* What client and server say, to the end or to the failure. */
struct scram_row {
	const char *name, *mechanism;
	char flag;
	const char *user, *password, *nonce;
	const char *says[3]; /* the client; NULL: it breaks off */
	const char *hears[3];
	const char *trouble; /* in it */
	bool is_impossible;
};

#define NONCE_1 "fyko+d2lbbFgONRv9qkxdawL"
#define NONCE_256 "rOprNGfwEbeRWgbNEkqO"
#define SALT_256 "s=W22ZaJ0SNY7soEsUEjb6gQ=="
#define REST_256 "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define FIRST_256 "r=" NONCE_256 REST_256 "," SALT_256 ",i=4096"
#define SAID_256 "n,,n=user,r=" NONCE_256
#define PROOF_256                      \
	"c=biws,r=" NONCE_256 REST_256 \
	",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define SIGNATURE_256 "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

#define RFC_7677(name, first, said, final, trouble, impossible)          \
	{                                                                \
		name, "SCRAM-SHA-256", 'n', "user", "pencil", NONCE_256, \
		    {SAID_256, said, NULL}, {"", first, final}, trouble, \
		    impossible                                           \
	}
/* The server's first message, and why it is refused. */
#define FIRST(name, first, trouble) \
	RFC_7677(name, first, NULL, NULL, trouble, false)
#define IMPOSSIBLE(name, first, trouble) \
	RFC_7677(name, first, NULL, NULL, trouble, true)
#define FINAL(name, final, trouble) \
	RFC_7677(name, FIRST_256, PROOF_256, final, trouble, false)

static const struct scram_row scrams[] = {
    {"RFC 5802 section 5", "SCRAM-SHA-1", 'n', "user", "pencil", NONCE_1,
	{"n,,n=user,r=" NONCE_1,
	    "c=biws,r=" NONCE_1 "3rfcNHYJY1ZVvWVs7j,"
	    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
	    ""},
	{"",
	    "r=" NONCE_1 "3rfcNHYJY1ZVvWVs7j,"
	    "s=QSXCR+Q6sek8bf92,i=4096",
	    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="},
	NULL, false},
    {"RFC 7677 section 3", "SCRAM-SHA-256", 'n', "user", "pencil", NONCE_256,
	{SAID_256, PROOF_256, ""}, {"", FIRST_256, SIGNATURE_256}, NULL, false},
    /* No vector of an RFC; computed from the same inputs by other code. */
    {"the server shows no -PLUS", "SCRAM-SHA-256", 'y', "user", "pencil",
	NONCE_256,
	{"y,,n=user,r=" NONCE_256,
	    "c=eSws,r=" NONCE_256 REST_256
	    ",p=FoqiHTtQEDE8lz1CdaEe3tK4mS+iMDTl77SPyDS53DY=",
	    ""},
	{"", FIRST_256, "v=dI4KpiQJwBr1+V+K6U1dA6l6I4I9DUNXWND4pcpRU3U="}, NULL,
	false},
    {"tls-exporter of 00 to 1f", "SCRAM-SHA-256-PLUS", 'p', "user", "pencil",
	NONCE_256,
	{"p=tls-exporter,,n=user,r=" NONCE_256,
	    "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGh"
	    "scHR4f,r=" NONCE_256 REST_256
	    ",p=QC6CS20quADQRb3mT99YUH+n3VJxUvzuK0K0E1Vrs2M=",
	    ""},
	{"", FIRST_256, "v=2GiAgapEppLVlUXbxUDksL3VgYHzuqiK5tR4mhJGgvs="}, NULL,
	false},
    {"a user with a comma and an equals sign", "SCRAM-SHA-1", 'n', "a,b=c",
	"pencil", NONCE_1, {"n,,n=a=2Cb=3Dc,r=" NONCE_1}, {"", "x"},
	"not SCRAM", false},
    {"extensions are passed over", "SCRAM-SHA-256", 'n', "user", "pencil",
	NONCE_256,
	{SAID_256,
	    "c=biws,r=" NONCE_256 REST_256
	    ",p=2AxXkOX7Mq9HpQHGPjGM9irNVGssXocsTOP1qVOucXM=",
	    ""},
	{"", FIRST_256 ",x=1,y=",
	    "v=Oq7sGWnCCl7lBrg4yM8mLWF9C/HdewXbkedYJQZcjM4=,x=1"},
	NULL, false},

    /* RFC 4013 section 2.3 and what we do without its tables */
    {"a control character in the password", "SCRAM-SHA-256", 'n', "user", "\a",
	NONCE_256, {NULL}, {""}, "ASCII", true},
    {"DEL", "SCRAM-SHA-256", 'n', "user", "\x7f", NONCE_256, {NULL}, {""},
	"ASCII", true},
    {"a password with a soft hyphen", "SCRAM-SHA-256", 'n', "user",
	"I\xc2\xadX", NONCE_256, {NULL}, {""}, "ASCII", true},
    {"a user with the feminine ordinal", "SCRAM-SHA-256", 'n', "\xc2\xaa",
	"pencil", NONCE_256, {NULL}, {""}, "ASCII", true},
    {"a user with the Roman nine", "SCRAM-SHA-256", 'n', "\xe2\x85\xa8",
	"pencil", NONCE_256, {NULL}, {""}, "ASCII", true},
    {"a password with an Arabic letter", "SCRAM-SHA-256", 'n', "user",
	"\xd8\xa7\x31", NONCE_256, {NULL}, {""}, "ASCII", true},
    IMPOSSIBLE("one round", "r=" NONCE_256 "x," SALT_256 ",i=1",
	"count of 1, less than 4096"),
    IMPOSSIBLE("4095 rounds", "r=" NONCE_256 "x," SALT_256 ",i=4095",
	"less than 4096"),
    IMPOSSIBLE("600001 rounds", "r=" NONCE_256 "x," SALT_256 ",i=600001",
	"more than 600000"),
    IMPOSSIBLE("2147483648 rounds",
	"r=" NONCE_256 "x," SALT_256 ",i=2147483648", "more than"),
    /* 4096 where it is cut to 32 bits */
    IMPOSSIBLE("4294971392 rounds",
	"r=" NONCE_256 "x," SALT_256 ",i=4294971392", "more than"),
    FIRST("more than 64 bits",
	"r=" NONCE_256 "x," SALT_256 ",i=18446744073709555712", "count"),
    FIRST("0", "r=" NONCE_256 "x," SALT_256 ",i=0", "count"),
    FIRST("a zero in front", "r=" NONCE_256 "x," SALT_256 ",i=04096", "count"),
    FIRST("+4096", "r=" NONCE_256 "x," SALT_256 ",i=+4096", "count"),
    FIRST("-4096", "r=" NONCE_256 "x," SALT_256 ",i=-4096", "count"),
    FIRST("a blank", "r=" NONCE_256 "x," SALT_256 ",i= 4096", "count"),
    FIRST("a blank behind", "r=" NONCE_256 "x," SALT_256 ",i=4096 ", "count"),
    FIRST("0x1000", "r=" NONCE_256 "x," SALT_256 ",i=0x1000", "count"),
    FIRST("4096.0", "r=" NONCE_256 "x," SALT_256 ",i=4096.0", "count"),
    FIRST("no digits", "r=" NONCE_256 "x," SALT_256 ",i=", "count"),
    FIRST("no count", "r=" NONCE_256 "x," SALT_256, "not SCRAM"),
    FIRST(
	"only our nonce", "r=" NONCE_256 "," SALT_256 ",i=4096", "wrong nonce"),
    FIRST("a shorter nonce", "r=rOprNG," SALT_256 ",i=4096", "wrong nonce"),
    FIRST("another nonce", "r=sOprNGfwEbeRWgbNEkqOxxx," SALT_256 ",i=4096",
	"wrong nonce"),
    FIRST("in another case", "r=ROprNGfwEbeRWgbNEkqOxxx," SALT_256 ",i=4096",
	"wrong nonce"),
    FIRST("the nonce at the end", "r=x" NONCE_256 "," SALT_256 ",i=4096",
	"wrong nonce"),
    FIRST("no nonce", "r=," SALT_256 ",i=4096", "wrong nonce"),
    FIRST("a blank in the nonce", "r=" NONCE_256 " x," SALT_256 ",i=4096",
	"wrong nonce"),
    FIRST("a control in the nonce", "r=" NONCE_256 "\1," SALT_256 ",i=4096",
	"wrong nonce"),
    FIRST("a nonce above ASCII", "r=" NONCE_256 "\xc3\xa4," SALT_256 ",i=4096",
	"wrong nonce"),
    FIRST("an empty salt", "r=" NONCE_256 "x,s=,i=4096", "salt"),
    FIRST("a salt that is not base64", "r=" NONCE_256 "x,s=!,i=4096", "salt"),
    FIRST("padding inside the salt", "r=" NONCE_256 "x,s=AA==AA==,i=4096",
	"salt"),
    FIRST("m= in front", "m=x,r=" NONCE_256 "x," SALT_256 ",i=4096",
	"unknown extension"),
    FIRST("m= behind", "r=" NONCE_256 "x," SALT_256 ",i=4096,m=x", "not SCRAM"),
    FIRST("m= behind others", FIRST_256 ",x=y,m=x", "not SCRAM"),
    FIRST("m= in the middle", "r=" NONCE_256 "x,m=x," SALT_256 ",i=4096",
	"not SCRAM"),
    FIRST("another order", "r=" NONCE_256 "x,i=4096," SALT_256, "not SCRAM"),
    FIRST("salt first", SALT_256 ",r=" NONCE_256 "x,i=4096", "not SCRAM"),
    FIRST("a comma behind", FIRST_256 ",", "not SCRAM"),
    FIRST("an extension without a name", FIRST_256 ",=x", "not SCRAM"),
    FIRST("an extension without a value", FIRST_256 ",x", "not SCRAM"),
    FIRST("upper case", "R=" NONCE_256 "x," SALT_256 ",i=4096", "not SCRAM"),
    FIRST("nothing", "", "not SCRAM"),
    FIRST("r and no more", "r", "not SCRAM"),
    FIRST("the final message first", SIGNATURE_256, "not SCRAM"),
    FIRST("an error first", "e=unknown-user", "not SCRAM"),
    FINAL("one bit of the signature",
	"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=", "prove"),
    FINAL("another signature",
	"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "prove"),
    FINAL("half a signature", "v=6rriTRBi23WpRR/wtup+mA==", "prove"),
    FINAL("no signature", "v=", "prove"),
    FINAL("a signature and more",
	"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4A", "prove"),
    FINAL("our proof sent back",
	"v=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "prove"),
    FINAL("not base64", "v=!", "prove"),
    FINAL("upper case",
	"V=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "not SCRAM"),
    FINAL("an empty final message", "", "not SCRAM"),
    FINAL("the first message again", FIRST_256, "not SCRAM"),
    FINAL("m= behind it", SIGNATURE_256 ",m=x", "not SCRAM"),
    RFC_7677(
	"e=", FIRST_256, PROOF_256, "e=invalid-proof", "invalid-proof", true),
    RFC_7677("e= with controls", FIRST_256, PROOF_256, "e=\x1b[2J\nhint: y",
	"login: ?[2J?hint: y", true),
    RFC_7677("e= and a signature", FIRST_256, PROOF_256,
	"e=other-error," SIGNATURE_256, "other-error", true),
};

static void
exchange(const struct scram_row *row, struct sasl *sasl)
{
	for (size_t i = 0; i < 3 && row->hears[i] != NULL; i++) {
		struct buf out = {0};
		bool done = sasl_respond(sasl, span_from(row->hears[i]), &out);

		if (row->says[i] != NULL && !done)
			fail_msg("step %zu: %s", i, buf_text(&sasl->trouble));
		assert_int_equal(done, row->says[i] != NULL);
		if (done)
			assert_string_equal(buf_text(&out), row->says[i]);
		buf_free(&out);
	}
}

static void
test_scram(void **state)
{
	const struct scram_row *row = *state;
	struct sasl sasl = {
	    .user = span_from(row->user),
	    .password = span_from(row->password),
	    .binding_name = "tls-exporter",
	    .binding = SPAN("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17"
			    "\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36"
			    "\37"),
	    .is_encrypted = true,
	    .mechanism = mechanism_find(span_from(row->mechanism)),
	    .scram.flag = row->flag,
	};
	struct buf out = {0};

	buf_add_text(&sasl.scram.nonce, row->nonce);
	exchange(row, &sasl);
	assert_int_equal(sasl.state == SASL_SETTLED, row->trouble == NULL);
	assert_int_equal(sasl.is_impossible, row->is_impossible);
	if (row->trouble != NULL &&
	    strstr(buf_text(&sasl.trouble), row->trouble) == NULL)
		fail_msg("%s", buf_text(&sasl.trouble));
	/* A fourth response does not exist. */
	if (row->trouble == NULL)
		assert_false(sasl_respond(&sasl, SPAN(""), &out));
	sasl_free(&sasl);
	buf_free(&out);
}

/* Each exchange has a nonce of its own. */
static void
test_nonce(void **state)
{
	struct buf first[2] = {{0}, {0}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sasl sasl = {
		    .user = SPAN("u"),
		    .password = SPAN("p"),
		    .mechanism = mechanism_find(SPAN("SCRAM-SHA-256")),
		    .scram.flag = 'n',
		};

		assert_true(sasl_respond(&sasl, SPAN(""), &first[i]));
		assert_int_equal(first[i].len, strlen("n,,n=u,r=") + 24);
		sasl_free(&sasl);
	}
	assert_string_not_equal(buf_text(&first[0]), buf_text(&first[1]));
	buf_free(&first[0]);
	buf_free(&first[1]);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "scram", scrams, ROWS(scrams), test_scram);
	rows_add_one(&all, "nonce", test_nonce);
	return rows_end(&all);
}
