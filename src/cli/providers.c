#include "cli/providers.h"

#include "profile/provider.h"

/* name TAB servers TAB user TAB mechanisms TAB note */
static void
add_line(const struct provider *provider,
    const struct provider_variant *variant, struct buf *line)
{
	provider_add_name(provider, variant, line);
	buf_add_char(line, '\t');
	for (const char *at = variant->servers; *at != '\0'; at++) {
		if (*at == '*')
			buf_add_text(line, variant->name);
		else
			buf_add_char(line, *at);
	}
	buf_add_char(line, '\t');
	provider_add_user(provider, line);
	buf_add_format(
	    line, "\t%s\t%s\n", provider->mechanisms, provider->note);
}

bool
providers_print(FILE *out, struct error *err)
{
	struct buf line = {0};

	for (size_t i = 0; i < provider_count; i++)
		for (size_t j = 0; j < PROVIDER_VARIANTS_MAX &&
		     providers[i].variants[j].servers != NULL; j++)
			add_line(&providers[i], &providers[i].variants[j],
			    &line);
	fwrite(line.data, 1, line.len, out);
	buf_free(&line);
	if (fflush(out) == 0 && !ferror(out))
		return true;
	return error_set(err, ERROR_IO, "cannot write to standard output");
}
