/* A sender's domain that belongs to a mail service is not tried. */
#include "doctor/destination.h"

#include "address/domain.h"
#include "doctor/own_domain.h"

bool
destination_is_given(const char *send_to)
{
	return send_to != NULL && send_to[0] != '\0';
}

bool
destination_find(const char *send_to, const char *sender, struct buf *domain,
    struct buf *reason)
{
	struct error ignored = {0};
	struct span path;

	if (!destination_is_given(send_to)) {
		if (own_domain_find(sender, domain, reason))
			return true;
		buf_add_text(reason,
		    ": only --send ADDRESS names a domain "
		    "whose mail servers can be tried");
		return false;
	}
	path = span_trim(span_from(send_to));
	if (path.len > 0 && path.at[path.len - 1] == '>')
		path.len--;
	if (span_find(path, '@') < path.len &&
	    domain_to_ascii(domain_of_path(path), domain, &ignored)) {
		for (size_t i = 0; i < domain->len; i++)
			domain->data[i] = ascii_lower(domain->data[i]);
		return true;
	}
	buf_free(domain);
	buf_add_text(reason, "the address of --send has no domain");
	return false;
}
