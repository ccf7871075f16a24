/*
 * What it prints is a part of a zone file: the explanations are comments there.
 * The key is only in its file, beside the configuration.
 */
#include "cli/dkim_keygen.h"

#include <stdlib.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/file.h"
#include "base/utf8.h"
#include "base/whole_file.h"
#include "cli/output.h"
#include "cli/queue_add.h"
#include "dkim/dkim_key.h"
#include "profile/profiles.h"

#define STRING_MAX ((size_t)255) /* of a TXT record (RFC 1035 section 3.3) */
#define NAME_OCTETS_MAX ((size_t)253)

struct keygen {
	struct buf domain; /* A-labels */
	const char *selector;
	enum private_key_kind kind;
	struct buf name; /* of the record */
	char *path;
	struct private_key *key;
};

/* Adds the domain as A-labels in small letters. */
static bool
take_domain(struct keygen *keygen, const char *word, struct error *err)
{
	struct error cause;
	struct buf name = {0};
	bool done = domain_to_ascii(span_from(word), &name, &cause) &&
	    domain_is_name(buf_span(&name));

	buf_add_lower(&keygen->domain, buf_span(&name));
	buf_free(&name);
	return done ||
	    options_refuse("the domain ", word, "not a domain name", err);
}

static bool
take_kind(struct keygen *keygen, const char *word, struct error *err)
{
	struct span kind = span_from(word);

	keygen->kind = span_equal_nocase(kind, SPAN("ed25519"))
	    ? PRIVATE_KEY_ED25519
	    : PRIVATE_KEY_RSA;
	return keygen->kind == PRIVATE_KEY_ED25519 ||
	    span_equal_nocase(kind, SPAN("rsa")) ||
	    options_refuse("the key ", word, "neither rsa nor ed25519", err);
}

static bool
take_operands(
    struct keygen *keygen, const struct options *options, struct error *err)
{
	size_t count = options->operand_count;

	if (count < 2 || count > 3)
		return error_set(err, ERROR_USAGE,
		    "cannot make a key: a domain and a selector are needed, "
		    "and at most the kind of the key\n"
		    "hint: smtpost --dkim-keygen example.com s1 [rsa|ed25519]");
	if (!take_domain(keygen, options->operands[0], err))
		return false;
	keygen->selector = options->operands[1];
	if (!dkim_key_is_selector(span_from(keygen->selector)))
		return options_refuse("the selector ", keygen->selector,
		    "not a name of letters, digits, hyphens and dots", err);
	dkim_key_add_record_name(
	    keygen->selector, buf_text(&keygen->domain), &keygen->name);
	if (keygen->name.len > NAME_OCTETS_MAX)
		return error_set(err, ERROR_USAGE,
		    "cannot make a key: its name in the DNS is too long");
	return take_kind(
	    keygen, count == 3 ? options->operands[2] : "rsa", err);
}

/* Beside the configuration, so that dkim-key can name it without its folder. */
static bool
choose_path(
    struct keygen *keygen, const struct options *options, struct error *err)
{
	char *config = options->config != NULL ? queue_add_config_path(options)
					       : profiles_user_path();
	struct buf name = {0};

	if (config == NULL)
		return error_set(err, ERROR_CREATE,
		    "cannot make a key: there is no home directory\n"
		    "hint: name the configuration with --config");
	buf_add_format(&name, "dkim-%s-%s.pem", buf_text(&keygen->domain),
	    keygen->selector);
	keygen->path = file_path_beside(config, buf_span(&name));
	buf_free(&name);
	free(config);
	return true;
}

static bool
make_file(struct keygen *keygen, struct error *err)
{
	struct tls_failure failure;
	struct buf pem;
	bool done = false;

	buf_init_secret(&pem, DKIM_KEY_FILE_MAX);
	keygen->key = private_key_make(keygen->kind, DKIM_KEY_BITS, &failure);
	if (keygen->key == NULL ||
	    !private_key_add_pem(keygen->key, &pem, &failure))
		error_set(err, ERROR_OS, "cannot make a key: %s", failure.text);
	else
		done = whole_file_make_folders(keygen->path, 0700, err) &&
		    whole_file_make(keygen->path, 0600, buf_span(&pem), err);
	if (!done && err->kind == ERROR_CREATE &&
	    access(keygen->path, F_OK) == 0)
		error_add(err,
		    "\nhint: this selector has a key already; choose another "
		    "selector");
	buf_wipe(&pem);
	return done;
}

/* Adds the record as a line of a zone file. */
static void
add_record(const struct keygen *keygen, struct span text, struct buf *out)
{
	buf_add_span(out, buf_span(&keygen->name));
	buf_add_text(out, ". IN TXT (");
	while (text.len > 0) {
		struct span string = span_head(text, STRING_MAX);

		buf_add_text(out, "\n\t\"");
		buf_add_span(out, string);
		buf_add_char(out, '"');
		text = span_skip(text, string.len);
	}
	buf_add_text(out, " )\n");
}

/* The path for dkim-key: a list, which takes neither blanks nor commas. */
static struct span
setting_path(const struct keygen *keygen)
{
	struct span path = span_from(keygen->path);

	return span_find(path, ' ') < path.len ||
		span_find(path, ',') < path.len
	    ? file_last_part(path)
	    : path;
}

static bool
print(struct keygen *keygen, struct error *err)
{
	struct buf record = {0}, out = {0};
	char *shown = utf8_masked(span_from(keygen->path));
	char *setting = utf8_masked(setting_path(keygen));

	if (!dkim_key_add_record(keygen->key, &record, err)) {
		free(shown);
		free(setting);
		return false;
	}
	buf_add_format(&out,
	    "; The private key is in %s.\n"
	    ";\n"
	    "; 1. Publish this record in the DNS of %s.\n"
	    ";    A form in a browser wants the type TXT, the name\n"
	    ";    %s._domainkey, and the text without the quotation marks%s.\n",
	    shown, buf_text(&keygen->domain), keygen->selector,
	    record.len > STRING_MAX
		? "\n;    and in one line, without line breaks and blanks "
		  "between the parts"
		: "");
	add_record(keygen, buf_span(&record), &out);
	buf_add_format(&out,
	    "; 2. Some hours later, add to the profile:\n"
	    ";    dkim-key = %s\n"
	    ";    dkim-selector = %s\n"
	    "; 3. Check it: smtpost --doctor\n",
	    setting, keygen->selector);
	if (keygen->kind == PRIVATE_KEY_ED25519)
		buf_add_text(&out,
		    "; Many receivers cannot verify Ed25519: use it beside a "
		    "key of RSA only.\n");
	output_write(&out, stdout);
	buf_free(&record);
	buf_free(&out);
	free(shown);
	free(setting);
	return output_end(err);
}

bool
dkim_keygen_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct keygen keygen = {0};
	bool done = take_operands(&keygen, options, err) &&
	    choose_path(&keygen, options, err) && make_file(&keygen, err) &&
	    print(&keygen, err);

	(void)result;
	private_key_free(keygen.key);
	buf_free(&keygen.domain);
	buf_free(&keygen.name);
	free(keygen.path);
	return done;
}
