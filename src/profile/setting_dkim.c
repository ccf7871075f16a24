/*
 * Keys and selectors are lists of the same length: the first key belongs to the
 * first selector. profile_check.c compares the lengths.
 */
#include "profile/setting_dkim.h"

#include "address/domain.h"
#include "base/mem.h"
#include "dkim/dkim_key.h"
#include "profile/signing_keys.h"

static void
print_names(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	name_list_print(setting_field_of(setting, profile), out);
}

/* dkim-key */

static bool
parse_keys(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct name_list *list = setting_field(setting, profile);
	struct span rest = value, path;

	if (!setting_check_controls(setting, value, err))
		return false;
	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &path)) {
		if (list->count == SIGNING_KEYS_MAX)
			return setting_refuse(
			    setting, value, err, "more than 4 files");
		name_list_add(list, path);
	}
	return true;
}

const struct setting_type setting_dkim_keys = {parse_keys, print_names};

/* dkim-selector */

static bool
has_name(const struct name_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equal_nocase(span_from(list->names[i]), name))
			return true;
	return false;
}

static bool
parse_selectors(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct name_list *list = setting_field(setting, profile);
	struct span rest = value, name;

	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &name)) {
		if (!dkim_key_is_selector(name))
			return setting_refuse(setting, name, err,
			    "not a name of letters, digits, hyphens and dots, "
			    "such as s1");
		if (has_name(list, name))
			return setting_refuse(
			    setting, value, err, "it names a selector twice");
		if (list->count == SIGNING_KEYS_MAX)
			return setting_refuse(
			    setting, value, err, "more than 4 selectors");
		name_list_add(list, name);
	}
	return true;
}

const struct setting_type setting_dkim_selectors = {
    parse_selectors, print_names};

/* dkim-domain */

static bool
parse_domain(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct buf name = {0};
	struct error cause;
	bool done = value.len == 0 ||
	    (domain_to_ascii(value, &name, &cause) &&
		domain_is_name(buf_span(&name)));

	if (done && value.len > 0)
		*(char **)setting_field(setting, profile) =
		    mem_copy_text(buf_text(&name));
	buf_free(&name);
	return done || setting_refuse(setting, value, err, "not a domain name");
}

static void
print_domain(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	buf_add_span(
	    out, span_from(*(char *const *)setting_field_of(setting, profile)));
}

const struct setting_type setting_dkim_domain = {parse_domain, print_domain};
