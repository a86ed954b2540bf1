#pragma once
// Before libevent's own: its configuration asks for GNU extensions, and the C library's types must look as Swift's Glibc has them.
#include <sys/types.h>
#include <sys/select.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <event2/event.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>
#include <event2/util.h>

// A descriptor that wakes the loop: non-blocking, closed on exec.
static inline int mw_wake_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// The calling thread's name as the kernel shows it; 15 bytes at most.
static inline void mw_name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Sets non-blocking and close-on-exec; 0 or -1 with errno.
static inline int mw_prepare_descriptor(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
    return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

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
