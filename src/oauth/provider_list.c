/*
 * Prints the table of services, without its URLs. The text has a tab between
 * its columns, as that of smtpost --providers.
 */
#include "oauth/provider_list.h"

#include "base/json_text.h"
#include "oauth/oauth_provider.h"
#include "oauth/print.h"

static const char *
client_id_of(const struct oauth_provider *provider)
{
	return provider->registration != NULL ? "not needed"
	    : provider->needs_secret	      ? "your own, and its secret"
					      : "your own";
}

static void
add_line(const struct oauth_provider *provider, struct buf *out)
{
	buf_add_format(out, "%s\t%s\t", provider->name,
	    provider->title != NULL ? provider->title : "any other service");
	oauth_provider_add_flows(provider->flows, out);
	buf_add_format(out, "\tclient ID: %s%s\n", client_id_of(provider),
	    provider->is_unverified ? "\tnot verified" : "");
}

static void
add_object(const struct oauth_provider *provider, struct buf *out)
{
	struct buf flows = {0};

	oauth_provider_add_flows(provider->flows, &flows);
	buf_add_char(out, '{');
	json_text_add_member(out, "name", provider->name);
	json_text_add_member(out, "title", provider->title);
	json_text_add_list(out, "flows", buf_span(&flows), ", ");
	json_text_add_member(out, "client-id", client_id_of(provider));
	json_text_add_bool(out, "verified", !provider->is_unverified);
	json_text_add_member(out, "scope", provider->scope);
	json_text_add_member(out, "ends", provider->end);
	buf_add_text(out, "}\n");
	buf_free(&flows);
}

int
provider_list_run(const struct oauth_call *call, struct error *err)
{
	struct buf text = {0};
	bool done;

	for (size_t i = 0; i < oauth_provider_count; i++)
		(call->is_json ? add_object : add_line)(
		    &oauth_provider_table[i], &text);
	done = print_output(buf_span(&text), err);
	buf_free(&text);
	return done ? 0 : error_exit_status(err->kind);
}
