/*
 * A command whose input and output are the connection to a server, as
 * ProxyCommand of ssh_config(5) has it.
 */
#ifndef NET_TUNNEL_H
#define NET_TUNNEL_H

#include <stdbool.h>

#include "base/buf.h"

struct tunnel; /* opaque: the process */

/*
 * Whether each % in the command begins %h or %n (the host), %p (the port) or
 * %% (a percent sign).
 */
bool tunnel_takes(struct span command);
/*
 * Starts the command by /bin/sh. Sets *fd to our end of a pair of sockets,
 * which is non-blocking and the caller's. `host` is a name or an address
 * without brackets. NULL: a phrase was added to `reason`.
 */
struct tunnel *tunnel_open(const char *command, const char *host,
    unsigned short port, int *fd, struct buf *reason);
/*
 * Called when the connection is lost: if the command has ended, or does so
 * within a moment, adds "ended with status 255". Else returns false.
 */
bool tunnel_add_end(struct tunnel *tunnel, struct buf *reason);
/*
 * Ends the command and waits for its end. The caller closes the socket first:
 * most commands then end by themselves. NULL is allowed.
 */
void tunnel_close(struct tunnel *tunnel);

#endif
