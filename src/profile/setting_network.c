/* The types of settings that are about the way to the server. */
#include "profile/setting.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "profile/proxy_url.h"
#include "profile/server_url.h"

#define LIST_SEPARATORS ", \t"

/* proxy */

static bool
parse_proxy(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	(void)setting;
	return value.len == 0 ||
	    proxy_parse(&profile->network.proxy, value, err);
}

static void
print_proxy(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	proxy_print(&profile->network.proxy, out);
}

static void
clear_proxy(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	proxy_free(&profile->network.proxy);
}

const struct setting_type setting_proxy = {
    parse_proxy, print_proxy, clear_proxy};

/* source-address: of each family one at most. */

static bool
is_six(const char *address)
{
	return strchr(address, ':') != NULL;
}

static bool
has_family(const struct name_list *list, bool six)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_six(list->names[i]) == six)
			return true;
	return false;
}

static bool
parse_sources(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct name_list *list = &profile->network.sources;
	struct span rest = value, word;

	while (span_next_word(&rest, LIST_SEPARATORS, &word)) {
		char **item;

		if (!address_is_valid(word))
			return setting_refuse(setting, value, err,
			    "not an address, such as 192.0.2.1 or "
			    "2001:db8::1");
		if (has_family(list, span_find(word, ':') < word.len))
			return setting_refuse(setting, value, err,
			    "two addresses of the same family");
		item = mem_append(&list->names, &list->count, sizeof(*item));
		*item = span_copy(word);
	}
	return true;
}

static void
print_sources(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	for (size_t i = 0; i < profile->network.sources.count; i++)
		buf_add_format(out, "%s%s", i ? ", " : "",
		    profile->network.sources.names[i]);
}

static void
clear_sources(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	for (size_t i = 0; i < profile->network.sources.count; i++)
		free(profile->network.sources.names[i]);
	free(profile->network.sources.names);
	profile->network.sources = (struct name_list){0};
}

const struct setting_type setting_sources = {
    parse_sources, print_sources, clear_sources};
