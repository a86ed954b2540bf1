import Resilience
import Testing

@testable import Docker

@Suite struct AddressTests {
    @Test func subnetsAreReadStrictly() {
        #expect(Subnet("10.213.7.9/24")?.description == "10.213.7.0/24")
        #expect(Subnet("1.2.3.4")?.description == "1.2.3.4/32" && Subnet("255.255.255.255/0")?.description == "0.0.0.0/0")
        for text in ["", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/+1", "a.b.c.d", "1.2.3.4/1/2", "fe80::/64", "-1.2.3.4", "1.2.3.4 "] {
            #expect(Subnet(text) == nil, "\(text)")
        }
    }

    /// By listing every address of small ranges.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func overlapIsSharingAnAddress(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func range() throws -> (Subnet, ClosedRange<UInt64>) {
            let subnet = try #require(Subnet(address: UInt32.random(in: 0...255, using: &generator), prefix: Int.random(in: 22...32, using: &generator)))
            return (subnet, UInt64(subnet.address)...UInt64(subnet.address) + (UInt64(1) << UInt64(32 - subnet.prefix)) - 1)
        }
        for _ in 0..<100 {
            let ((a, addressesA), (b, addressesB)) = (try range(), try range())
            #expect(a.overlaps(b) == addressesA.overlaps(addressesB), "seed \(seed): \(a) \(b)")
            #expect(a.contains(b) == (addressesA.contains(addressesB.lowerBound) && addressesA.contains(addressesB.upperBound)), "seed \(seed): \(a) \(b)")
        }
    }

    @Test func theStandardPoolIsClearOfWhatIsCommon() throws {
        let pool = try AddressPool(flag: AddressPool.standard).pool
        for common in ["172.16.0.0/12", "192.168.0.0/16", "10.88.0.0/13", "10.96.0.0/12", "10.244.0.0/16", "10.42.0.0/15", "10.0.0.0/13", "10.8.0.0/16", "10.128.0.0/9", "100.64.0.0/10", "169.254.0.0/16"] {
            #expect(try #require(Subnet(common)).overlaps(pool) == false, "\(common)")
        }
    }

    @Test(arguments: ["", "10.71.0.0", "10.71.0.0/25", "10.0.0.0/7", "::/0", "pool"])
    func aPoolThatIsNoneIsExplained(text: String) {
        let error = #expect(throws: AddressPoolError.self) { try AddressPool(flag: text) }
        #expect(error?.message.isEmpty == false)
    }

    @Test func everyNamespaceGetsItsOwnUntilAllAreTaken() throws {
        let pool = AddressPool(try #require(Subnet("10.71.0.0/20")))
        var taken = [try #require(Subnet("10.71.3.128/25")), try #require(Subnet("0.0.0.0/0")), try #require(Subnet("10.71.8.0/23"))]
        let before = taken
        for number in 0..<13 {
            let range = try #require(pool.range(for: "ns-\(number)", inUse: taken))
            #expect(range.prefix == 24 && pool.pool.contains(range))
            #expect(taken.filter { $0.prefix > 0 }.allSatisfy { !$0.overlaps(range) })
            #expect(pool.range(for: "ns-\(number)", inUse: taken.shuffled()) == range)  // whatever the order
            taken.append(range)
        }
        #expect(pool.range(for: "one-more", inUse: taken) == nil)
        #expect(pool.range(for: "plant", inUse: before) == pool.range(for: "plant", inUse: before))
    }

    @Test func theKernelsTableOfRoutes() {
        let table = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
            docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            br-1\t0047470A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
            bad line
            """
        #expect(HostRoutes.parse(Array(table.utf8)) == [Subnet("172.17.0.0/16"), Subnet("10.71.71.0/24")])
    }
}
