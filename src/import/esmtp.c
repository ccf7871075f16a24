/*
 * An esmtprc has identities, and none inherits from another. The keys above the
 * first identity make an identity, too. The default is the first identity with
 * a key, unless the word "default" chooses another.
 */
#include "import/esmtp.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "import/esmtp_words.h"
#include "import/foreign_server.h"
#include "import/import_key.h"
#include "profile/identity.h"

#define IDENTITIES_MAX ((size_t)400)
#define PORT_DEFAULT 587

enum key {
	KEY_HOST,
	KEY_USER,
	KEY_PASSWORD,
	KEY_STARTTLS,
	KEY_HELO,
	KEY_DOMAIN,
	KEY_REVERSE_PATH,
	KEY_SENDER,
	KEY_COUNT,
};

struct identity {
	struct span address; /* empty: the keys above the first identity */
	struct import_line kept[KEY_COUNT]; /* the last of each; may have no
					       value */
	struct import_profile *profile;
};

struct reader {
	struct translation *translation;
	struct esmtp_words words;
	struct buf values; /* of all words; it never moves */
	struct identity *identities;
	size_t count, chosen; /* chosen: the default, from 1; 0: none yet */
};

static void keep(void *reader, const struct import_line *line);

#define NO_COMMAND                                                         \
	"smtpost runs no command before it connects; start the tunnel by " \
	"yourself, "                                                       \
	"or see proxy in smtpost.conf(5)"
#define NO_MDA                                                              \
	"smtpost delivers no mail on this machine; it appends the setting " \
	"domain "                                                           \
	"to local names, or sends their mail to local-recipients"
#define NO_PASSPHRASE                                                    \
	"the key of tls-key must not be encrypted; that of esmtp is in " \
	"~/.authenticate/private/smtp-starttls.pem"

/* A key with two names has two rows. */
static const struct import_key rows[] = {
    [KEY_HOST] = {.name = "hostname", .take = keep},
    [KEY_USER] = {.name = "username", .take = keep},
    [KEY_PASSWORD] = {.name = "password", .take = keep, .is_secret = true},
    [KEY_STARTTLS] = {.name = "starttls", .take = keep},
    [KEY_HELO] = {.name = "helo", .take = keep},
    [KEY_DOMAIN] = {.name = "qualifydomain", .take = keep},
    [KEY_REVERSE_PATH] = {.name = "force reverse_path", .take = keep},
    [KEY_SENDER] = {.name = "force sender", .take = keep},
    {.name = "certificate_passphrase",
	.why_not = NO_PASSPHRASE,
	.is_secret = true},
    {.name = "preconnect", .why_not = NO_COMMAND},
    {.name = "postconnect", .why_not = NO_COMMAND},
    {.name = "mda", .why_not = NO_MDA},
    {.name = "force_mda", .why_not = NO_MDA},
    {.name = NULL},
};
static const struct import_keys keys = {.program = "esmtp", .rows = rows};

/* Synonyms of keys. */
static const struct {
	const char *word, *name;
} short_names[] = {
    {"host", "hostname"},
    {"user", "username"},
    {"pass", "password"},
    {"tls", "starttls"},
    {"passphrase", "certificate_passphrase"},
};

bool
esmtp_is_like(struct span text)
{
	static const char *const names[] = {"identity", "hostname", "username",
	    "starttls", "qualifydomain", "mda", "force_mda", "preconnect"};
	struct esmtp_words words = {.text = text};

	while (words.at < text.len) {
		struct esmtp_word word = esmtp_words_peek(&words);

		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			if (span_equal(word.raw, span_from(names[i])))
				return true;
		esmtp_words_skip_line(&words);
	}
	return false;
}

static struct identity *
current(struct reader *reader)
{
	return &reader->identities[reader->count - 1];
}

/* Its profile gets another name than that of the default identity. */
static void
add_identity(struct reader *reader, struct span address)
{
	struct identity *identity =
	    mem_append(&reader->identities, &reader->count, sizeof(*identity));

	*identity = (struct identity){.address = address};
	identity->profile = translation_profile(reader->translation,
	    reader->count == 1	   ? SPAN("default")
		: address.len == 0 ? SPAN("identity")
		: span_equal(address, SPAN("default"))
		? SPAN("identity default")
		: address);
}

static struct span
value_of(const struct identity *identity, enum key key)
{
	return identity->kept[key].value;
}

static void
keep(void *data, const struct import_line *line)
{
	struct identity *identity = current(data);
	struct import_line *kept =
	    &identity->kept[import_key_find(&keys, line->key) - rows];

	if (kept->key.len > 0)
		import_profile_need_not(
		    identity->profile, line->key, "a later line sets it again");
	*kept = *line;
}

/* The value of the word, which lives as long as the reader. */
static struct span
keep_value(struct reader *reader, struct esmtp_word word)
{
	size_t before = reader->values.len;

	esmtp_words_add_value(word, &reader->values);
	return span_skip(buf_span(&reader->values), before);
}

static bool
is_one_of(struct esmtp_word word, const char *const *choices)
{
	for (; *choices != NULL; choices++)
		if (!word.is_quoted &&
		    span_equal(word.raw, span_from(*choices)))
			return true;
	return false;
}

/* Reads what follows a key: "= VALUE" or "VALUE". */
static bool
take_value(
    struct reader *reader, const char *const *choices, struct esmtp_word *word)
{
	struct esmtp_words *words = &reader->words;

	*word = esmtp_words_peek(words);
	if (word->is_equals) {
		esmtp_words_skip(words, *word);
		*word = esmtp_words_peek(words);
	}
	if (word->raw.len == 0 || word->is_equals ||
	    (choices != NULL && !is_one_of(*word, choices)))
		return false;
	esmtp_words_skip(words, *word);
	return true;
}

static void
take_identity(struct reader *reader)
{
	struct import_profile *profile = current(reader)->profile;
	struct esmtp_word word;
	struct span address;

	reader->words.is_name = true;
	if (!take_value(reader, NULL, &word))
		import_profile_leave(
		    profile, SPAN("identity"), "the identity has no address");
	else if (reader->count < IDENTITIES_MAX) {
		address = keep_value(reader, word);
		add_identity(
		    reader, span_head(address, span_find(address, '\n')));
	} else {
		import_profile_leave(profile, SPAN("identity"),
		    "there are too many identities; this one and those below "
		    "it are missing here");
		reader->words.at = reader->words.text.len;
	}
}

static void
take_message_id(struct reader *reader)
{
	static const char *const choices[] = {"enabled", "disabled", NULL};
	struct import_profile *profile = current(reader)->profile;
	struct esmtp_word word;

	if (!take_value(reader, choices, &word))
		import_profile_leave(profile, SPAN("message_id"),
		    "esmtp does not accept its value");
	else if (span_equal(word.raw, SPAN("enabled")))
		import_profile_need_not(profile, SPAN("message_id = enabled"),
		    "a missing Message-ID is added by default");
	else
		import_profile_leave(profile, SPAN("message_id = disabled"),
		    "smtpost adds a missing Message-ID; header-policy = keep "
		    "would add no field at all");
}

/* The key in full that begins with this word; empty: there is none. */
static struct span
find_name(struct reader *reader, struct esmtp_word word)
{
	struct span name = word.raw;

	for (size_t i = 0; i < sizeof(short_names) / sizeof(*short_names); i++)
		if (span_equal(name, span_from(short_names[i].word)))
			name = span_from(short_names[i].name);
	if (span_equal(name, SPAN("force"))) {
		struct esmtp_word second = esmtp_words_peek(&reader->words);

		if (span_equal(second.raw, SPAN("sender")))
			name = SPAN("force sender");
		if (span_equal(second.raw, SPAN("reverse_path")))
			name = SPAN("force reverse_path");
		if (name.len > word.raw.len)
			esmtp_words_skip(&reader->words, second);
	}
	if (word.is_quoted || import_key_find(&keys, name) == NULL)
		name.len = 0;
	return name;
}

/* A value of several words without quotes, as in a letter. */
static bool
is_followed_by_rest(struct reader *reader)
{
	static const char *const others[] = {
	    "identity", "default", "message_id", NULL};
	struct esmtp_words before = reader->words;
	struct esmtp_word word = esmtp_words_peek(&reader->words);
	bool is_rest = word.raw.len > 0 && !word.begins_line &&
	    !is_one_of(word, others) && find_name(reader, word).len == 0;

	reader->words = before;
	return is_rest;
}

/* `name` is the key in full. */
static void
take_key(struct reader *reader, struct span name, struct span from)
{
	static const char *const tls[] = {
	    "disabled", "enabled", "required", NULL};
	struct identity *identity = current(reader);
	struct import_tally *tally = &reader->translation->tally;
	bool was_understood = tally->is_understood;
	bool is_tls = span_equal(name, SPAN("starttls"));
	struct import_line line = {.key = name};
	struct esmtp_word word;
	size_t end;

	reader->words.is_name = span_equal(name, SPAN("hostname")) ||
	    span_equal(name, SPAN("username")) ||
	    span_equal(name, SPAN("password"));
	if (!take_value(reader, is_tls ? tls : NULL, &word)) {
		import_profile_leave(identity->profile, name,
		    is_tls ? "it is not disabled, enabled or required"
			   : "it has no value");
		return;
	}
	line.value = keep_value(reader, word);
	line.whole =
	    span_head(from, (size_t)(word.raw.at - from.at) + word.raw.len);
	/* With a quote too few, the next lines are in it. */
	end = span_find(line.value, '\n');
	if (end < line.value.len) {
		import_profile_leave(identity->profile, name,
		    "there is a line end in its value; what follows it is left "
		    "out");
		line.value = span_head(line.value, end);
		line.whole = name;
	}
	import_key_take(&keys, &line, identity->profile, reader);
	if (is_followed_by_rest(reader))
		tally->is_understood = was_understood;
	if (reader->chosen == 0 && !span_equal(name, SPAN("mda")) &&
	    !span_equal(name, SPAN("force_mda")))
		reader->chosen = reader->count;
}

/* What does not begin a line may be a part of a password. */
static void
leave_word(struct reader *reader, struct esmtp_word word)
{
	struct import_profile *profile = current(reader)->profile;
	struct span name = import_key_name(word.raw);

	if (word.begins_line && !word.is_quoted)
		import_profile_leave(profile,
		    name.len > 0 ? name : SPAN("a word"),
		    "esmtp has no such key");
	else
		import_profile_leave(profile, (struct span){0},
		    "a word that esmtp does not expect");
}

static void
take_statement(struct reader *reader, struct esmtp_word word)
{
	struct span from = span_skip(reader->words.text, reader->words.at);
	struct span name;

	esmtp_words_skip(&reader->words, word);
	name = find_name(reader, word);
	if (span_equal(word.raw, SPAN("identity"))) {
		take_identity(reader);
	} else if (span_equal(word.raw, SPAN("default"))) {
		reader->chosen = reader->count;
	} else if (span_equal(word.raw, SPAN("message_id"))) {
		take_message_id(reader);
	} else if (name.len > 0) {
		take_key(reader, name, from);
	} else {
		leave_word(reader, word);
		esmtp_words_skip_line(&reader->words);
	}
}

static void
set_server(const struct identity *identity, struct import_profile *profile)
{
	struct span host = value_of(identity, KEY_HOST);
	struct span tls = value_of(identity, KEY_STARTTLS);
	size_t colon = span_find(host, ':');
	struct buf names = {0};
	struct foreign_server server = {
	    .tls = span_equal(tls, SPAN("required")) ? FOREIGN_TLS_STARTTLS
		: span_equal(tls, SPAN("enabled"))   ? FOREIGN_TLS_OPPORTUNISTIC
						     : FOREIGN_TLS_NONE,
	    .host = host.len > 0 ? span_head(host, colon) : SPAN("localhost"),
	    .port = host.len > 0 ? PORT_DEFAULT : 25,
	    .verifies = true,
	};

	if (colon < host.len)
		server.port = foreign_server_port(span_skip(host, colon + 1));
	if (server.port == 0) {
		import_profile_leave(profile, identity->kept[KEY_HOST].whole,
		    "there is no such port; write its number");
		return;
	}
	buf_add_format(&names, "%s%s%s",
	    host.len > 0 ? "hostname" : "localhost:25 is the default of esmtp",
	    tls.len > 0 ? ", starttls" : "",
	    host.len > 0 && colon == host.len ? "; the port is 587 by default"
					      : "");
	server.keys = buf_text(&names);
	foreign_server_translate(&server, 1, profile);
	buf_free(&names);
}

/* esmtp sends without a login if half of it is missing. */
static void
set_login(const struct identity *identity, struct import_profile *profile)
{
	struct span user = value_of(identity, KEY_USER);
	struct span password = value_of(identity, KEY_PASSWORD);

	if (user.len > 0 && password.len > 0) {
		import_profile_set(profile, "user", user, "username");
		import_profile_set_text(profile, "auth", "plain, login",
		    "esmtp uses the mechanism that the server lists first; "
		    "without this line smtpost uses the safest one");
		import_profile_set_password(profile, password, "password");
	} else if (user.len > 0) {
		import_profile_leave(profile, identity->kept[KEY_USER].whole,
		    "esmtp does not log in without password");
	} else if (password.len > 0) {
		import_profile_leave(profile, SPAN("password"),
		    "esmtp does not log in without username");
	}
}

/* %u and %% mean the same in both; esmtp drops a % with any other character. */
static void
add_sender(struct span mask, struct buf *out)
{
	for (size_t i = 0; i < mask.len; i++) {
		if (mask.at[i] != '%') {
			buf_add_char(out, mask.at[i]);
			continue;
		}
		i++;
		if (i < mask.len && (mask.at[i] == 'u' || mask.at[i] == '%'))
			buf_add_format(out, "%%%c", mask.at[i]);
	}
}

static void
set_sender(const struct identity *identity, struct import_profile *profile)
{
	struct span forced = value_of(identity, KEY_REVERSE_PATH);
	struct buf sender = {0};

	if (forced.len > 0) {
		add_sender(forced, &sender);
		import_profile_set(profile, "sender", buf_span(&sender),
		    "force reverse_path; in smtpost -f replaces it");
	} else if (identity->address.len > 0) {
		identity_add_literal(&sender, identity->address);
		import_profile_set(
		    profile, "sender", buf_span(&sender), "identity");
	} else {
		import_profile_comment(profile,
		    "The reverse-path is the address of -f, or else that of "
		    "From. esmtp looks at From only with -t; without -t, "
		    "sender = %u@%h gives the reverse-path of esmtp.");
	}
	buf_free(&sender);
}

/* esmtp puts it into Sender; the reverse-path is another setting. */
static void
set_policy(const struct identity *identity, struct import_profile *profile)
{
	const struct import_setting *sender =
	    import_profile_find(profile, "sender");
	struct buf forced = {0};

	add_sender(value_of(identity, KEY_SENDER), &forced);
	if (sender != NULL && forced.len > 0 &&
	    span_equal(buf_span(&sender->value), buf_span(&forced)))
		import_profile_set_text(profile, "header-policy", "provider",
		    "force sender: smtpost puts sender into From, and the "
		    "former From into Reply-To");
	else if (forced.len > 0)
		import_profile_leave(profile, identity->kept[KEY_SENDER].whole,
		    "smtpost adds Sender only if From has several addresses; "
		    "if the server requires it, set sender to this address "
		    "and header-policy = provider");
	buf_free(&forced);
}

static void
set_identity(const struct identity *identity, struct import_profile *profile)
{
	set_server(identity, profile);
	set_login(identity, profile);
	if (value_of(identity, KEY_HELO).len > 0)
		import_profile_set(
		    profile, "ehlo-name", value_of(identity, KEY_HELO), "helo");
	if (value_of(identity, KEY_DOMAIN).len > 0)
		import_profile_set(profile, "domain",
		    value_of(identity, KEY_DOMAIN), "qualifydomain");
	import_profile_set_text(
	    profile, "aliases", "none", "esmtp reads no file of aliases");
	set_sender(identity, profile);
	set_policy(identity, profile);
}

/* Of two identities with one address, esmtp takes the later one. */
static bool
is_hidden(const struct reader *reader, size_t index)
{
	struct span address = reader->identities[index].address;

	for (size_t i = index + 1; i < reader->count; i++)
		if (index > 0 &&
		    span_equal(reader->identities[i].address, address))
			return true;
	return false;
}

static void
leave_all(const struct identity *identity, const char *why)
{
	for (size_t key = 0; key < KEY_COUNT; key++) {
		const struct import_line *line = &identity->kept[key];

		if (line->key.len > 0)
			import_profile_leave(identity->profile,
			    rows[key].is_secret ? line->key : line->whole, why);
	}
}

static void
set_all(struct reader *reader)
{
	struct import_profile *fallback = reader->identities[0].profile;
	size_t chosen = reader->chosen > 0 ? reader->chosen - 1 : 0;

	for (size_t i = 0; i < reader->count; i++) {
		const struct identity *identity = &reader->identities[i];
		bool is_reached = i > 0 && !is_hidden(reader, i);

		if (is_reached) {
			set_identity(identity, identity->profile);
			import_profile_set(identity->profile, "match",
			    identity->address, "identity");
		}
		if (i == chosen && is_reached)
			import_profile_set_text(fallback, "extends",
			    identity->profile->name,
			    "the default identity of esmtp");
		else if (i == chosen)
			set_identity(identity, fallback);
		else if (!is_reached)
			leave_all(identity,
			    i > 0 ? "a later identity has the same address"
				  : "another identity is the default");
	}
}

bool
esmtp_read(const struct import_source *source, struct translation *translation,
    struct error *err)
{
	struct reader reader = {
	    .translation = translation,
	    .words = {.text = source->text},
	};
	struct esmtp_word word;

	(void)err;
	/* No value is longer than its word: this is all the memory it needs. */
	buf_init_secret(&reader.values, source->text.len + 1);
	buf_add_span(&reader.values, source->text);
	buf_clear(&reader.values);
	add_identity(&reader, SPAN(""));
	while ((word = esmtp_words_peek(&reader.words)).raw.len > 0)
		take_statement(&reader, word);
	/* Without a word of esmtp, its defaults are no configuration. */
	if (translation->tally.is_understood)
		set_all(&reader);
	free(reader.identities);
	buf_wipe(&reader.values);
	return true;
}
