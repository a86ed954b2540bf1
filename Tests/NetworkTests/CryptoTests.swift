import Crypto
import Kernel
import Platform
import Testing

/// Everything is checked against the `openssl` command, or a published vector.
@Suite struct CryptoTests {
    @Test func digestsAreThoseOfOpenSSL() async throws {
        try await withTemporaryDirectory { directory in
            let text = String(repeating: "millwright ", count: 1000)
            try write(text, to: "\(directory)/in")
            let expected = shell("openssl dgst -sha256 -r \(directory)/in").output.prefix(64)
            var hasher = try SHA256Hasher()
            for part in stride(from: 0, to: text.utf8.count, by: 777) {
                hasher.update(Array(text.utf8.dropFirst(part).prefix(777)))
            }
            let digest = hasher.finish()
            #expect(Hex.encode(digest) == expected)
            #expect(try SHA256Hasher.digest(Array(text.utf8)) == digest)
            let code = shell("openssl dgst -sha256 -hmac key -r \(directory)/in").output.prefix(64)
            let ours = try HMACSHA256.code(Array(text.utf8), key: Array("key".utf8))
            #expect(Hex.encode(ours) == code)
            #expect(try HMACSHA256.isValid(ours, for: Array(text.utf8), key: Array("key".utf8)))
            #expect(try !HMACSHA256.isValid(ours, for: Array(text.utf8), key: Array("kez".utf8)))
        }
    }

    @Test func constantTimeComparisonComparesAll() {
        #expect(ConstantTime.equal("abc", "abc"))
        #expect(!ConstantTime.equal("abc", "abd"))
        #expect(!ConstantTime.equal("abc", "abcd"))
        #expect(ConstantTime.equal("", ""))
    }

    @Test func encodingsRoundTripAndRefuseNonsense() {
        for count in 0..<40 {
            let bytes = SecureRandom.bytes(count) ?? []
            #expect(bytes.count == count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        for bad in ["A", "AB=", "+/8", "-_9", "a b"] { #expect(Base64URL.decode(bad) == nil, "\(bad)") }
        for bad in ["0", "zz", "0x"] { #expect(Hex.decode(bad) == nil, "\(bad)") }
    }

    @Test func identifiersAreVersionFourAndDiffer() {
        let made = Set((0..<1000).map { _ in UUIDv4.make() })
        #expect(made.count == 1000)
        for one in made {
            let parts = one.split(separator: "-").map { $0.utf8.count }
            #expect(parts == [8, 4, 4, 4, 12])
            #expect(Array(one.utf8)[14] == UInt8(ascii: "4"))
            #expect("89ab".utf8.contains(Array(one.utf8)[19]))
        }
    }

    @Test func certificatesAreAcceptedByOpenSSL() async throws {
        let pki = try TestPKI()
        try await withTemporaryDirectory { directory in
            try write(pki.authority.certificate, to: "\(directory)/ca.pem")
            try write(pki.server.certificate, to: "\(directory)/server.pem")
            try write(pki.client.certificate, to: "\(directory)/client.pem")
            try write(pki.expired.certificate, to: "\(directory)/expired.pem")
            try write(pki.stranger.certificate, to: "\(directory)/stranger.pem")
            let verify = "openssl verify -x509_strict -CAfile \(directory)/ca.pem"
            #expect(shell("\(verify) -purpose sslserver -verify_hostname millwright.internal \(directory)/server.pem").code == 0)
            #expect(shell("\(verify) -purpose sslserver -verify_ip 127.0.0.1 \(directory)/server.pem").code == 0)
            #expect(shell("\(verify) -purpose sslclient \(directory)/client.pem").code == 0)
            #expect(shell("\(verify) -purpose sslserver \(directory)/client.pem").code != 0)
            #expect(shell("\(verify) \(directory)/expired.pem").output.contains("expired"))
            #expect(shell("\(verify) \(directory)/stranger.pem").code != 0)
            let subject = shell("openssl x509 -in \(directory)/client.pem -noout -subject -nameopt RFC2253").output
            #expect(subject.contains("CN=jane") && subject.contains("O=system:masters") && subject.contains("O=plant"))
        }
    }

    @Test func certificatesAreReadBack() throws {
        let from = Timestamp(seconds: 1_700_000_000)
        let until = Timestamp(seconds: 4_000_000_000)
        let identity = try CertificateAuthority.create(commonName: "root", from: from, until: until)
        let authority = try CertificateAuthority(identity)
        let server = try authority.issueServer(commonName: "s", dnsNames: ["a.b", "*.c"], ipAddresses: ["10.0.0.1", "fd00::1"], from: from, until: until)
        let read = try Certificate(pem: server.certificate)
        #expect(read.commonName == "s" && read.issuerCommonName == "root" && !read.isAuthority)
        #expect(read.dnsNames == ["a.b", "*.c"] && read.ipAddresses == ["10.0.0.1", "fd00::1"])
        #expect(read.notBefore == from && read.notAfter == until)
        #expect(read.belongs(to: try SigningKey(pem: server.key)))
        #expect(!read.belongs(to: try SigningKey.generate()))
        let root = try Certificate(pem: identity.certificate)
        #expect(root.isAuthority && root.fingerprint.utf8.count == 64 && root.fingerprint != read.fingerprint)
    }

    @Test func badInputsAreRefusedWithAReason() throws {
        let now = SystemClocks().now
        let pki = try TestPKI()
        #expect(throws: CryptoFailure.self) { try Certificate(pem: "nonsense") }
        #expect(throws: CryptoFailure.self) { try SigningKey(pem: pki.client.certificate) }
        #expect(throws: CryptoFailure.self) { try CertificateAuthority(pki.client) }
        #expect(throws: CryptoFailure.self) {
            try CertificateAuthority(CertificateIdentity(certificate: pki.authority.certificate, key: pki.client.key))
        }
        for name in ["a,IP:1.2.3.4", "a b", "", "a\nb"] {
            #expect(throws: CryptoFailure.self) { try pki.authority.issueServer(commonName: "x", dnsNames: [name], ipAddresses: [], from: now, until: now) }
        }
        #expect(throws: CryptoFailure.self) { try pki.authority.issueServer(commonName: "x", dnsNames: [], ipAddresses: ["1.2.3"], from: now, until: now) }
        #expect(throws: CryptoFailure.self) {
            try pki.authority.issueClient(commonName: String(repeating: "x", count: 65), organizations: [], from: now, until: now)
        }
        let rsa = shell("openssl genrsa 1024").output
        #expect(throws: CryptoFailure.self) { try SigningKey(pem: rsa) }
        let encrypted = shell("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes256 -passout pass:x").output
        #expect(throws: CryptoFailure.self) { try SigningKey(pem: encrypted) }
    }

    @Test func signaturesAreThoseOfOpenSSL() async throws {
        try await withTemporaryDirectory { directory in
            let pem = shell("openssl ecparam -name prime256v1 -genkey -noout").output
            let key = try SigningKey(pem: pem)
            let message = Array("to be signed".utf8)
            let signature = try key.sign(message)
            #expect(signature.count == 64)
            let verifier = try key.verifyingKey
            #expect(verifier.isValid(signature, for: message))
            #expect(!verifier.isValid(signature, for: message + [0]))
            #expect(try !SigningKey.generate().verifyingKey.isValid(signature, for: message))
            #expect(try SigningKey(pem: key.pem).verifyingKey.id == verifier.id)
            // openssl wants the signature as DER: a sequence of two integers.
            try write(String(decoding: message, as: UTF8.self), to: "\(directory)/m")
            try write(try verifier.pem, to: "\(directory)/pub.pem")
            func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
                var body = Array(bytes.drop { $0 == 0 })
                if body.first.map({ $0 & 0x80 != 0 }) ?? true { body.insert(0, at: 0) }
                return [2, UInt8(body.count)] + body
            }
            let parts = integer(signature[..<32]) + integer(signature[32...])
            let der = [0x30, UInt8(parts.count)] + parts
            shell("echo \(Hex.encode(der)) | xxd -r -p > \(directory)/sig || printf '\(der.map { "\\\\" + String($0, radix: 8) }.joined())' > \(directory)/sig")
            let check = shell("openssl dgst -sha256 -verify \(directory)/pub.pem -signature \(directory)/sig \(directory)/m")
            #expect(check.output.contains("Verified OK"), "\(check.output)")
        }
    }

    @Test func tokensAreBelievedOnlyWhole() throws {
        let key = try SigningKey.generate()
        let other = try SigningKey.generate()
        let keys = [try key.verifyingKey]
        let claims: JSONObject = ["sub": "system:serviceaccount:plant:x", "aud": ["api"], "exp": 2000, "nbf": 1000]
        let token = try JSONWebToken.sign(claims, with: key)
        #expect(try JSONWebToken.verify(token, keys: keys, now: Timestamp(seconds: 1500)) == claims)
        func refusal(_ token: String, at seconds: Int64 = 1500, keys used: [VerifyingKey]? = nil) -> JSONWebToken.Refusal? {
            do {
                _ = try JSONWebToken.verify(token, keys: used ?? keys, now: Timestamp(seconds: seconds))
                return nil
            } catch { return error }
        }
        #expect(refusal(token, at: 2000) == .expired)
        #expect(refusal(token, at: 999) == .notYetValid)
        #expect(refusal(token, keys: [try other.verifyingKey]) == .signature)
        #expect(refusal(token, keys: []) == .signature)
        let parts = token.split(separator: ".").map(String.init)
        let forged = Base64URL.encode(Array(#"{"sub":"admin"}"#.utf8))
        #expect(refusal("\(parts[0]).\(forged).\(parts[2])") == .signature)
        let none = Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))
        #expect(refusal("\(none).\(parts[1]).") == .algorithm)
        let symmetric = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8))
        #expect(refusal("\(symmetric).\(parts[1]).\(parts[2])") == .algorithm)
        for bad in ["", ".", "..", "a.b", "a.b.c.d", token + "=", token + ".x", String(repeating: "x", count: 20000)] { #expect(refusal(bad) == .malformed, "\(bad)") }
        for index in stride(from: 0, to: token.utf8.count, by: 7) {
            var bytes = Array(token.utf8)
            bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(refusal(String(decoding: bytes, as: UTF8.self)) != nil, "byte \(index)")
        }
    }

    @Test func sealedDataOpensOnlyUnchanged() throws {
        let cipher = try AESGCM(key: SecureRandom.bytes(32) ?? [])
        let sealed = try cipher.seal(Array("secret".utf8), context: Array("place".utf8))
        #expect(try cipher.open(sealed, context: Array("place".utf8)) == Array("secret".utf8))
        #expect(throws: AESGCM.Failure.notAuthentic) { try cipher.open(sealed, context: Array("elsewhere".utf8)) }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: AESGCM.Failure.notAuthentic) { try cipher.open(changed, context: Array("place".utf8)) }
        }
    }
}
