#pragma once
#include <sys/types.h>
#include <sys/select.h>
#include <curl/curl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

// libcurl's options are variadic, which Swift can't call: one wrapper a type of value.

static inline CURLcode mw_curl_long(CURL *easy, CURLoption option, long value) { return (curl_easy_setopt)(easy, option, value); }
static inline CURLcode mw_curl_size(CURL *easy, CURLoption option, curl_off_t value) { return (curl_easy_setopt)(easy, option, value); }
static inline CURLcode mw_curl_string(CURL *easy, CURLoption option, const char *value) { return (curl_easy_setopt)(easy, option, value); }
static inline CURLcode mw_curl_pointer(CURL *easy, CURLoption option, const void *value) { return (curl_easy_setopt)(easy, option, value); }
// libcurl keeps a copy of the bytes.
static inline CURLcode mw_curl_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return (curl_easy_setopt)(easy, option, &blob);
}
static inline void mw_curl_on_write(CURL *easy, curl_write_callback body, void *context) {
    (curl_easy_setopt)(easy, CURLOPT_WRITEFUNCTION, body);
    (curl_easy_setopt)(easy, CURLOPT_WRITEDATA, context);
}
static inline void mw_curl_on_header(CURL *easy, curl_write_callback body, void *context) {
    (curl_easy_setopt)(easy, CURLOPT_HEADERFUNCTION, body);
    (curl_easy_setopt)(easy, CURLOPT_HEADERDATA, context);
}
static inline void mw_curl_on_read(CURL *easy, curl_read_callback body, void *context) {
    (curl_easy_setopt)(easy, CURLOPT_READFUNCTION, body);
    (curl_easy_setopt)(easy, CURLOPT_READDATA, context);
}
static inline void mw_curl_before_request(CURL *easy, curl_prereq_callback body, void *context) {
    (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, body);
    (curl_easy_setopt)(easy, CURLOPT_PREREQDATA, context);
}
static inline long mw_curl_info_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return (curl_easy_getinfo)(easy, info, &value) == CURLE_OK ? value : 0;
}
static inline curl_socket_t mw_curl_active_socket(CURL *easy) {
    curl_socket_t value = CURL_SOCKET_BAD;
    return (curl_easy_getinfo)(easy, CURLINFO_ACTIVESOCKET, &value) == CURLE_OK ? value : CURL_SOCKET_BAD;
}
static inline void mw_curl_multi_callbacks(CURLM *multi, curl_socket_callback socket, curl_multi_timer_callback timer, void *context) {
    (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, socket);
    (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, context);
    (curl_multi_setopt)(multi, CURLMOPT_TIMERFUNCTION, timer);
    (curl_multi_setopt)(multi, CURLMOPT_TIMERDATA, context);
}
static inline void mw_curl_multi_long(CURLM *multi, CURLMoption option, long value) { (curl_multi_setopt)(multi, option, value); }
// The result of a finished transfer.
static inline CURLcode mw_curl_result(const CURLMsg *message) { return message->data.result; }

// Says on a raw connection that nothing more will be written; over TLS by a close notification of its own.
static inline void mw_curl_end_writing(CURL *easy, curl_socket_t socket) {
    struct curl_tlssessioninfo *tls = NULL;
    if ((curl_easy_getinfo)(easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls && tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals) {
        SSL_shutdown((SSL *)tls->internals);
        return;
    }
    shutdown(socket, SHUT_WR);
}

// Sockets that no child inherits.
static inline curl_socket_t mw_curl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context; (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
static inline void mw_curl_close_on_exec(CURL *easy) { (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, mw_curl_open_socket); }
