/*
 * The PIN is kept while the key is open, because GnuTLS asks for it again for
 * keys that want it before each signature, and in a child process. A wrong PIN
 * is remembered to the end of the process and never entered again.
 */
#include "tls/token_key.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs11.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tls/tls_library.h"

#define PIN_MAX ((size_t)GNUTLS_PKCS11_MAX_PIN_LEN)
#define CHAIN_MAX 16

struct token_key {
	struct token_key *next;
	struct buf name; /* wiped */
	char *uri;
	gnutls_privkey_t key; /* keeps the login to the token */
	struct buf pin;	      /* wiped; empty: none was asked for */
	bool is_refused;      /* the PIN is wrong */
	unsigned users;
	const struct token_key_asker *asker; /* while token_key_open runs */
};

static struct token_key *keys;

bool
token_key_is_url(struct span text)
{
	return span_starts(text, SPAN("pkcs11:"));
}

#ifdef HAVE_GNUTLS_PKCS11_INIT

bool
token_key_is_possible(struct tls_failure *failure)
{
	(void)failure;
	return true;
}

/* Loads the one module, so that no other is even started. */
static bool
use_module(const char *path, struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(path));
	struct buf why = {0};
	int result = 0;

	if (access(path, R_OK) < 0) {
		buf_add_text(&why, strerror(errno));
	} else {
		result = gnutls_pkcs11_init(GNUTLS_PKCS11_FLAG_MANUAL, NULL);
		if (result >= 0)
			result = gnutls_pkcs11_add_provider(path, NULL);
		if (result < 0)
			tls_library_add_error(&why, result);
	}
	if (why.len > 0)
		tls_failure_set(failure, TLS_CONFIG,
		    "cannot load the PKCS#11 module %s: %s", shown,
		    buf_text(&why));
	buf_free(&why);
	free(shown);
	return failure->result == TLS_DONE;
}

/* What is missing: every module, the token, or the key in it. */
static bool
refuse_missing(const char *uri, const char *what, struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(uri)), *first = NULL;
	unsigned flags;

	if (gnutls_pkcs11_token_get_flags(uri, &flags) >= 0)
		tls_failure_set(failure, TLS_CONFIG,
		    "cannot use %s: the token has no such %s\n"
		    "hint: p11tool --login --list-all shows what it has",
		    shown, what);
	else if (gnutls_pkcs11_token_get_url(
		     0, GNUTLS_PKCS11_URL_GENERIC, &first) >= 0)
		tls_failure_set(failure, TLS_LOST,
		    "cannot use %s: there is no such token\n"
		    "hint: plug it in; p11tool --list-tokens shows those that "
		    "are there",
		    shown);
	else
		tls_failure_set(failure, TLS_LOST,
		    "cannot use %s: no PKCS#11 module shows a token\n"
		    "hint: plug it in, or install its module; p11-kit "
		    "list-modules shows those that are there",
		    shown);
	gnutls_free(first);
	free(shown);
	return false;
}

#else

bool
token_key_is_possible(struct tls_failure *failure)
{
	return tls_failure_set(failure, TLS_CONFIG,
	    "GnuTLS was built without PKCS#11, so it cannot use tokens");
}

static bool
use_module(const char *path, struct tls_failure *failure)
{
	(void)path;
	return token_key_is_possible(failure);
}

static bool
refuse_missing(const char *uri, const char *what, struct tls_failure *failure)
{
	(void)uri;
	(void)what;
	return token_key_is_possible(failure);
}

#endif

/* GnuTLS calls this until the PIN is right, or we give none. */
static int
give_pin(void *context, int attempt, const char *url, const char *label,
    unsigned flags, char *pin, size_t size)
{
	struct token_key *key = context;
	struct token_key_question question = {.label = label,
	    .is_low = flags & GNUTLS_PIN_COUNT_LOW,
	    .is_last = flags & GNUTLS_PIN_FINAL_TRY};

	(void)url;
	if (flags & GNUTLS_PIN_WRONG || attempt > 0)
		key->is_refused = true;
	if (key->is_refused || flags & GNUTLS_PIN_SO)
		return GNUTLS_E_PKCS11_PIN_ERROR;
	if (key->pin.len == 0 &&
	    (key->asker == NULL ||
		!key->asker->ask(key->asker->context, &question, &key->pin)))
		return GNUTLS_E_PKCS11_PIN_ERROR;
	if (key->pin.len == 0 || key->pin.len >= size)
		return GNUTLS_E_PKCS11_PIN_ERROR;
	memcpy(pin, key->pin.data, key->pin.len);
	pin[key->pin.len] = '\0';
	return 0;
}

/* Opens a GnuTLS key of ours; the caller frees it. */
static int
import(struct token_key *key, gnutls_privkey_t *private)
{
	int result = gnutls_privkey_init(private);

	if (result < 0)
		return result;
	gnutls_privkey_set_pin_function(*private, give_pin, key);
	result = gnutls_privkey_import_url(*private, key->uri, 0);
	if (result < 0) {
		gnutls_privkey_deinit(*private);
		*private = NULL;
	}
	return result;
}

static bool
refuse(const struct token_key *key, const char *what, int error,
    struct tls_failure *failure)
{
	char *shown = utf8_masked(span_from(key->uri));
	enum tls_result result = TLS_CONFIG;
	struct buf why = {0};

	if (key->is_refused) {
		result = TLS_REFUSED;
		buf_add_text(&why, "the PIN is wrong");
	} else if (error == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
	    error == GNUTLS_E_PKCS11_REQUESTED_OBJECT_NOT_AVAILBLE) {
		free(shown);
		return refuse_missing(key->uri, what, failure);
	} else if (error == GNUTLS_E_CERTIFICATE_KEY_MISMATCH) {
		buf_add_text(&why, "it does not belong to the certificate");
	} else if (error == GNUTLS_E_PKCS11_PIN_LOCKED) {
		buf_add_text(
		    &why, "the token is locked after too many wrong PINs");
	} else if (error == GNUTLS_E_PKCS11_PIN_ERROR) {
		buf_add_text(&why, "the token wants a PIN");
	} else {
		result = TLS_LOST;
		tls_library_add_error(&why, error);
	}
	tls_failure_set(
	    failure, result, "cannot use %s: %s", shown, buf_text(&why));
	buf_free(&why);
	free(shown);
	return false;
}

static struct token_key *
add(const struct token_key_place *place)
{
	struct token_key *key = mem_new(1, sizeof(*key));

	key->uri = mem_copy_text(place->uri);
	buf_init_secret(&key->name, 0);
	buf_add_text(&key->name, place->name);
	buf_init_secret(&key->pin, PIN_MAX);
	key->next = keys;
	keys = key;
	return key;
}

struct token_key *
token_key_open(const struct token_key_place *place,
    const struct token_key_asker *asker, struct tls_failure *failure)
{
	struct token_key *key = token_key_find(place->name);
	int result = 0;

	*failure = (struct tls_failure){.result = TLS_DONE};
	if (!token_key_is_possible(failure) || !tls_library_start(failure) ||
	    (place->module != NULL && !use_module(place->module, failure)))
		return NULL;
	if (key == NULL)
		key = add(place);
	key->users++;
	key->asker = asker;
	if (key->is_refused)
		result = GNUTLS_E_PKCS11_PIN_ERROR;
	else if (key->key == NULL)
		result = import(key, &key->key);
	key->asker = NULL;
	if (result >= 0)
		return key;
	refuse(key, "private key", result, failure);
	token_key_close(key);
	return NULL;
}

struct token_key *
token_key_find(const char *name)
{
	struct token_key *key = keys;

	while (key != NULL && strcmp(buf_text(&key->name), name) != 0)
		key = key->next;
	return key;
}

void
token_key_close(struct token_key *key)
{
	struct token_key **link = &keys;

	if (key == NULL || --key->users > 0)
		return;
	if (key->key != NULL)
		gnutls_privkey_deinit(key->key);
	key->key = NULL;
	buf_wipe(&key->pin);
	if (key->is_refused)
		return;
	while (*link != key)
		link = &(*link)->next;
	*link = key->next;
	buf_wipe(&key->name);
	free(key->uri);
	free(key);
}

/* The certificates of the PEM text or of the URL. */
static int
read_chain(struct token_key *key, const struct buf *pem, const char *url,
    gnutls_pcert_st *chain, unsigned *count)
{
	gnutls_datum_t text = {(unsigned char *)pem->data, (unsigned)pem->len};
	char *uri;
	int result;

	if (pem->len > 0)
		return gnutls_pcert_list_import_x509_raw(
		    chain, count, &text, GNUTLS_X509_FMT_PEM, 0);
	uri = span_copy(span_head(span_from(url), strcspn(url, "?")));
	result = gnutls_pcert_list_import_x509_file(
	    chain, count, uri, GNUTLS_X509_FMT_PEM, give_pin, key, 0);
	free(uri);
	return result;
}

bool
token_key_add_certificate(struct token_key *key, const char *url,
    struct buf *der, struct tls_failure *failure)
{
	const struct buf none = {0};
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned count = CHAIN_MAX;
	int result = read_chain(key, &none, url, chain, &count);

	if (result < 0)
		return refuse(key, "certificate", result, failure);
	buf_add(der, (const char *)chain[0].cert.data, chain[0].cert.size);
	for (unsigned i = 0; i < count; i++)
		gnutls_pcert_deinit(&chain[i]);
	return true;
}

bool
token_key_load(struct token_key *key, const struct buf *pem, const char *url,
    void *credentials, struct tls_failure *failure)
{
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned count = CHAIN_MAX;
	gnutls_privkey_t private = NULL;
	int result = read_chain(key, pem, url, chain, &count);

	if (result < 0)
		return refuse(key, "certificate", result, failure);
	result = import(key, &private);
	if (result >= 0)
		result = gnutls_certificate_set_key(
		    credentials, NULL, 0, chain, (int)count, private);
	if (result >= 0)
		return true; /* chain and key belong to the credentials */
	for (unsigned i = 0; i < count; i++)
		gnutls_pcert_deinit(&chain[i]);
	if (private != NULL)
		gnutls_privkey_deinit(private);
	return refuse(key, "private key", result, failure);
}
