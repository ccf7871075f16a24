/*
 * Prints a profile for --explain. Values that no setting decides are found in
 * the same way as the submission finds them.
 */
#include "profile/effective_settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "profile/identity.h"
#include "profile/server_url.h"
#include "profile/setting_table.h"

static void
set_origin(struct profile *profile, struct span name, const char *origin)
{
	char **text =
	    &profile->origins
		 .names[setting_table_index(setting_table_find(name))];

	free(*text);
	*text = mem_copy_text(origin);
}

static void
fill_domain(struct profile *profile)
{
	const char *origin;
	char *domain;

	if (profile->domain != NULL)
		return;
	domain = identity_domain_found(&origin);
	set_origin(
	    profile, SPAN("domain"), domain != NULL ? origin : "none found");
	profile->domain = domain;
}

static bool
is_unix_only(const struct profile *profile)
{
	for (size_t i = 0; i < profile->server_count; i++)
		if (!server_url_is_unix(&profile->servers[i]))
			return false;
	return true;
}

/* As a session chooses the name; our address is known only once connected. */
static void
fill_ehlo_name(struct profile *profile)
{
	char host[256] = "";

	if (profile->ehlo_name != NULL)
		return;
	if (is_unix_only(profile)) {
		profile->ehlo_name = mem_copy_text("localhost.localdomain");
		set_origin(profile, SPAN("ehlo-name"), "Unix socket");
	} else if (gethostname(host, sizeof(host) - 1) == 0 &&
	    domain_is_fqdn(span_from(host))) {
		profile->ehlo_name = mem_copy_text(host);
		set_origin(profile, SPAN("ehlo-name"), "host name");
	} else {
		profile->ehlo_name = mem_copy_text("[ADDRESS]");
		set_origin(profile, SPAN("ehlo-name"),
		    "our address in the connection");
	}
}

void
effective_settings_fill(struct profile *profile)
{
	fill_domain(profile);
	fill_ehlo_name(profile);
	if (!profile->tls_is_set && is_unix_only(profile)) {
		profile->tls = TLS_POLICY_NONE;
		set_origin(profile, SPAN("tls"), "Unix socket");
	}
	if (!profile->tls_is_set && profile_is_direct(profile))
		set_origin(profile, SPAN("tls"), "server = mx:");
}

void
effective_settings_set_full_name(
    struct profile *profile, const char *name, const char *origin)
{
	free(profile->full_name);
	profile->full_name = mem_copy_text(name);
	set_origin(profile, SPAN("full-name"), origin);
}

#define ORIGIN_COLUMN 40
/* More than a configuration file can hold, with 4 octets for a masked one. */
#define VALUE_MAX_OCTETS ((size_t)4 * 1024 * 1024)
#define LINE_MAX_OCTETS (5 * VALUE_MAX_OCTETS)

/* "key = value", then where it came from; both masked for the terminal. */
static void
add_line(
    struct buf *out, const char *key, struct span value, const char *origin)
{
	struct buf line = {.max = LINE_MAX_OCTETS};

	buf_add_format(&line, "%s =", key);
	if (value.len > 0)
		buf_add_char(&line, ' ');
	utf8_add_masked(&line, value);
	do
		buf_add_char(&line, ' ');
	while (line.len < ORIGIN_COLUMN && !line.full);
	buf_add_char(&line, ' ');
	utf8_add_sentence(&line, span_from(origin));
	buf_add_char(&line, '\n');
	buf_add_span(out, buf_span(&line));
	buf_free(&line);
}

void
effective_settings_add(const struct profile *profile, struct buf *out)
{
	size_t count = setting_table_count();

	add_line(out, "profile", span_from(profile->name), profile->choice);
	for (size_t i = 0; i < count; i++) {
		struct buf value = {.max = VALUE_MAX_OCTETS};

		setting_table_at(i)->type->print(
		    setting_table_at(i), profile, &value);
		add_line(out, setting_table_at(i)->name, buf_span(&value),
		    profile->origins.names[i]);
		buf_free(&value);
	}
}
