/*
 * --providers: one line, or one JSON object, for each name that the setting
 * `provider` can have.
 */
#include "cli/provider_list.h"

#include "cli/json_text.h"
#include "cli/output.h"
#include "profile/provider.h"

/* The region of a variant stands where a server's name has a star. */
static void
add_servers(const struct provider_variant *variant, struct buf *out)
{
	for (const char *at = variant->servers; *at != '\0'; at++) {
		if (*at == '*')
			buf_add_text(out, variant->name);
		else
			buf_add_char(out, *at);
	}
}

/* name TAB servers TAB user TAB mechanisms TAB note */
static void
add_line(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out)
{
	provider_add_name(provider, variant, out);
	buf_add_char(out, '\t');
	add_servers(variant, out);
	buf_add_char(out, '\t');
	provider_add_user(provider, out);
	buf_add_format(out, "\t%s\t%s\n", provider->mechanisms, provider->note);
}

static void
add_object(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out)
{
	struct buf name = {0}, servers = {0}, user = {0};

	provider_add_name(provider, variant, &name);
	add_servers(variant, &servers);
	provider_add_user(provider, &user);
	buf_add_char(out, '{');
	json_text_add_member(out, "name", buf_text(&name));
	json_text_add_list(out, "servers", buf_span(&servers), ", ");
	json_text_add_member(out, "user", buf_text(&user));
	json_text_add_list(
	    out, "mechanisms", span_from(provider->mechanisms), ", ");
	json_text_add_member(out, "note", provider->note);
	buf_add_text(out, "}\n");
	buf_free(&name);
	buf_free(&servers);
	buf_free(&user);
}

bool
provider_list_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	enum report_form form = options_report(options);
	struct buf line = {0};

	(void)result;
	for (size_t i = 0; i < provider_table_count; i++)
		for (size_t j = 0; j < PROVIDER_VARIANTS_MAX &&
		     provider_table[i].variants[j].servers != NULL;
		     j++) {
			if (form == REPORT_JSON)
				add_object(&provider_table[i],
				    &provider_table[i].variants[j], &line);
			else if (form == REPORT_TEXT)
				add_line(&provider_table[i],
				    &provider_table[i].variants[j], &line);
			output_write(&line, stdout);
		}
	buf_free(&line);
	return output_end(err);
}
