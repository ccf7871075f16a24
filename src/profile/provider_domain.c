/*
 * Searches the lists of the table of mail services. Of several ends of a mail
 * server's name that fit, the longest counts.
 */
#include "profile/provider_domain.h"

#include "address/domain.h"

/* The length of the longest word that fits; 0: none does. */
static size_t
fit(const char *words, struct span name, bool is_end)
{
	struct span rest = span_from(words), word;
	size_t longest = 0;

	while (span_next_word(&rest, " ", &word))
		if (word.len > longest &&
		    (is_end ? domain_is_in(name, word)
			    : span_equal_nocase(name, word)))
			longest = word.len;
	return longest;
}

static bool
find(struct span name, bool is_mx, struct provider_match *match)
{
	size_t longest = 0;

	for (size_t i = 0; i < provider_table_count; i++)
		for (size_t j = 0; j < PROVIDER_VARIANTS_MAX; j++) {
			const struct provider *provider = &provider_table[i];
			const struct provider_variant *variant =
			    &provider->variants[j];
			size_t len = fit(is_mx ? variant->mx : variant->domains,
			    name, is_mx);

			if (len <= longest)
				continue;
			longest = len;
			match->provider = provider;
			match->variant = variant;
		}
	return longest > 0;
}

bool
provider_domain_find(struct span domain, struct provider_match *match)
{
	return find(domain, false, match);
}

bool
provider_domain_find_mx(struct span host, struct provider_match *match)
{
	return find(host, true, match);
}
