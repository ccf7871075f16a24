/*
 * Finds the PIN of a token. A PIN that no person enters is only tried while the
 * token remembers no wrong one, because runs of the queue would lock it.
 */
#include "profile/client_key.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "profile/secret_line.h"
#include "profile/secret_prompt.h"
#include "profile/token_url.h"
#include "tls/tls_options.h"

#define CORRECT_PIN                                                         \
	"\nhint: correct the PIN in tls-key, then log in once by hand, as " \
	"in p11tool --login --list-all"

/* What the PIN is found by, and how that went. */
struct search {
	const struct token_url *url;
	bool may_prompt, is_prompted;
	struct error *err; /* ERROR_NONE: no PIN was missing */
};

const char *
client_key_url(const struct profile *profile)
{
	const char *url =
	    profile->tls_key != NULL ? profile->tls_key : profile->tls_cert;

	return url != NULL && profile->tls != TLS_POLICY_NONE &&
		token_key_is_url(span_from(url))
	    ? url
	    : NULL;
}

static int
open_pin_file(const struct token_url *url, struct error *err)
{
	return file_open(url->pin_file, FILE_PRIVATE, ERROR_CONFIG, err);
}

static bool
read_pin_file(const struct token_url *url, struct buf *pin, struct error *err)
{
	int fd = open_pin_file(url, err);
	bool done = fd >= 0 &&
	    secret_line_take_file(pin, fd, "PIN", url->pin_file, err);

	if (fd >= 0)
		close(fd);
	return done;
}

static bool
refuse_risk(const char *label, struct error *err)
{
	return error_set(err, ERROR_CONFIG,
	    "cannot log in to the token \"%s\": a wrong PIN was entered "
	    "before, and another one could lock the token" CORRECT_PIN,
	    label);
}

static bool
prompt(struct search *search, const char *label, bool is_last, struct buf *pin)
{
	struct buf text = {0};
	enum prompt_result result = PROMPT_IMPOSSIBLE;

	buf_add_format(&text, "PIN of the token \"%s\"%s: ", label,
	    is_last ? " (last try)" : "");
	if (search->may_prompt)
		result =
		    secret_prompt_ask(pin, "PIN", buf_text(&text), search->err);
	buf_free(&text);
	search->is_prompted = result != PROMPT_IMPOSSIBLE;
	if (!search->is_prompted)
		error_set(search->err, ERROR_CONFIG,
		    "cannot log in to the token \"%s\": it wants a PIN, and "
		    "nobody can be asked\n"
		    "hint: keep the PIN in a file that only you can read, and "
		    "add ?pin-source=FILE to tls-key",
		    label);
	return result == PROMPT_READ;
}

/* For struct token_key_asker. */
static bool
find_pin(
    void *context, const struct token_key_question *question, struct buf *pin)
{
	struct search *search = context;
	const struct token_url *url = search->url;
	bool is_known = url->pin.len > 0 || url->pin_file != NULL, done;
	char *label = utf8_excerpt_masked(span_from(question->label), 64);

	if (is_known && (question->is_low || question->is_last))
		done = refuse_risk(label, search->err);
	else if (url->pin.len > 0)
		done = buf_add_span(pin, buf_span(&url->pin));
	else if (url->pin_file != NULL)
		done = read_pin_file(url, pin, search->err);
	else
		done = prompt(search, label, question->is_last, pin);
	free(label);
	return done;
}

/* Keeps an error of the search for the PIN. */
static bool
refuse(const struct search *search, const struct tls_failure *failure,
    struct error *err)
{
	enum error_kind kind = ERROR_CONFIG;

	if (failure->result == TLS_LOST ||
	    (failure->result == TLS_REFUSED && search->is_prompted))
		kind = ERROR_TEMPORARY;
	if (err->kind == ERROR_NONE)
		error_set(err, kind, "%s", failure->text);
	if (failure->result == TLS_REFUSED && !search->is_prompted)
		error_add(err, CORRECT_PIN);
	return false;
}

/* The certificate may be a file, or in the token. */
static bool
check_certificate(const struct profile *profile, struct tls_failure *failure)
{
	const struct tls_options options = {
	    .client_certificate = profile->tls_cert,
	    .client_key = profile->tls_key};

	return tls_options_check_client_certificate(&options, failure);
}

bool
client_key_open(struct token_key **key, const struct profile *profile,
    bool may_prompt, bool *is_prompted, struct error *err)
{
	struct token_key_place place = {.name = client_key_url(profile)};
	struct token_url url;
	struct search search = {
	    .url = &url, .may_prompt = may_prompt, .err = err};
	const struct token_key_asker asker = {find_pin, &search};
	struct tls_failure failure;

	*key = NULL;
	if (place.name == NULL)
		return true;
	if (!token_url_parse(&url, place.name, err))
		return false;
	err->kind = ERROR_NONE;
	place.uri = url.uri;
	place.module = url.module;
	*key = token_key_open(&place, &asker, &failure);
	*is_prompted = search.is_prompted;
	token_url_free(&url);
	if (*key != NULL && check_certificate(profile, &failure))
		return true;
	token_key_close(*key);
	*key = NULL;
	return refuse(&search, &failure, err);
}

bool
client_key_locate(
    const struct profile *profile, bool *is_prompted, struct error *err)
{
	const char *text = client_key_url(profile);
	struct token_url url;
	int fd = -1;
	bool done = true;

	if (text == NULL)
		return true;
	if (!token_url_parse(&url, text, err))
		return false;
	if (url.pin_file != NULL) {
		fd = open_pin_file(&url, err);
		done = fd >= 0;
	} else if (url.pin.len == 0) {
		*is_prompted = true;
	}
	if (fd >= 0)
		close(fd);
	token_url_free(&url);
	return done;
}
