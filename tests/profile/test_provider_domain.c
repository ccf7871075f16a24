#include "rows.h"

#include "address/domain.h"
#include "base/mem.h"
#include "profile/provider.h"
#include "profile/provider_domain.h"

struct row {
	const char *name;
	const char *text;
	bool is_mx;
	const char *expected; /* NULL: none */
};

static const struct row rows[] = {
    {"a domain", "gmail.com", false, "gmail"},
    {"in capitals", "GMAIL.com", false, "gmail"},
    {"a domain of a variant", "zohomail.eu", false, "zoho:eu"},
    {"a domain below one", "mail.gmail.com", false, NULL},
    {"a part of a domain", "mail.com", false, NULL},
    {"nothing", "", false, NULL},
    {"several domains as one", "gmail.com googlemail.com", false, NULL},
    {"a mail server", "aspmx.l.google.com", true, "gmail"},
    {"the end itself", "mx.yandex.net", true, "yandex"},
    {"the longest end counts", "mx-aol.mail.gm0.yahoodns.net", true, "aol"},
    {"the shorter end", "mta5.am0.yahoodns.net", true, "yahoo"},
    {"for consumers", "x.olc.protection.outlook.com", true, "outlook"},
    {"for organisations", "x.mail.protection.outlook.com", true,
	"microsoft365"},
    {"a mail server of a variant", "mx2.zoho.eu", true, "zoho-pro:eu"},
    {"an end without its dot", "notgoogle.com", true, NULL},
    {"another mail server", "mx.example.com", true, NULL},
};

static void
test_find(void **state)
{
	const struct row *row = *state;
	struct provider_match match;
	struct buf name = {0};
	bool is_found = row->is_mx
	    ? provider_domain_find_mx(span_from(row->text), &match)
	    : provider_domain_find(span_from(row->text), &match);

	assert_int_equal(is_found, row->expected != NULL);
	if (is_found) {
		provider_add_name(match.provider, match.variant, &name);
		assert_string_equal(buf_text(&name), row->expected);
	}
	buf_free(&name);
}

/* Adds the words to the list, and checks each. */
static void
add_words(const char *text, bool is_unique, char ***list, size_t *count)
{
	struct span rest = span_from(text), word;

	while (span_next_word(&rest, " ", &word)) {
		char *copy = span_copy(word);

		assert_true(domain_is_name(word));
		for (size_t i = 0; is_unique && i < *count; i++)
			assert_string_not_equal((*list)[i], copy);
		*(char **)mem_append(list, count, sizeof(char *)) = copy;
	}
}

static void
free_words(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

/* No domain belongs to two services. */
static void
test_lists(void **state)
{
	char **domains = NULL, **ends = NULL, **others = NULL;
	size_t domain_count = 0, end_count = 0, other_count = 0;

	(void)state;
	for (size_t i = 0; i < provider_table_count; i++) {
		const struct provider *provider = &provider_table[i];

		for (size_t j = 0; j < PROVIDER_VARIANTS_MAX; j++) {
			add_words(provider->variants[j].domains, true, &domains,
			    &domain_count);
			add_words(
			    provider->variants[j].mx, true, &ends, &end_count);
		}
		add_words(provider->spf, false, &others, &other_count);
		add_words(provider->selectors, false, &others, &other_count);
	}
	assert_true(domain_count >= 150);
	assert_true(end_count > 20);
	assert_true(other_count > 30);
	free_words(domains, domain_count);
	free_words(ends, end_count);
	free_words(others, other_count);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "find", rows, ROWS(rows), test_find);
	rows_add_one(&all, "the lists", test_lists);
	return rows_end(&all);
}
