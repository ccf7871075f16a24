/* The types of settings that are about the way to the server. */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "profile/server_url.h"
#include "profile/setting.h"

/* tls-pin: digests of public keys, kept as "sha256:" and 64 hex digits. */

#define LIST_SEPARATORS ", \t"
#define PIN_COUNT_MAX 16
#define DIGEST_OCTETS ((size_t)32)

static const char hex_digits[] = "0123456789abcdef";

/* Colons between the octets are as some programs print them. */
static bool
read_hex(struct buf *digest, struct span text)
{
	bool has_colons = text.len == DIGEST_OCTETS * 3 - 1;
	size_t step = has_colons ? 3 : 2;

	if (!has_colons && text.len != DIGEST_OCTETS * 2)
		return false;
	for (size_t i = 0; i < text.len; i += step) {
		const char *high, *low;

		high = strchr(hex_digits, ascii_lower(text.at[i]));
		low = strchr(hex_digits, ascii_lower(text.at[i + 1]));
		if (text.at[i] == '\0' || text.at[i + 1] == '\0' ||
		    high == NULL || low == NULL)
			return false;
		if (has_colons && i + 2 < text.len && text.at[i + 2] != ':')
			return false;
		buf_add_char(digest,
		    (char)((high - hex_digits) << 4 | (low - hex_digits)));
	}
	return true;
}

static bool
read_digest(struct buf *digest, struct span text)
{
	if (!span_starts_nocase(text, SPAN("sha256:")))
		return false;
	text = span_skip(text, SPAN("sha256:").len);
	if (read_hex(digest, text))
		return true;
	buf_clear(digest);
	return base64_decode(digest, text) && digest->len == DIGEST_OCTETS;
}

static void
add_pin(struct name_list *list, struct span digest)
{
	char **item = mem_append(&list->names, &list->count, sizeof(*item));
	struct buf text = {0};

	buf_add_text(&text, "sha256:");
	for (size_t i = 0; i < digest.len; i++)
		buf_add_format(&text, "%02x", (unsigned char)digest.at[i]);
	*item = mem_copy_text(buf_text(&text));
	buf_free(&text);
}

static bool
parse_pins(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, word;

	while (span_next_word(&rest, LIST_SEPARATORS, &word)) {
		struct buf digest = {0};
		bool done = profile->tls_pin.count < PIN_COUNT_MAX &&
		    read_digest(&digest, word);

		if (done)
			add_pin(&profile->tls_pin, buf_span(&digest));
		buf_free(&digest);
		if (!done)
			return setting_refuse(setting, value, err,
			    "not a list of at most 16 sha256:DIGEST, each of "
			    "64 hex digits or 44 of base64");
	}
	return true;
}

static void
print_pins(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	setting_globs.print(setting, profile, out);
}

static void
clear_pins(const struct setting *setting, struct profile *profile)
{
	setting_globs.clear(setting, profile);
}

const struct setting_type setting_pins = {parse_pins, print_pins, clear_pins};

/* proxy */

static bool
parse_proxy(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	(void)setting;
	return value.len == 0 ||
	    server_url_parse_proxy(&profile->network.proxy, value, err);
}

static void
print_proxy(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	server_url_print_proxy(&profile->network.proxy, out);
}

static void
clear_proxy(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	server_url_free_proxy(&profile->network.proxy);
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

		if (!server_url_address_is_valid(word))
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
