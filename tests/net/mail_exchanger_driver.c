/*
 * Finds the mail exchangers of domains at the system's name server, and prints
 * a line for each: for tests against name servers.
 *
 *	mail_exchanger_driver TRUST MILLISECONDS DOMAIN...
 *
 * TRUST is auto, always or never. The domain "." asks whether the name server
 * validates. A line is "DOMAIN: ", what is true of the list, the hosts, and
 * "end" or the status and the reason; "*" is what was validated. Our own name
 * is own.zz. Notes go to stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "base/wait.h"
#include "net/mail_exchanger.h"

static void
print_host(const struct mail_exchanger *host)
{
	struct buf text = {0};

	buf_add_format(&text, "%u %s", host->preference, host->name);
	if (strcmp(host->name, host->owner) != 0)
		buf_add_format(&text, " of %s", host->owner);
	for (size_t i = 0; i < host->address_count; i++) {
		buf_add_char(&text, ' ');
		host_add_address(&text, &host->addresses[i].socket);
	}
	printf("%s%s; ", buf_text(&text), host->is_authentic ? "*" : "");
	buf_free(&text);
}

static void
print_domain(const char *domain, struct name_server *server, int64_t deadline)
{
	const struct mail_exchanger_question question = {
	    .domain = span_from(domain),
	    .own_names = {"own.zz"},
	    .name_server = server,
	};
	struct mail_exchangers list;
	struct mail_exchanger host;
	struct buf reason = {0}, status = {0};
	enum mail_exchanger_result result =
	    mail_exchangers_find(&list, &question, deadline, &reason);

	printf("%s: %s%s", domain, list.is_authentic ? "* " : "",
	    list.is_implicit ? "implicit " : "");
	if (!list.is_literal &&
	    !span_equal_nocase(span_from(domain), span_from(list.domain_owner)))
		printf("of %s ", list.domain_owner);
	while (result == MAIL_EXCHANGER_FOUND) {
		result = mail_exchangers_next(&list, &host, deadline, &reason);
		if (result == MAIL_EXCHANGER_FOUND)
			print_host(&host);
	}
	reply_status_add(&status, mail_exchanger_status(result));
	if (result == MAIL_EXCHANGER_END)
		puts("end");
	else
		printf("%s %s\n", buf_text(&status), buf_text(&reason));
	fputs(buf_text(&list.notes), stderr);
	mail_exchangers_free(&list);
	buf_free(&reason);
	buf_free(&status);
}

int
main(int argc, char **argv)
{
	struct name_server server = {.trust = NAME_SERVER_TRUST_AUTO};
	int64_t deadline;

	if (argc < 4)
		return 64;
	if (strcmp(argv[1], "always") == 0)
		server.trust = NAME_SERVER_TRUST_ALWAYS;
	else if (strcmp(argv[1], "never") == 0)
		server.trust = NAME_SERVER_TRUST_NEVER;
	signals_catch();
	deadline = deadline_in(atoll(argv[2]));
	for (int i = 3; i < argc; i++) {
		struct buf reason = {0};

		if (strcmp(argv[i], ".") != 0)
			print_domain(argv[i], &server, deadline);
		else if (name_server_validates(&server, deadline, &reason))
			puts(".: validates");
		else
			printf(".: %s\n", buf_text(&reason));
		fflush(stdout);
		buf_free(&reason);
	}
	return 0;
}
