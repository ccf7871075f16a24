/*
 * Certificates that certtool makes for each run, in their own folder. A
 * certificate NAME consists of the files NAME.pem, NAME.key and NAME.form
 * there.
 */
#ifndef TESTS_TLS_PKI_H
#define TESTS_TLS_PKI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct rows;

/* Pieces of certtool's templates. */
#define NOW "expiration_days = 30\n"
#define SERVER "tls_www_server\nsigning_key\n"
#define AUTHORITY "ca\ncert_signing_key\n" NOW
#define GOOD "cn = x\ndns_name = mail.example.org\n" SERVER NOW

/*
 * Makes the folder. Without certtool it prints that, and pki_authorities skips
 * the test.
 */
void pki_begin(void);
/* Runs the rows and removes the folder; returns the exit status. */
int pki_end(struct rows *all);
/*
 * Makes two roots, ca and other; and signed by ca: middle, late (expired),
 * bound (to example.com) and leaf (GOOD).
 */
void pki_authorities(void);
/*
 * Makes NAME.pem and NAME.key by a template, signed by the certificate
 * `signer`, or by itself. The last two are options for the key (RSA) and the
 * signature; NULL: P-256 and SHA-256.
 */
void pki_make(const char *name, const char *template, const char *signer,
    const char *key_option, const char *hash);
/* The same for the key of another certificate, KEY.key (NULL: a new one). */
void pki_make_for(const char *name, const char *template, const char *signer,
    const char *key);
/* Skips the test if openssl is missing. */
void pki_need_openssl(void);
/*
 * Makes a certificate with openssl, for extensions that certtool cannot make:
 * `extensions` is a section of its configuration. The signer's certificate is
 * appended unless it is "ca".
 */
void pki_make_odd(const char *name, const char *subject, const char *extensions,
    const char *signer, const char *digest);
/* The path of NAME.KIND in the folder. */
void pki_path(char *path, size_t room, const char *name, const char *kind);
void pki_write(const char *path, const char *text, const char *mode);
/* Appends the first file to the second. */
void pki_append(const char *from, const char *to);
/*
 * Adds the data of the TLSA record of a certificate: "2 1 1"; with "short",
 * "long" or "none" after it an octet is missing or added, or there are none.
 */
void pki_add_tlsa(struct buf *record, const char *text, const char *name);
/* Runs a command without its output; whether it succeeded. */
bool pki_run(const char *const *arguments);

#endif
