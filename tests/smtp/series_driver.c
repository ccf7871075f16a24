/*
 * Sends letters to a real server in one series, for tests/interop. The secret
 * of alice@example.test is "secret". Prints a line for each letter, and the
 * dialogue on standard error.
 *
 *	series_driver URL ROOT-CERTIFICATE RECIPIENTS...
 *
 * Each operand is a letter: recipients with blanks between them. The variable
 * PIPELINING_NEVER sets pipelining = never.
 */
#include "rows.h"

#include "profile/server_url.h"
#include "smtp/given.h"
#include "smtp/series.h"

#define LETTERS_MAX 64

static struct given letters[LETTERS_MAX];
static struct submission submissions[LETTERS_MAX];
static size_t count, handed_out;

static void
see(void *context, enum observed what, struct span text)
{
	static const char *const marks[] = {"C: ", "S: ", NULL, "N: "};

	(void)context;
	if (marks[what] != NULL)
		fprintf(
		    stderr, "%s%.*s\n", marks[what], (int)text.len, text.at);
}

static bool
next(void *context, struct series_item *item)
{
	(void)context;
	if (handed_out == count)
		return false;
	item->submission = &submissions[handed_out];
	item->envelope = &letters[handed_out++].envelope;
	return true;
}

static void
done(void *context, const struct series_item *item)
{
	(void)context;
	for (size_t i = 0; i < item->envelope->count; i++) {
		const struct recipient *recipient =
		    &item->envelope->recipients[i];

		printf("%s%s", i > 0 ? "," : "",
		    recipient->outcome.action == ACTION_NONE
			? "open"
			: outcome_name(&recipient->outcome));
	}
	printf("\n");
	submission_free(item->submission);
}

static void
add_letter(const char *recipients)
{
	struct given *given = &letters[count];
	struct buf text = {0};

	buf_add_format(&text,
	    "From: alice@example.test\r\nSubject: letter %zu\r\n\r\nhello\r\n",
	    count + 1);
	given_init(given, buf_span(&text), recipients);
	free(given->envelope.reverse_path);
	given->envelope.reverse_path = mem_copy_text("alice@example.test");
	submissions[count++].letter = &given->letter;
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct secret secret = {.is_set = true};
	struct observer observer = {.see = see};
	struct series series = {
	    .next = next, .done = done, .observer = &observer};
	struct server server = {0};
	struct given given;
	struct error err = {0};

	if (argc < 4 || argc - 3 > LETTERS_MAX ||
	    !server_url_parse(&server, span_from(argv[1]), &err))
		return 2;
	for (int i = 3; i < argc; i++)
		add_letter(argv[i]);
	given_init(&given, SPAN("A: b\r\n\r\n"), "none@example.test");
	given.profile.tls = TLS_POLICY_REQUIRED;
	given.profile.tls_trust = argv[2];
	given.profile.timeout = 20000;
	if (getenv("PIPELINING_NEVER") != NULL)
		given.profile.pipelining = EXTENSION_NEVER;
	given.profile.servers = &server;
	given.profile.server_count = 1;
	if (server.scheme != SCHEME_LMTP) {
		given.profile.user = mem_copy_text("alice@example.test");
		buf_add_text(&secret.password, "secret");
		series.secret = &secret;
	}
	series.profile = &given.profile;
	series_run(&series);
	if (series.trouble.action != ACTION_NONE)
		printf("trouble: %s\n", buf_text(&series.trouble.reply.text));
	series_free(&series);
	for (size_t i = 0; i < count; i++)
		given_free(&letters[i]);
	given_free(&given);
	server_url_free(&server);
	buf_wipe(&secret.password);
	return 0;
}
