/* Synonyms are those of neomutt, and envelope_from, which mutt knows too. */
#include "import/muttrc_key.h"

/* The types and defaults of mutt 2.2, and of neomutt for its own variables. */
static const struct muttrc_key keys[] = {
    {"certificate_file", MUTTRC_TEXT, NULL},
    {"connect_timeout", MUTTRC_TEXT, NULL},
    {"dsn_notify", MUTTRC_TEXT, NULL},
    {"dsn_return", MUTTRC_TEXT, NULL},
    {"envelope_from_address", MUTTRC_TEXT, NULL},
    {"from", MUTTRC_TEXT, NULL},
    {"hidden_host", MUTTRC_BOOL, "no"},
    {"hostname", MUTTRC_TEXT, NULL},
    {"my_hdr From", MUTTRC_TEXT, NULL},
    {"realname", MUTTRC_TEXT, NULL},
    {"sendmail", MUTTRC_TEXT, NULL},
    {"sendmail_wait", MUTTRC_TEXT, NULL},
    {"smtp_authenticators", MUTTRC_LIST, NULL},
    {"smtp_oauth_refresh_command", MUTTRC_TEXT, NULL},
    {"smtp_pass", MUTTRC_TEXT, NULL},
    {"smtp_url", MUTTRC_TEXT, NULL},
    {"smtp_user", MUTTRC_TEXT, NULL},
    {"ssl_ca_certificates_file", MUTTRC_TEXT, NULL},
    {"ssl_ciphers", MUTTRC_TEXT, NULL},
    {"ssl_client_cert", MUTTRC_TEXT, NULL},
    {"ssl_force_tls", MUTTRC_BOOL, "yes"},
    {"ssl_min_dh_prime_bits", MUTTRC_TEXT, NULL},
    {"ssl_starttls", MUTTRC_QUAD, "yes"},
    {"ssl_use_sslv2", MUTTRC_BOOL, "no"},
    {"ssl_use_sslv3", MUTTRC_BOOL, "no"},
    {"ssl_use_tlsv1", MUTTRC_BOOL, "no"},
    {"ssl_use_tlsv1_1", MUTTRC_BOOL, "no"},
    {"ssl_use_tlsv1_2", MUTTRC_BOOL, "yes"},
    {"ssl_use_tlsv1_3", MUTTRC_BOOL, "yes"},
    {"ssl_usesystemcerts", MUTTRC_BOOL, "yes"},
    {"ssl_verify_dates", MUTTRC_BOOL, "yes"},
    {"ssl_verify_host", MUTTRC_BOOL, "yes"},
    {"ssl_verify_host_override", MUTTRC_TEXT, NULL},
    {"ssl_verify_partial_chains", MUTTRC_BOOL, "no"},
    {"tunnel", MUTTRC_TEXT, NULL},
    {"tunnel_is_secure", MUTTRC_BOOL, "yes"},
    {"use_8bitmime", MUTTRC_BOOL, "no"},
    {"use_domain", MUTTRC_BOOL, "yes"},
    {"use_envelope_from", MUTTRC_BOOL, "no"},
    {"use_from", MUTTRC_BOOL, "yes"},
    {"write_bcc", MUTTRC_BOOL, "no"},
};

static const struct {
	const char *synonym, *name;
} synonyms[] = {
    {"envelope_from", "use_envelope_from"},
    {"real_name", "realname"},
    {"socket_timeout", "connect_timeout"},
    {"ssl_use_system_certs", "ssl_usesystemcerts"},
    {"use_8bit_mime", "use_8bitmime"},
};

#define KEYS (sizeof(keys) / sizeof(*keys))
#define SYNONYMS (sizeof(synonyms) / sizeof(*synonyms))

struct span
muttrc_key_name(struct span name)
{
	for (size_t i = 0; i < SYNONYMS; i++)
		if (span_equal(name, span_from(synonyms[i].synonym)))
			return span_from(synonyms[i].name);
	return name;
}

const struct muttrc_key *
muttrc_key_find(struct span name)
{
	name = muttrc_key_name(name);
	for (size_t i = 0; i < KEYS; i++)
		if (span_equal(name, span_from(keys[i].name)))
			return &keys[i];
	return NULL;
}

size_t
muttrc_key_count(void)
{
	return KEYS;
}

const struct muttrc_key *
muttrc_key_at(size_t index)
{
	return &keys[index];
}

static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

bool
muttrc_key_is_in(struct span commands)
{
	size_t end = 0;

	for (size_t at = 0; at < commands.len; at = end + 1) {
		struct span word;

		for (end = at;
		     end < commands.len && is_name_octet(commands.at[end]);)
			end++;
		word = span_head(span_skip(commands, at), end - at);
		if (word.len == 0)
			continue;
		if (span_starts(word, SPAN("no")))
			if (muttrc_key_find(span_skip(word, 2)) != NULL)
				return true;
		if (span_starts(word, SPAN("inv")))
			if (muttrc_key_find(span_skip(word, 3)) != NULL)
				return true;
		if (muttrc_key_find(word) != NULL ||
		    span_equal(word, SPAN("my_hdr")))
			return true;
	}
	return false;
}
