/*
 * Prints or notes what is known before the first connection. Warnings go to
 * standard error at once, because the connection may then hang.
 */
#include "cli/opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void
opening_note(const struct profile *profile, const struct observer *observer)
{
	struct span files = buf_span(&profile->files), file;

	if (observer == NULL)
		return;
	observer_note(
	    observer, "profile %s (%s)", profile->name, profile->choice);
	if (files.len == 0)
		observer_note(observer, "no configuration file was read");
	while (span_next_word(&files, "\n", &file))
		observer_note(observer, "configuration file %.*s",
		    (int)file.len, file.at);
}

/* Ports that are for the other scheme (RFC 8314 section 3.3). */
static const struct {
	enum scheme scheme;
	unsigned short port;
	const char *wants, *other;
} odd_ports[] = {
    {SCHEME_SMTP, 465, "TLS from the start", "smtps"},
    {SCHEME_SMTPS, 587, "STARTTLS", "smtp"},
    {SCHEME_SMTPS, 25, "STARTTLS", "smtp"},
};

static void
warn(const struct server *server, size_t row, bool is_printed,
    const struct observer *observer)
{
	struct buf text = {0};

	buf_add_format(&text,
	    "warning: %s: port %u is usually for %s: write %s%s", server->url,
	    (unsigned)server->port, odd_ports[row].wants, odd_ports[row].other,
	    strchr(server->url, ':'));
	if (is_printed)
		fprintf(stderr, "smtpost: %s\n", buf_text(&text));
	observer_note(observer, "%s", buf_text(&text));
	buf_free(&text);
}

/* Prints the warnings among the notes. Only -v shows the other notes. */
static void
print_warnings(struct span notes)
{
	struct span line;

	while (span_next_word(&notes, "\n", &line)) {
		char *shown;

		if (!span_starts(line, SPAN("warning: ")))
			continue;
		shown = utf8_masked(line);
		fprintf(stderr, "smtpost: %s\n", shown);
		free(shown);
	}
}

void
opening_warn(const struct profile *profile, const struct options *options,
    struct span notes, const struct observer *observer)
{
	/* With -v the observer prints them. */
	bool is_printed =
	    !options_role_is_sendmail(options->role) && options->verbose == 0;

	for (size_t i = 0; i < profile->server_count; i++) {
		const struct server *server = &profile->servers[i];

		for (size_t row = 0;
		     row < sizeof(odd_ports) / sizeof(odd_ports[0]); row++)
			if (server->scheme == odd_ports[row].scheme &&
			    server->port == odd_ports[row].port)
				warn(server, row, is_printed, observer);
	}
	if (is_printed)
		print_warnings(notes);
}
