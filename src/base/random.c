/*
 * getentropy(3) where there is one, else /dev/urandom. Both never block once
 * the system has started.
 */
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef HAVE_GETENTROPY
#ifdef HAVE_SYS_RANDOM_H
#include <sys/random.h>
#endif
#endif

bool
random_octets(void *data, size_t len)
{
	unsigned char *at = data;
	int fd;

#ifdef HAVE_GETENTROPY
	if (len <= 256 && getentropy(data, len) == 0)
		return true;
#endif
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (len > 0) {
		ssize_t got = read(fd, at, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		at += got;
		len -= (size_t)got;
	}
	close(fd);
	return len == 0;
}

bool
random_number(uint32_t count, uint32_t *number)
{
	/* Numbers above the last multiple of count would favour small ones. */
	uint32_t end = UINT32_MAX - UINT32_MAX % count;

	do
		if (!random_octets(number, sizeof(*number)))
			return false;
	while (*number >= end);
	*number %= count;
	return true;
}

bool
random_add_name(struct buf *buf, size_t count)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

	while (count > 0) {
		unsigned char octets[64];
		size_t n = count < sizeof(octets) ? count : sizeof(octets);

		if (!random_octets(octets, n))
			return false;
		for (size_t i = 0; i < n; i++)
			buf_add_char(buf, digits[octets[i] & 31]);
		count -= n;
	}
	return !buf->full;
}
