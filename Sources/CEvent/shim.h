#pragma once
// Before libevent's own: its configuration asks for GNU extensions, and the C library's types must look as Swift's Glibc has them.
#include <sys/types.h>
#include <sys/select.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <event2/event.h>
#include <event2/util.h>

// A GNU extension, therefore declared here.
extern int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags);

// Descriptors are made non-blocking and closed on exec in one step, so that no child that starts meanwhile inherits them.
static inline int mw_wake_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
static inline int mw_stream_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
static inline int mw_accept(int fd, struct sockaddr *address, socklen_t *size) {
    return accept4(fd, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// The calling thread's name as the kernel shows it; 15 bytes at most.
static inline void mw_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// A TCP connection that sends at once, and whose peer is found dead within about a minute when it vanishes without a word.
static inline void mw_tune_tcp(int fd) {
    int one = 1, idle = 30, interval = 10, count = 3, unanswered = 60000;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unanswered, sizeof unanswered);
}
