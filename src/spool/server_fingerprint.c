/* Each text is added with its NUL, so that two settings cannot run together. */
#include "spool/server_fingerprint.h"

#include <string.h>

#include "base/crc.h"

static uint32_t
add_text(uint32_t sum, const char *text)
{
	if (text == NULL)
		text = "-";
	return crc_add(sum, text, strlen(text) + 1);
}

static uint32_t
add_names(uint32_t sum, const struct name_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		sum = add_text(sum, list->names[i]);
	return add_text(sum, "");
}

uint32_t
server_fingerprint_of(const struct profile *profile)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < profile->server_count; i++)
		sum = add_text(sum, profile->servers[i].url);
	sum = add_text(sum,
	    profile->tls == TLS_POLICY_REQUIRED		   ? "required"
		: profile->tls == TLS_POLICY_OPPORTUNISTIC ? "opportunistic"
							   : "none");
	sum = add_text(sum, profile->tls_trust);
	sum = add_text(sum, profile->tls_host);
	sum = add_names(sum, &profile->tls_pin);
	sum = add_text(sum, profile->tls_cert);
	sum = add_text(sum, profile->user);
	sum = add_names(sum, &profile->auth);
	sum = add_text(sum, profile->password_command);
	sum = add_text(sum, profile->password_file);
	return add_text(sum, profile->token_command);
}
