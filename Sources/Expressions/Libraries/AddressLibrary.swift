extension Library {
    /// `ip`, `isIP`, `ip.isCanonical` and what kind of address one is.
    static let addresses: Library = {
        let type = NetworkAddress.valueType
        func check(_ name: String, _ identifier: String, _ test: @escaping @Sendable (NetworkAddress) -> Bool) -> Function {
            Function(
                name, .receiver(identifier, type, .bool) { address throws(EvaluationError) in .bool(test(try address.asOpaque(NetworkAddress.self))) })
        }
        return Library(
            "kubernetes.net.ip",
            functions: [
                Function(
                    "ip",
                    .global("string_to_ip", .string, type, cost: .traversal()) { text throws(EvaluationError) in
                        .opaque(try NetworkAddress.parse(try text.asText()))
                    }),
                Function(
                    "isIP",
                    .global("is_ip", .string, .bool, cost: .traversal()) { text throws(EvaluationError) in
                        let text = try text.asText()
                        do throws(EvaluationError) {
                            _ = try NetworkAddress.parse(text)
                            return .bool(true)
                        } catch {
                            return .bool(false)
                        }
                    }),
                Function(
                    "ip.isCanonical",
                    .global("ip_is_canonical", .string, .bool, cost: .traversal(times: 2)) { text throws(EvaluationError) in
                        let text = try text.asText()
                        return .bool(try NetworkAddress.parse(text).description == text)
                    }),
                Function(
                    "family",
                    .receiver("ip_family", type, .int) { address throws(EvaluationError) in .int(try address.asOpaque(NetworkAddress.self).isIPv4 ? 4 : 6) }),
                check("isUnspecified", "ip_is_unspecified") { $0.isUnspecified },
                check("isLoopback", "ip_is_loopback") { $0.isLoopback },
                check("isLinkLocalMulticast", "ip_is_link_local_multicast") { $0.isLinkLocalMulticast },
                check("isLinkLocalUnicast", "ip_is_link_local_unicast") { $0.isLinkLocalUnicast },
                check("isGlobalUnicast", "ip_is_global_unicast") { $0.isGlobalUnicast },
                Function(
                    "string",
                    .global("ip_to_string", type, .string) { address throws(EvaluationError) in .string(try address.asOpaque(NetworkAddress.self).description) }),
            ],
            constants: [(name: "net.IP", type: .type(type), value: .type(type))])
    }()

    /// `cidr`, `isCIDR` and what a network contains.
    static let networks: Library = {
        let type = NetworkPrefix.valueType
        let address = NetworkAddress.valueType
        return Library(
            "kubernetes.net.cidr",
            functions: [
                Function(
                    "cidr",
                    .global("string_to_cidr", .string, type, cost: .traversal()) { text throws(EvaluationError) in
                        .opaque(try NetworkPrefix.parse(try text.asText()))
                    }),
                Function(
                    "isCIDR",
                    .global("is_cidr", .string, .bool, cost: .traversal()) { text throws(EvaluationError) in
                        let text = try text.asText()
                        do throws(EvaluationError) {
                            _ = try NetworkPrefix.parse(text)
                            return .bool(true)
                        } catch {
                            return .bool(false)
                        }
                    }),
                Function(
                    "containsIP",
                    .receiver("cidr_contains_ip_string", type, .string, .bool, cost: .containment(parses: true)) { network, text throws(EvaluationError) in
                        // Kubernetes says no more of a text that is no address.
                        guard let address = try? NetworkAddress.parse(try text.asText()) else { throw .noSuchOverload }
                        return .bool(try network.asOpaque(NetworkPrefix.self).contains(address))
                    },
                    .receiver("cidr_contains_ip_ip", type, address, .bool, cost: .containment()) { network, other throws(EvaluationError) in
                        .bool(try network.asOpaque(NetworkPrefix.self).contains(try other.asOpaque(NetworkAddress.self)))
                    }),
                Function(
                    "containsCIDR",
                    .receiver("cidr_contains_cidr_string", type, .string, .bool, cost: .containment(parses: true, masks: true)) {
                        network, text throws(EvaluationError) in
                        .bool(try network.asOpaque(NetworkPrefix.self).contains(try NetworkPrefix.parse(try text.asText())))
                    },
                    .receiver("cidr_contains_cidr", type, type, .bool, cost: .containment(masks: true)) { network, other throws(EvaluationError) in
                        .bool(try network.asOpaque(NetworkPrefix.self).contains(try other.asOpaque(NetworkPrefix.self)))
                    }),
                Function(
                    "ip", .receiver("cidr_ip", type, address) { network throws(EvaluationError) in .opaque(try network.asOpaque(NetworkPrefix.self).address) }),
                Function(
                    "prefixLength",
                    .receiver("cidr_prefix_length", type, .int) { network throws(EvaluationError) in .int(Int64(try network.asOpaque(NetworkPrefix.self).bits)) }),
                Function(
                    "masked",
                    .receiver("cidr_masked", type, type) { network throws(EvaluationError) in .opaque(try network.asOpaque(NetworkPrefix.self).masked) }),
                Function(
                    "string",
                    .global("cidr_to_string", type, .string) { network throws(EvaluationError) in .string(try network.asOpaque(NetworkPrefix.self).description) }),
            ],
            constants: [(name: "net.CIDR", type: .type(type), value: .type(type))])
    }()
}

extension CallCost {
    /// Comparing bytes of two addresses, and what reading a text or masking adds.
    fileprivate static func containment(parses: Bool = false, masks: Bool = false) -> CallCost {
        .from { arguments in
            guard arguments.count > 1 else { return 1 }
            let prefix = arguments[0].costSize
            var cost = (prefix * 2).timesRoundedUp(Limits.traversalFactor)
            if masks { cost += prefix.timesRoundedUp(Limits.traversalFactor) + 1 }
            if parses { cost += arguments[1].costSize.timesRoundedUp(Limits.traversalFactor) }
            return cost
        } estimate: { operands in
            // An address has 4 bytes or 16.
            let size = SizeEstimate(min: 4, max: 16)
            var cost = (size + size).traversed(Limits.traversalFactor)
            if masks { cost = cost + size.traversed(Limits.traversalFactor) + .exactly(1) }
            if parses, operands.count > 1 { cost = cost + operands[1].size.traversed(Limits.traversalFactor) }
            return CallEstimate(cost)
        }
    }
}
