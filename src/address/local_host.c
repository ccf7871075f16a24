/*
 * Compares domains with the names of this host. /etc/hosts is read only for a
 * domain that begins with the host name, so for most mail it is not read.
 */
#include "address/local_host.h"

#include <stdlib.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/file.h"
#include "base/mem.h"

#define HOSTS_MAX ((size_t)1024 * 1024)
#define HOST_NAME_ROOM 256

static bool
begins_with_host(struct span full, struct span name)
{
	return span_starts_nocase(full, name) && full.len > name.len + 1 &&
	    full.at[name.len] == '.';
}

/* A line has an address, the official name, and other names (hosts(5)). */
static char *
full_name_in_line(struct span line, struct span name)
{
	struct span word, full = {0};
	bool is_named = false;

	line = span_head(line, span_find(line, '#'));
	if (!span_next_word(&line, " \t\r", &word))
		return NULL;
	while (span_next_word(&line, " \t\r", &word)) {
		if (full.len == 0 && begins_with_host(word, name))
			full = word;
		if (span_equal_nocase(word, name))
			is_named = true;
	}
	return is_named && full.len > 0 ? span_copy(full) : NULL;
}

char *
local_host_full_name(struct span hosts, struct span name)
{
	char *full = NULL;

	while (full == NULL && hosts.len > 0) {
		size_t end = span_find(hosts, '\n');

		full = full_name_in_line(span_head(hosts, end), name);
		hosts = span_skip(hosts, end + 1);
	}
	return full;
}

static char *
read_full_name(struct span name)
{
	struct buf hosts = {.max = HOSTS_MAX};
	struct error ignored = {0};
	char *full = NULL;

	if (file_read_path(LOCAL_HOSTS_FILE, FILE_OWN, &hosts,
		ERROR_SYSTEM_FILE, &ignored))
		full = local_host_full_name(buf_span(&hosts), name);
	buf_free(&hosts);
	return full;
}

static void
find_name(struct local_host *host)
{
	char name[HOST_NAME_ROOM];

	if (gethostname(name, sizeof(name)) < 0)
		name[0] = '\0';
	name[sizeof(name) - 1] = '\0';
	host->name = mem_copy_text(name);
}

/*
 * The setting local-domains has A-labels; the domain is as the user wrote it.
 */
static bool
is_further(const struct local_host *host, struct span domain)
{
	struct buf ascii = {0};
	struct error ignored = {0};
	bool is_one = false;

	if (host->further_count > 0 &&
	    domain_to_ascii(domain, &ascii, &ignored))
		domain = buf_span(&ascii);
	for (size_t i = 0; i < host->further_count && !is_one; i++)
		is_one = span_equal_nocase(domain, span_from(host->further[i]));
	buf_free(&ascii);
	return is_one;
}

struct mailbox
local_host_strip_domain(const struct local_host *host,
    const struct mailbox *mailbox, const char *domain)
{
	struct mailbox copy = *mailbox;

	if (domain != NULL && mailbox->domain != NULL &&
	    is_further(host, span_from(mailbox->domain)))
		copy.domain = NULL;
	return copy;
}

bool
local_host_is(struct local_host *host, struct span domain)
{
	struct span name;

	if (host->name == NULL)
		find_name(host);
	name = span_from(host->name);
	if (span_equal_nocase(domain, SPAN("localhost")) ||
	    span_equal_nocase(domain, SPAN("localhost.localdomain")) ||
	    is_further(host, domain))
		return true;
	if (name.len == 0)
		return false;
	/* gethostname may return the full name. */
	if (span_equal_nocase(domain, name) ||
	    span_equal_nocase(domain, span_head(name, span_find(name, '.'))))
		return true;
	if (!begins_with_host(domain, name))
		return false;
	if (!host->is_looked_up)
		host->full = read_full_name(name);
	host->is_looked_up = true;
	return span_equal_nocase(domain, span_from(host->full));
}

void
local_host_free(struct local_host *host)
{
	free(host->name);
	free(host->full);
	*host = (struct local_host){0};
}
