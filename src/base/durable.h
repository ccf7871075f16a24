/*
 * What is on disk for good: the only calls that wait until the disk has the
 * octets or the names of a folder. Each is false with errno set when it
 * failed. After a failed sync the file must not be synced again: the system
 * may have dropped the octets, and the second call would say that all is well.
 */
#ifndef BASE_DURABLE_H
#define BASE_DURABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all octets; goes on after signals and short writes. */
bool durable_write(int fd, const void *data, size_t len);
/* Waits until the disk has the file's octets and its length. */
bool durable_sync(int fd);
/* Waits until the disk has the names in an open folder. */
bool durable_sync_folder(int fd);
/* Closes; some file systems report only here that a write failed. */
bool durable_close(int fd);

#endif
