/*
 * A library to preload, which repairs the TLS of OpenSMTPD 6.8 built with
 * OpenSSL 3, as in Debian 12. OpenSMTPD marks an RSA object with the name of a
 * key that another process holds. OpenSSL 3 copies the object and loses the
 * mark, so every handshake ends with the alert "internal error" ("missing
 * private key" in the server's log). Here an object without a mark has the last
 * one that was set.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

int RSA_set_ex_data(void *rsa, int index, void *data);
void *RSA_get_ex_data(const void *rsa, int index);

static void *last;

int
RSA_set_ex_data(void *rsa, int index, void *data)
{
	int (*real)(void *, int, void *);

	*(void **)&real = dlsym(RTLD_NEXT, "RSA_set_ex_data");
	last = data;
	return real(rsa, index, data);
}

void *
RSA_get_ex_data(const void *rsa, int index)
{
	void *(*real)(const void *, int);
	void *data;

	*(void **)&real = dlsym(RTLD_NEXT, "RSA_get_ex_data");
	data = real(rsa, index);
	return data != NULL ? data : last;
}
