#pragma once
#include <sys/types.h>
#include <sys/select.h>
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// What OpenSSL offers as macros, and callbacks that are the same for everyone.

static inline long mw_ssl_ctx_set_mode(SSL_CTX *context, long mode) { return SSL_CTX_set_mode(context, mode); }
static inline int mw_ssl_ctx_minimum_tls12(SSL_CTX *context) { return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION); }
static inline void mw_ssl_ctx_no_resumption(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(context, 0);
}

// Clients may offer HTTP/2 as well; HTTP/1.1 is chosen, and a client that offers something else entirely goes on without ALPN.
static inline int mw_select_http11(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered,
                                   unsigned int size, void *context) {
    static const unsigned char served[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    (void)ssl; (void)context;
    if (SSL_select_next_proto((unsigned char **)out, length, served, sizeof served, offered, size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    return SSL_TLSEXT_ERR_OK;
}
static inline void mw_ssl_ctx_alpn_http11(SSL_CTX *context) { SSL_CTX_set_alpn_select_cb(context, mw_select_http11, NULL); }

static inline BIO *mw_bio_memory(const void *bytes, int count) { return BIO_new_mem_buf(bytes, count); }
static inline long mw_bio_contents(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

// A key that needs a passphrase is refused instead of asking on the terminal.
static inline int mw_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer; (void)size; (void)writing; (void)context;
    return -1;
}
static inline EVP_PKEY *mw_new_p256_key(void) { return EVP_EC_gen("P-256"); }
static inline void mw_sk_general_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
static inline int mw_general_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
// A DNS name or IP address of a subject alternative name: its bytes, and 0 for a DNS name, 1 for an address, -1 for anything else.
static inline int mw_general_name(const GENERAL_NAMES *names, int index, const unsigned char **bytes, int *count) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    const ASN1_STRING *text = NULL;
    int kind = -1;
    if (name->type == GEN_DNS) { text = name->d.dNSName; kind = 0; }
    if (name->type == GEN_IPADD) { text = name->d.iPAddress; kind = 1; }
    if (!text) return -1;
    *bytes = ASN1_STRING_get0_data(text);
    *count = ASN1_STRING_length(text);
    return kind;
}
