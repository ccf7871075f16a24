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

/* The words of a list as strings. */
static void
add_words(const char *key, struct span words, struct buf *out)
{
	const char *comma = "";
	struct span word;

	buf_add_format(out, ",\"%s\":[", key);
	while (span_next_word(&words, ", ", &word)) {
		buf_add_text(out, comma);
		json_text_add(out, word);
		comma = ",";
	}
	buf_add_char(out, ']');
}

static void
add_object(const struct provider *provider,
    const struct provider_variant *variant, struct buf *out)
{
	struct buf text = {0};

	provider_add_name(provider, variant, &text);
	buf_add_text(out, "{\"name\":");
	json_text_add(out, buf_span(&text));
	buf_clear(&text);
	add_servers(variant, &text);
	add_words("servers", buf_span(&text), out);
	buf_clear(&text);
	provider_add_user(provider, &text);
	buf_add_text(out, ",\"user\":");
	json_text_add(out, buf_span(&text));
	add_words("mechanisms", span_from(provider->mechanisms), out);
	buf_add_text(out, ",\"note\":");
	json_text_add(out, span_from(provider->note));
	buf_add_text(out, "}\n");
	buf_free(&text);
}

bool
provider_list_print(enum report_form form, struct error *err)
{
	struct buf line = {0};

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
