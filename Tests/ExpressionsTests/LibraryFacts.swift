/// What Kubernetes' own environment (1.36) makes of calls of its libraries: value or error, the most they may cost by the static
/// estimate, and what they did cost; recorded from it, a line of JSON each.
enum LibraryFacts {
    static var lines: [Substring] { text.split(separator: "\n") }

    private static let text = #"""
        {"e":"isQuantity(\"1\")","value":true,"most":"1","cost":"1"}
        {"e":"sign(quantity(\"1k\"))","value":1,"most":"2","cost":"2"}
        {"e":"quantity(\"1.5\").asApproximateFloat()","value":1.5,"most":"2","cost":"2"}
        {"e":"quantity(\"500m\").asInteger()","error":"cannot convert value to integer","most":"2","cost":"2"}
        {"e":"quantity(\"-1\").isInteger()","value":true,"most":"2","cost":"2"}
        {"e":"isQuantity(\"100n\")","value":true,"most":"1","cost":"1"}
        {"e":"sign(quantity(\"0.1u\"))","value":1,"most":"2","cost":"2"}
        {"e":"quantity(\"1E3\").asApproximateFloat()","value":1000,"most":"2","cost":"2"}
        {"e":"quantity(\"12e9\").asInteger()","value":12000000000,"most":"2","cost":"2"}
        {"e":"quantity(\"9223372036854775807\").isInteger()","value":false,"most":"3","cost":"3"}
        {"e":"isQuantity(\"10Ei\")","value":true,"most":"1","cost":"1"}
        {"e":"sign(quantity(\"0.5Mi\"))","value":1,"most":"2","cost":"2"}
        {"e":"quantity(\".5\").asApproximateFloat()","value":0.5,"most":"2","cost":"2"}
        {"e":"quantity(\"\").asInteger()","error":"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'","most":"1"}
        {"e":"quantity(\"1mi\").isInteger()","error":"unable to parse quantity's suffix","most":"2"}
        {"e":"isQuantity(\"-\")","value":true,"most":"1","cost":"1"}
        {"e":"sign(quantity(\"1e\"))","error":"unable to parse quantity's suffix","most":"2"}
        {"e":"quantity(\"- 1\").asApproximateFloat()","error":"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'","most":"2"}
        {"e":"quantity(\"0x1\").asInteger()","error":"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'","most":"2"}
        {"e":"quantity(\"00012\").isInteger()","value":true,"most":"2","cost":"2"}
        {"e":"isQuantity(\"0.00000000001\")","value":true,"most":"2","cost":"2"}
        {"e":"sign(quantity(\"3P\"))","value":1,"most":"2","cost":"2"}
        {"e":"quantity(\"1n\").asApproximateFloat()","value":1e-09,"most":"2","cost":"2"}
        {"e":"quantity(\"-0.5Ki\").asInteger()","error":"cannot convert value to integer","most":"2","cost":"2"}
        {"e":"quantity(\"1e-20\").isInteger()","value":false,"most":"2","cost":"2"}
        {"e":"isQuantity(\"5E\")","value":true,"most":"1","cost":"1"}
        {"e":"quantity(\"1\").sub(quantity(\"1.5Gi\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1\").sub(quantity(\"100n\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1k\").compareTo(quantity(\"1.5Gi\"))","value":-1,"most":"3","cost":"3"}
        {"e":"quantity(\"1k\").compareTo(quantity(\"100n\"))","value":1,"most":"3","cost":"3"}
        {"e":"quantity(\"1Ki\").add(quantity(\"1\")).asApproximateFloat()","value":1025,"most":"4","cost":"4"}
        {"e":"quantity(\"1Ki\").add(quantity(\"-1\")).asApproximateFloat()","value":1023,"most":"4","cost":"4"}
        {"e":"quantity(\"1Ki\").sub(20).isLessThan(quantity(\"1\"))","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1.5\").sub(quantity(\"500m\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1.5\").sub(quantity(\"1e3\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1.5Gi\").compareTo(quantity(\"500m\"))","value":1,"most":"3","cost":"3"}
        {"e":"quantity(\"1.5Gi\").compareTo(quantity(\"1e3\"))","value":1,"most":"3","cost":"3"}
        {"e":"quantity(\"500m\").add(quantity(\"1.5Gi\")).asApproximateFloat()","value":1610612736.5,"most":"4","cost":"4"}
        {"e":"quantity(\"500m\").add(quantity(\"100n\")).asApproximateFloat()","value":0.5000001000000001,"most":"4","cost":"4"}
        {"e":"quantity(\"0\").sub(quantity(\"1\")).isInteger()","value":true,"most":"4","cost":"4"}
        {"e":"quantity(\"0\").sub(quantity(\"-1\")).isInteger()","value":true,"most":"4","cost":"4"}
        {"e":"quantity(\"-1\").compareTo(quantity(\"1\"))","value":-1,"most":"3","cost":"3"}
        {"e":"quantity(\"-1\").compareTo(quantity(\"-1\"))","value":0,"most":"3","cost":"3"}
        {"e":"quantity(\"-1\").add(5).asInteger()","value":4,"most":"3","cost":"3"}
        {"e":"quantity(\"+5\").add(quantity(\"500m\")).asApproximateFloat()","value":5.5,"most":"4","cost":"4"}
        {"e":"quantity(\"+5\").add(quantity(\"1e3\")).asApproximateFloat()","value":1005,"most":"4","cost":"4"}
        {"e":"quantity(\"100n\").sub(quantity(\"1.5Gi\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"100n\").sub(quantity(\"100n\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"0.1u\").compareTo(quantity(\"1.5Gi\"))","value":-1,"most":"3","cost":"3"}
        {"e":"quantity(\"0.1u\").compareTo(quantity(\"100n\"))","value":0,"most":"3","cost":"3"}
        {"e":"quantity(\"1e3\").add(quantity(\"1\")).asApproximateFloat()","value":1001,"most":"4","cost":"4"}
        {"e":"quantity(\"1e3\").add(quantity(\"-1\")).asApproximateFloat()","value":999,"most":"4","cost":"4"}
        {"e":"quantity(\"1e3\").sub(20).isLessThan(quantity(\"1\"))","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1E3\").sub(quantity(\"500m\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1E3\").sub(quantity(\"1e3\")).isInteger()","value":true,"most":"4","cost":"4"}
        {"e":"quantity(\"1e-3\").compareTo(quantity(\"500m\"))","value":-1,"most":"3","cost":"3"}
        {"e":"quantity(\"1e-3\").compareTo(quantity(\"1e3\"))","value":-1,"most":"3","cost":"3"}
        {"e":"quantity(\"12e9\").add(quantity(\"1.5Gi\")).asApproximateFloat()","value":13610612736,"most":"4","cost":"4"}
        {"e":"quantity(\"12e9\").add(quantity(\"100n\")).asApproximateFloat()","value":12000000000,"most":"4","cost":"4"}
        {"e":"quantity(\"1Ei\").sub(quantity(\"1\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"1Ei\").sub(quantity(\"-1\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"9223372036854775807\").compareTo(quantity(\"1\"))","value":1,"most":"4","cost":"4"}
        {"e":"quantity(\"9223372036854775807\").compareTo(quantity(\"-1\"))","value":1,"most":"4","cost":"4"}
        {"e":"quantity(\"9223372036854775807\").add(5).asInteger()","error":"cannot convert value to integer","most":"4","cost":"4"}
        {"e":"quantity(\"9223372036854775808\").add(quantity(\"500m\")).asApproximateFloat()","value":9223372036854776000,"most":"5","cost":"5"}
        {"e":"quantity(\"9223372036854775808\").add(quantity(\"1e3\")).asApproximateFloat()","value":9223372036854778000,"most":"5","cost":"5"}
        {"e":"quantity(\"10Ei\").sub(quantity(\"1.5Gi\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"10Ei\").sub(quantity(\"100n\")).isInteger()","value":false,"most":"4","cost":"4"}
        {"e":"quantity(\"0.5Mi\").compareTo(quantity(\"1.5Gi\"))","value":-1,"most":"3","cost":"3"}
        {"e":"quantity(\"0.5Mi\").compareTo(quantity(\"100n\"))","value":1,"most":"3","cost":"3"}
        {"e":"ip(\"127.0.0.1\").family()","value":4,"most":"2","cost":"2"}
        {"e":"cidr(\"2001:db8::/32\").containsIP(\"127.0.0.1\")","value":false,"most":"7","cost":"4"}
        {"e":"isCIDR(\"127.0.0.1/33\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"127.0.0.1/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"127.0.0.1/64\"): prefix length out of range","most":"4"}
        {"e":"cidr(\"127.0.0.1/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"127.0.0.1/\"): bad bits after slash: \"\"","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"127.0.0.1\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"127.0.0.1\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"1.2.3\").isGlobalUnicast()","error":"IP Address \"1.2.3\" parse error during conversion from string: ParseAddr(\"1.2.3\"): IPv4 address too short","most":"2"}
        {"e":"isCIDR(\"1.2.3/33\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"1.2.3/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3/64\"): ParseAddr(\"1.2.3\"): IPv4 address too short","most":"3"}
        {"e":"cidr(\"1.2.3/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3/\"): ParseAddr(\"1.2.3\"): IPv4 address too short","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1.2.3\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"1.2.3.4.5\").isGlobalUnicast()","error":"IP Address \"1.2.3.4.5\" parse error during conversion from string: ParseAddr(\"1.2.3.4.5\"): IPv4 address too long","most":"2"}
        {"e":"isCIDR(\"1.2.3.4.5/33\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"1.2.3.4.5/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.4.5/64\"): ParseAddr(\"1.2.3.4.5\"): IPv4 address too long","most":"4"}
        {"e":"cidr(\"1.2.3.4.5/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.4.5/\"): ParseAddr(\"1.2.3.4.5\"): IPv4 address too long","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1.2.3.4.5\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.4.5\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"01.2.3.4\").isGlobalUnicast()","error":"IP Address \"01.2.3.4\" parse error during conversion from string: ParseAddr(\"01.2.3.4\"): IPv4 field has octet with leading zero","most":"2"}
        {"e":"isCIDR(\"01.2.3.4/33\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"01.2.3.4/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"01.2.3.4/64\"): ParseAddr(\"01.2.3.4\"): IPv4 field has octet with leading zero","most":"4"}
        {"e":"cidr(\"01.2.3.4/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"01.2.3.4/\"): ParseAddr(\"01.2.3.4\"): IPv4 field has octet with leading zero","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"01.2.3.4\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"01.2.3.4\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"256.1.1.1\").isGlobalUnicast()","error":"IP Address \"256.1.1.1\" parse error during conversion from string: ParseAddr(\"256.1.1.1\"): IPv4 field has value >255","most":"2"}
        {"e":"isCIDR(\"256.1.1.1/33\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"256.1.1.1/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"256.1.1.1/64\"): ParseAddr(\"256.1.1.1\"): IPv4 field has value >255","most":"4"}
        {"e":"cidr(\"256.1.1.1/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"256.1.1.1/\"): ParseAddr(\"256.1.1.1\"): IPv4 field has value >255","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"256.1.1.1\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"256.1.1.1\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"::1\").isGlobalUnicast()","value":false,"most":"2","cost":"2"}
        {"e":"cidr(\"::1/0\").prefixLength()","value":0,"most":"2","cost":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::1/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1/129\"): prefix length out of range","most":"9","cost":"5"}
        {"e":"isCIDR(\"::1/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"::1\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1\"): no '/'","most":"3"}
        {"e":"ip(\"::\").isLinkLocalMulticast()","value":false,"most":"2","cost":"2"}
        {"e":"isCIDR(\"::/0\")","value":true,"most":"1","cost":"1"}
        {"e":"string(cidr(\"::/129\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::/129\"): prefix length out of range","most":"3"}
        {"e":"cidr(\"::/08\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::/08\"): bad bits after slash: \"08\"","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::/a\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::/a\"): bad bits after slash: \"a\"","most":"9","cost":"5"}
        {"e":"ip(\"fe80::1\").isLoopback()","value":false,"most":"2","cost":"2"}
        {"e":"cidr(\"fe80::1/8\").prefixLength()","value":8,"most":"2","cost":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"fe80::1/33\")","value":false,"most":"9","cost":"5"}
        {"e":"isCIDR(\"fe80::1/08\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"fe80::1/a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"fe80::1/a\"): bad bits after slash: \"a\"","most":"3"}
        {"e":"string(ip(\"fe80::1%eth0\"))","error":"IP address \"fe80::1%eth0\" with zone value is not allowed","most":"3"}
        {"e":"cidr(\"fe80::1%eth0/8\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"fe80::1%eth0/8\"): IPv6 zones cannot be present in a prefix","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"fe80::1%eth0/33\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"fe80::1%eth0/33\"): IPv6 zones cannot be present in a prefix","most":"10","cost":"6"}
        {"e":"isCIDR(\"fe80::1%eth0/08\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"fe80::1%eth0/a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"fe80::1%eth0/a\"): IPv6 zones cannot be present in a prefix","most":"4"}
        {"e":"string(ip(\"::ffff:1.2.3.4\"))","error":"IPv4-mapped IPv6 address \"::ffff:1.2.3.4\" is not allowed","most":"3"}
        {"e":"cidr(\"::ffff:1.2.3.4/8\").prefixLength()","error":"network address parse error during conversion from string: IPv4-mapped IPv6 address \"::ffff:1.2.3.4/8\" is not allowed","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::ffff:1.2.3.4/33\")","error":"network address parse error during conversion from string: IPv4-mapped IPv6 address \"::ffff:1.2.3.4/33\" is not allowed","most":"10","cost":"6"}
        {"e":"isCIDR(\"::ffff:1.2.3.4/08\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"::ffff:1.2.3.4/a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::ffff:1.2.3.4/a\"): bad bits after slash: \"a\"","most":"4"}
        {"e":"string(ip(\"2001:db8::68\"))","value":"2001:db8::68","most":"3","cost":"3"}
        {"e":"isCIDR(\"2001:db8::68/8\")","value":true,"most":"2","cost":"2"}
        {"e":"string(cidr(\"2001:db8::68/33\").masked())","value":"2001:db8::/33","most":"4","cost":"4"}
        {"e":"cidr(\"2001:db8::68/64\").prefixLength()","value":64,"most":"3","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"2001:db8::68/\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"2001:db8::68/\"): bad bits after slash: \"\"","most":"10","cost":"6"}
        {"e":"isIP(\"2001:DB8::68\")","value":true,"most":"2","cost":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsIP(\"2001:DB8::68\")","value":false,"most":"7","cost":"4"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"2001:DB8::68/0\")","value":false,"most":"10","cost":"6"}
        {"e":"isCIDR(\"2001:DB8::68/64\")","value":true,"most":"2","cost":"2"}
        {"e":"string(cidr(\"2001:DB8::68/\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"2001:DB8::68/\"): bad bits after slash: \"\"","most":"4"}
        {"e":"cidr(\"2001:DB8::68\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"2001:DB8::68\"): no '/'","most":"3"}
        {"e":"ip(\"2001:db8:0:0:0:0:0:68\").isLinkLocalUnicast()","value":false,"most":"4","cost":"4"}
        {"e":"string(cidr(\"2001:db8:0:0:0:0:0:68/0\").masked())","value":"::/0","most":"5","cost":"5"}
        {"e":"cidr(\"2001:db8:0:0:0:0:0:68/129\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"2001:db8:0:0:0:0:0:68/129\"): prefix length out of range","most":"4"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"2001:db8:0:0:0:0:0:68/08\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"2001:db8:0:0:0:0:0:68/08\"): bad bits after slash: \"08\"","most":"11","cost":"7"}
        {"e":"isCIDR(\"2001:db8:0:0:0:0:0:68\")","value":false,"most":"3","cost":"3"}
        {"e":"ip(\"1::2::3\").isUnspecified()","error":"IP Address \"1::2::3\" parse error during conversion from string: ParseAddr(\"1::2::3\"): multiple :: in address (at \":3\")","most":"2"}
        {"e":"string(cidr(\"1::2::3/0\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1::2::3/0\"): ParseAddr(\"1::2::3\"): multiple :: in address (at \":3\")","most":"3"}
        {"e":"cidr(\"1::2::3/129\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1::2::3/129\"): ParseAddr(\"1::2::3\"): multiple :: in address (at \":3\")","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1::2::3/08\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1::2::3/08\"): ParseAddr(\"1::2::3\"): multiple :: in address (at \":3\")","most":"9","cost":"5"}
        {"e":"isCIDR(\"1::2::3\")","value":false,"most":"1","cost":"1"}
        {"e":"ip(\"12345::\").isUnspecified()","error":"IP Address \"12345::\" parse error during conversion from string: ParseAddr(\"12345::\"): each group must have 4 or less digits (at \"12345::\")","most":"2"}
        {"e":"string(cidr(\"12345::/0\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"12345::/0\"): ParseAddr(\"12345::\"): each group must have 4 or less digits (at \"12345::\")","most":"3"}
        {"e":"cidr(\"12345::/129\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"12345::/129\"): ParseAddr(\"12345::\"): each group must have 4 or less digits (at \"12345::\")","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"12345::/08\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"12345::/08\"): ParseAddr(\"12345::\"): each group must have 4 or less digits (at \"12345::\")","most":"9","cost":"5"}
        {"e":"isCIDR(\"12345::\")","value":false,"most":"1","cost":"1"}
        {"e":"ip(\"::1.2.3.4\").isUnspecified()","value":false,"most":"2","cost":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::1.2.3.4/8\")","value":false,"most":"10","cost":"6"}
        {"e":"isCIDR(\"::1.2.3.4/129\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"::1.2.3.4/08\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1.2.3.4/08\"): bad bits after slash: \"08\"","most":"4"}
        {"e":"cidr(\"::1.2.3.4/a\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1.2.3.4/a\"): bad bits after slash: \"a\"","most":"3"}
        {"e":"ip.isCanonical(\"1:2:3:4:5:6:7:8\")","value":true,"most":"3","cost":"3"}
        {"e":"string(cidr(\"1:2:3:4:5:6:7:8/8\").masked())","value":"::/8","most":"4","cost":"4"}
        {"e":"cidr(\"1:2:3:4:5:6:7:8/33\").prefixLength()","value":33,"most":"3","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:2:3:4:5:6:7:8/64\")","value":false,"most":"10","cost":"6"}
        {"e":"isCIDR(\"1:2:3:4:5:6:7:8/a\")","value":false,"most":"2","cost":"2"}
        {"e":"ip(\"1:2:3:4:5:6:7\").family()","error":"IP Address \"1:2:3:4:5:6:7\" parse error during conversion from string: ParseAddr(\"1:2:3:4:5:6:7\"): address string too short","most":"3"}
        {"e":"string(cidr(\"1:2:3:4:5:6:7/8\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7/8\"): ParseAddr(\"1:2:3:4:5:6:7\"): address string too short","most":"4"}
        {"e":"cidr(\"1:2:3:4:5:6:7/33\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7/33\"): ParseAddr(\"1:2:3:4:5:6:7\"): address string too short","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:2:3:4:5:6:7/64\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7/64\"): ParseAddr(\"1:2:3:4:5:6:7\"): address string too short","most":"10","cost":"6"}
        {"e":"isCIDR(\"1:2:3:4:5:6:7/a\")","value":false,"most":"2","cost":"2"}
        {"e":"ip(\"1:2:3:4:5:6:7:8:9\").family()","error":"IP Address \"1:2:3:4:5:6:7:8:9\" parse error during conversion from string: ParseAddr(\"1:2:3:4:5:6:7:8:9\"): trailing garbage after address (at \"9\")","most":"3"}
        {"e":"string(cidr(\"1:2:3:4:5:6:7:8:9/8\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7:8:9/8\"): ParseAddr(\"1:2:3:4:5:6:7:8:9\"): trailing garbage after address (at \"9\")","most":"4"}
        {"e":"cidr(\"1:2:3:4:5:6:7:8:9/33\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7:8:9/33\"): ParseAddr(\"1:2:3:4:5:6:7:8:9\"): trailing garbage after address (at \"9\")","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:2:3:4:5:6:7:8:9/64\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7:8:9/64\"): ParseAddr(\"1:2:3:4:5:6:7:8:9\"): trailing garbage after address (at \"9\")","most":"10","cost":"6"}
        {"e":"isCIDR(\"1:2:3:4:5:6:7:8:9/a\")","value":false,"most":"2","cost":"2"}
        {"e":"ip(\"1:2:3:4:5:6:7::\").family()","value":6,"most":"3","cost":"3"}
        {"e":"cidr(\"2001:db8::/32\").containsIP(\"1:2:3:4:5:6:7::\")","value":false,"most":"8","cost":"5"}
        {"e":"isCIDR(\"1:2:3:4:5:6:7::/33\")","value":true,"most":"2","cost":"2"}
        {"e":"string(cidr(\"1:2:3:4:5:6:7::/64\").masked())","value":"1:2:3:4::/64","most":"4","cost":"4"}
        {"e":"cidr(\"1:2:3:4:5:6:7::/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7::/\"): bad bits after slash: \"\"","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:2:3:4:5:6:7::\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7::\"): no '/'","most":"10","cost":"6"}
        {"e":"ip(\"::2:3:4:5:6:7:8\").isGlobalUnicast()","value":true,"most":"3","cost":"3"}
        {"e":"cidr(\"::2:3:4:5:6:7:8/0\").prefixLength()","value":0,"most":"3","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::2:3:4:5:6:7:8/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::2:3:4:5:6:7:8/129\"): prefix length out of range","most":"10","cost":"6"}
        {"e":"isCIDR(\"::2:3:4:5:6:7:8/\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"::2:3:4:5:6:7:8\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::2:3:4:5:6:7:8\"): no '/'","most":"4"}
        {"e":"ip(\"\").isLinkLocalMulticast()","error":"IP Address \"\" parse error during conversion from string: ParseAddr(\"\"): unable to parse IP","most":"1"}
        {"e":"cidr(\"/0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"/0\"): ParseAddr(\"\"): unable to parse IP","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"/129\"): ParseAddr(\"\"): unable to parse IP","most":"9","cost":"5"}
        {"e":"isCIDR(\"/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"\"): no '/'","most":"2"}
        {"e":"ip(\"a\").isLinkLocalMulticast()","error":"IP Address \"a\" parse error during conversion from string: ParseAddr(\"a\"): unable to parse IP","most":"2"}
        {"e":"cidr(\"a/0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"a/0\"): ParseAddr(\"a\"): unable to parse IP","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"a/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"a/129\"): ParseAddr(\"a\"): unable to parse IP","most":"9","cost":"5"}
        {"e":"isCIDR(\"a/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"a\"): no '/'","most":"3"}
        {"e":"ip(\"1..2.3\").isLinkLocalMulticast()","error":"IP Address \"1..2.3\" parse error during conversion from string: ParseAddr(\"1..2.3\"): IPv4 field must have at least one digit (at \".2.3\")","most":"2"}
        {"e":"cidr(\"1..2.3/0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1..2.3/0\"): ParseAddr(\"1..2.3\"): IPv4 field must have at least one digit (at \".2.3\")","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1..2.3/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1..2.3/129\"): ParseAddr(\"1..2.3\"): IPv4 field must have at least one digit (at \".2.3\")","most":"9","cost":"5"}
        {"e":"isCIDR(\"1..2.3/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"1..2.3\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1..2.3\"): no '/'","most":"3"}
        {"e":"ip(\"1.2.3.\").isLinkLocalMulticast()","error":"IP Address \"1.2.3.\" parse error during conversion from string: ParseAddr(\"1.2.3.\"): IPv4 field must have at least one digit (at \".\")","most":"2"}
        {"e":"cidr(\"1.2.3./0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3./0\"): ParseAddr(\"1.2.3.\"): IPv4 field must have at least one digit (at \".\")","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1.2.3./129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3./129\"): ParseAddr(\"1.2.3.\"): IPv4 field must have at least one digit (at \".\")","most":"9","cost":"5"}
        {"e":"isCIDR(\"1.2.3./\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"1.2.3.\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.\"): no '/'","most":"3"}
        {"e":"ip(\"1.2.3.a\").isLinkLocalMulticast()","error":"IP Address \"1.2.3.a\" parse error during conversion from string: ParseAddr(\"1.2.3.a\"): unexpected character (at \"a\")","most":"2"}
        {"e":"cidr(\"1.2.3.a/0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.a/0\"): ParseAddr(\"1.2.3.a\"): unexpected character (at \"a\")","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1.2.3.a/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.a/129\"): ParseAddr(\"1.2.3.a\"): unexpected character (at \"a\")","most":"10","cost":"6"}
        {"e":"isCIDR(\"1.2.3.a/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"1.2.3.a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.a\"): no '/'","most":"3"}
        {"e":"ip(\":1\").isLinkLocalMulticast()","error":"IP Address \":1\" parse error during conversion from string: ParseAddr(\":1\"): each colon-separated field must have at least one digit (at \":1\")","most":"2"}
        {"e":"cidr(\":1/0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\":1/0\"): ParseAddr(\":1\"): each colon-separated field must have at least one digit (at \":1\")","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\":1/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\":1/129\"): ParseAddr(\":1\"): each colon-separated field must have at least one digit (at \":1\")","most":"9","cost":"5"}
        {"e":"isCIDR(\":1/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\":1\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\":1\"): no '/'","most":"3"}
        {"e":"ip(\"1:\").isLinkLocalMulticast()","error":"IP Address \"1:\" parse error during conversion from string: ParseAddr(\"1:\"): colon must be followed by more characters (at \":\")","most":"2"}
        {"e":"cidr(\"1:/0\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:/0\"): ParseAddr(\"1:\"): colon must be followed by more characters (at \":\")","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:/129\"): ParseAddr(\"1:\"): colon must be followed by more characters (at \":\")","most":"9","cost":"5"}
        {"e":"isCIDR(\"1:/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"1:\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:\"): no '/'","most":"3"}
        {"e":"ip(\"1:2:3:4:5:6:1.2.3.4\").isLinkLocalMulticast()","value":false,"most":"3","cost":"3"}
        {"e":"isCIDR(\"1:2:3:4:5:6:1.2.3.4/0\")","value":true,"most":"3","cost":"3"}
        {"e":"string(cidr(\"1:2:3:4:5:6:1.2.3.4/129\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:1.2.3.4/129\"): prefix length out of range","most":"5"}
        {"e":"cidr(\"1:2:3:4:5:6:1.2.3.4/08\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:1.2.3.4/08\"): bad bits after slash: \"08\"","most":"4"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:2:3:4:5:6:1.2.3.4/a\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:1.2.3.4/a\"): bad bits after slash: \"a\"","most":"11","cost":"7"}
        {"e":"ip(\"::1.2.3\").isLoopback()","error":"IP Address \"::1.2.3\" parse error during conversion from string: ParseAddr(\"::1.2.3\"): IPv4 address too short","most":"2"}
        {"e":"isCIDR(\"::1.2.3/0\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"::1.2.3/129\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1.2.3/129\"): ParseAddr(\"::1.2.3\"): IPv4 address too short","most":"4"}
        {"e":"cidr(\"::1.2.3/08\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1.2.3/08\"): ParseAddr(\"::1.2.3\"): IPv4 address too short","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::1.2.3/a\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::1.2.3/a\"): ParseAddr(\"::1.2.3\"): IPv4 address too short","most":"9","cost":"5"}
        {"e":"ip(\"169.254.1.1\").isLoopback()","value":false,"most":"3","cost":"3"}
        {"e":"cidr(\"169.254.1.1/8\").prefixLength()","value":8,"most":"3","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"169.254.1.1/33\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"169.254.1.1/33\"): prefix length out of range","most":"10","cost":"6"}
        {"e":"isCIDR(\"169.254.1.1/08\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"169.254.1.1/a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"169.254.1.1/a\"): bad bits after slash: \"a\"","most":"4"}
        {"e":"string(ip(\"224.0.0.1\"))","value":"224.0.0.1","most":"2","cost":"2"}
        {"e":"isCIDR(\"224.0.0.1/8\")","value":true,"most":"2","cost":"2"}
        {"e":"string(cidr(\"224.0.0.1/33\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"224.0.0.1/33\"): prefix length out of range","most":"4"}
        {"e":"cidr(\"224.0.0.1/64\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"224.0.0.1/64\"): prefix length out of range","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"224.0.0.1/\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"224.0.0.1/\"): bad bits after slash: \"\"","most":"9","cost":"5"}
        {"e":"isIP(\"224.0.1.1\")","value":true,"most":"1","cost":"1"}
        {"e":"cidr(\"10.0.0.0/8\").containsIP(\"224.0.1.1\")","value":false,"most":"6","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"224.0.1.1/0\")","value":false,"most":"10","cost":"6"}
        {"e":"isCIDR(\"224.0.1.1/64\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"224.0.1.1/\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"224.0.1.1/\"): bad bits after slash: \"\"","most":"3"}
        {"e":"cidr(\"224.0.1.1\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"224.0.1.1\"): no '/'","most":"2"}
        {"e":"ip(\"ff02::1\").isLinkLocalUnicast()","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"ff02::1/0\").masked())","value":"::/0","most":"3","cost":"3"}
        {"e":"cidr(\"ff02::1/129\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"ff02::1/129\"): prefix length out of range","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"ff02::1/08\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"ff02::1/08\"): bad bits after slash: \"08\"","most":"9","cost":"5"}
        {"e":"isCIDR(\"ff02::1\")","value":false,"most":"1","cost":"1"}
        {"e":"ip(\"0.0.0.0\").isUnspecified()","value":true,"most":"2","cost":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"0.0.0.0/8\")","value":false,"most":"9","cost":"5"}
        {"e":"isCIDR(\"0.0.0.0/129\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"0.0.0.0/08\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"0.0.0.0/08\"): bad bits after slash: \"08\"","most":"3"}
        {"e":"cidr(\"0.0.0.0/a\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"0.0.0.0/a\"): bad bits after slash: \"a\"","most":"2"}
        {"e":"ip.isCanonical(\"255.255.255.255\")","value":true,"most":"3","cost":"3"}
        {"e":"string(cidr(\"255.255.255.255/8\").masked())","value":"255.0.0.0/8","most":"4","cost":"4"}
        {"e":"cidr(\"255.255.255.255/33\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"255.255.255.255/33\"): prefix length out of range","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"255.255.255.255/64\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"255.255.255.255/64\"): prefix length out of range","most":"10","cost":"6"}
        {"e":"isCIDR(\"255.255.255.255/a\")","value":false,"most":"2","cost":"2"}
        {"e":"ip(\"10.0.0.1\").family()","value":4,"most":"2","cost":"2"}
        {"e":"cidr(\"2001:db8::/32\").containsIP(\"10.0.0.1\")","value":false,"most":"7","cost":"4"}
        {"e":"isCIDR(\"10.0.0.1/33\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"10.0.0.1/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"10.0.0.1/64\"): prefix length out of range","most":"4"}
        {"e":"cidr(\"10.0.0.1/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"10.0.0.1/\"): bad bits after slash: \"\"","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"10.0.0.1\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"10.0.0.1\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"%eth0\").isGlobalUnicast()","error":"IP Address \"%eth0\" parse error during conversion from string: ParseAddr(\"%eth0\"): missing IPv6 address","most":"2"}
        {"e":"isCIDR(\"%eth0/33\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"%eth0/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"%eth0/64\"): ParseAddr(\"%eth0\"): missing IPv6 address","most":"3"}
        {"e":"cidr(\"%eth0/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"%eth0/\"): ParseAddr(\"%eth0\"): missing IPv6 address","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"%eth0\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"%eth0\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"g::\").isGlobalUnicast()","error":"IP Address \"g::\" parse error during conversion from string: ParseAddr(\"g::\"): each colon-separated field must have at least one digit (at \"g::\")","most":"2"}
        {"e":"isCIDR(\"g::/33\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"g::/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"g::/64\"): ParseAddr(\"g::\"): each colon-separated field must have at least one digit (at \"g::\")","most":"3"}
        {"e":"cidr(\"g::/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"g::/\"): ParseAddr(\"g::\"): each colon-separated field must have at least one digit (at \"g::\")","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"g::\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"g::\"): no '/'","most":"9","cost":"5"}
        {"e":"ip(\"1:2:3:4:5:6:7:1.2.3.4\").isGlobalUnicast()","error":"IP Address \"1:2:3:4:5:6:7:1.2.3.4\" parse error during conversion from string: ParseAddr(\"1:2:3:4:5:6:7:1.2.3.4\"): embedded IPv4 address must replace the final 2 fields of the address (at \"1.2.3.4\")","most":"4"}
        {"e":"isCIDR(\"1:2:3:4:5:6:7:1.2.3.4/33\")","value":false,"most":"3","cost":"3"}
        {"e":"string(cidr(\"1:2:3:4:5:6:7:1.2.3.4/64\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7:1.2.3.4/64\"): ParseAddr(\"1:2:3:4:5:6:7:1.2.3.4\"): embedded IPv4 address must replace the final 2 fields of the address (at \"1.2.3.4\")","most":"5"}
        {"e":"cidr(\"1:2:3:4:5:6:7:1.2.3.4/\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7:1.2.3.4/\"): ParseAddr(\"1:2:3:4:5:6:7:1.2.3.4\"): embedded IPv4 address must replace the final 2 fields of the address (at \"1.2.3.4\")","most":"4"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:2:3:4:5:6:7:1.2.3.4\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:2:3:4:5:6:7:1.2.3.4\"): no '/'","most":"11","cost":"7"}
        {"e":"ip(\"fd00::\").isGlobalUnicast()","value":true,"most":"2","cost":"2"}
        {"e":"cidr(\"fd00::/0\").prefixLength()","value":0,"most":"2","cost":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"fd00::/129\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"fd00::/129\"): prefix length out of range","most":"9","cost":"5"}
        {"e":"isCIDR(\"fd00::/\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"fd00::\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"fd00::\"): no '/'","most":"3"}
        {"e":"ip(\"0:0:0:0:0:0:0:0\").isLinkLocalMulticast()","value":false,"most":"3","cost":"3"}
        {"e":"isCIDR(\"0:0:0:0:0:0:0:0/0\")","value":true,"most":"2","cost":"2"}
        {"e":"string(cidr(\"0:0:0:0:0:0:0:0/129\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"0:0:0:0:0:0:0:0/129\"): prefix length out of range","most":"4"}
        {"e":"cidr(\"0:0:0:0:0:0:0:0/08\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"0:0:0:0:0:0:0:0/08\"): bad bits after slash: \"08\"","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"0:0:0:0:0:0:0:0/a\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"0:0:0:0:0:0:0:0/a\"): bad bits after slash: \"a\"","most":"10","cost":"6"}
        {"e":"ip(\"1:0:0:2:0:0:0:3\").isLoopback()","value":false,"most":"3","cost":"3"}
        {"e":"cidr(\"1:0:0:2:0:0:0:3/8\").prefixLength()","value":8,"most":"3","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:0:0:2:0:0:0:3/33\")","value":false,"most":"10","cost":"6"}
        {"e":"isCIDR(\"1:0:0:2:0:0:0:3/08\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"1:0:0:2:0:0:0:3/a\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:0:0:2:0:0:0:3/a\"): bad bits after slash: \"a\"","most":"4"}
        {"e":"string(ip(\"1:0:0:0:2:0:0:0\"))","value":"1::2:0:0:0","most":"3","cost":"3"}
        {"e":"isCIDR(\"1:0:0:0:2:0:0:0/8\")","value":true,"most":"2","cost":"2"}
        {"e":"string(cidr(\"1:0:0:0:2:0:0:0/33\").masked())","value":"1::/33","most":"4","cost":"4"}
        {"e":"cidr(\"1:0:0:0:2:0:0:0/64\").prefixLength()","value":64,"most":"3","cost":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1:0:0:0:2:0:0:0/\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1:0:0:0:2:0:0:0/\"): bad bits after slash: \"\"","most":"10","cost":"6"}
        {"e":"isIP(\"::%a\")","value":false,"most":"1","cost":"1"}
        {"e":"isCIDR(\"::%a/8\")","value":false,"most":"1","cost":"1"}
        {"e":"string(cidr(\"::%a/33\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::%a/33\"): IPv6 zones cannot be present in a prefix","most":"3"}
        {"e":"cidr(\"::%a/64\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::%a/64\"): IPv6 zones cannot be present in a prefix","most":"2"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"::%a/\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"::%a/\"): IPv6 zones cannot be present in a prefix","most":"9","cost":"5"}
        {"e":"isIP(\"1.2.3.4%a\")","value":false,"most":"1","cost":"1"}
        {"e":"isCIDR(\"1.2.3.4%a/8\")","value":false,"most":"2","cost":"2"}
        {"e":"string(cidr(\"1.2.3.4%a/33\").masked())","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.4%a/33\"): ParseAddr(\"1.2.3.4%a\"): unexpected character (at \"%a\")","most":"4"}
        {"e":"cidr(\"1.2.3.4%a/64\").prefixLength()","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.4%a/64\"): ParseAddr(\"1.2.3.4%a\"): unexpected character (at \"%a\")","most":"3"}
        {"e":"cidr(\"10.0.0.0/8\").containsCIDR(\"1.2.3.4%a/\")","error":"network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix(\"1.2.3.4%a/\"): ParseAddr(\"1.2.3.4%a\"): unexpected character (at \"%a\")","most":"9","cost":"5"}
        {"e":"isURL(\"https://example.com\")","value":true,"most":"1","cost":"1"}
        {"e":"url(\"http://a:80/b\").getHost()","value":"a:80","most":"3","cost":"3"}
        {"e":"url(\"/path\").getScheme()","value":"","most":"2","cost":"2"}
        {"e":"url(\"path\").getHostname()","error":"URL parse error during conversion from string: parse \"path\": invalid URI for request","most":"2"}
        {"e":"url(\"\").getHostname()","error":"URL parse error during conversion from string: parse \"\": empty url","most":"1"}
        {"e":"url(\"*\").getHostname()","value":"","most":"2","cost":"2"}
        {"e":"url(\"mailto:a@b\").getPort()","value":"","most":"2","cost":"2"}
        {"e":"url(\"https://a.b/c?d=e&f=g&d=h#frag\").getEscapedPath()","value":"/c","most":"4","cost":"4"}
        {"e":"url(\"https://[::1]:80/x\").getQuery()","value":{},"most":"3","cost":"3"}
        {"e":"url(\"https://[::1\") == url(\"https://example.com\")","error":"URL parse error during conversion from string: parse \"https://[::1\": missing ']' in host","most":"6"}
        {"e":"url(\"https://a b/c\") == url(\"https://example.com\")","error":"URL parse error during conversion from string: parse \"https://a b/c\": invalid character \" \" in host name","most":"6"}
        {"e":"url(\"https://a/b c\") == url(\"https://example.com\")","value":false,"most":"6","cost":"5"}
        {"e":"format.uri().validate(\"https://a/%zz\")","value":["parse \"https://a/%zz\": invalid URL escape \"%zz\""],"most":"65","cost":"553"}
        {"e":"isURL(\"https://u:p@h/x\")","value":true,"most":"1","cost":"1"}
        {"e":"url(\"https://h:port/\").getHost()","error":"URL parse error during conversion from string: parse \"https://h:port/\": invalid port \":port\" after host","most":"3"}
        {"e":"url(\"https://h:80:90/\").getHost()","error":"URL parse error during conversion from string: parse \"https://h:80:90/\": invalid port \":80:90\" after host","most":"3"}
        {"e":"url(\"postgres://h:1,h:2/db\").getHost()","value":"h:1,h:2","most":"4","cost":"4"}
        {"e":"url(\"//a/b\").getScheme()","value":"","most":"2","cost":"2"}
        {"e":"url(\"http:\").getHostname()","value":"","most":"2","cost":"2"}
        {"e":"url(\"http://\").getPort()","value":"","most":"2","cost":"2"}
        {"e":"url(\"1http://a\").getEscapedPath()","error":"URL parse error during conversion from string: parse \"1http://a\": invalid URI for request","most":"2"}
        {"e":"url(\"ht!tp://a\").getEscapedPath()","error":"URL parse error during conversion from string: parse \"ht!tp://a\": invalid URI for request","most":"2"}
        {"e":"url(\"HTTP://A/B\").getEscapedPath()","value":"/B","most":"2","cost":"2"}
        {"e":"url(\"https://a/b?x=%41+c;d\").getQuery()","value":{},"most":"4","cost":"4"}
        {"e":"url(\"https://a/b?%zz=1\") == url(\"https://example.com\")","value":false,"most":"6","cost":"5"}
        {"e":"isURL(\"https://a/ö\")","value":true,"most":"1","cost":"1"}
        {"e":"url(\"https://a/b#c#d\").getHost()","value":"a","most":"3","cost":"3"}
        {"e":"url(\"https://a/é%20\").getScheme()","value":"https","most":"3","cost":"3"}
        {"e":"url(\"file:///etc/x\").getHostname()","value":"","most":"3","cost":"3"}
        {"e":"url(\"https://a\\t\").getPort()","error":"URL parse error during conversion from string: parse \"https://a\\t\": net/url: invalid control character in URL","most":"2"}
        {"e":"url(\"https://a/b?\").getPort()","value":"","most":"3","cost":"3"}
        {"e":"url(\"https://a?\").getEscapedPath()","value":"","most":"2","cost":"2"}
        {"e":"url(\"https://[fe80::1%25en0]/\").getQuery()","value":{},"most":"4","cost":"4"}
        {"e":"url(\"https://[1.2.3.4]/\") == url(\"https://example.com\")","error":"URL parse error during conversion from string: parse \"https://[1.2.3.4]/\": invalid IP-literal","most":"6"}
        {"e":"url(\"https://a/b;c=d\") == url(\"https://example.com\")","value":false,"most":"6","cost":"5"}
        {"e":"isURL(\"https://a/<>\")","value":true,"most":"1","cost":"1"}
        {"e":"url(\"https://a/[x]\").getHost()","value":"a","most":"3","cost":"3"}
        {"e":"url(\"http://a%20b/\").getScheme()","error":"URL parse error during conversion from string: parse \"http://a%20b/\": invalid URL escape \"%20\"","most":"3"}
        {"e":"url(\"http://a%41b/\").getScheme()","error":"URL parse error during conversion from string: parse \"http://a%41b/\": invalid URL escape \"%41\"","most":"3"}
        {"e":"url(\"http://ab%C3%A9/\").getScheme()","value":"http","most":"3","cost":"3"}
        {"e":"url(\"https://a/b?x=1&&y\").getHostname()","value":"a","most":"3","cost":"3"}
        {"e":"url(\"https://a/b?=1\").getPort()","value":"","most":"3","cost":"3"}
        {"e":"url(\"https://u@h\").getEscapedPath()","value":"","most":"3","cost":"3"}
        {"e":"url(\"https://u p@h\").getQuery()","error":"URL parse error during conversion from string: parse \"https://u p@h\": net/url: invalid userinfo","most":"3"}
        {"e":"url(\"x:y\").getQuery()","value":{},"most":"2","cost":"2"}
        {"e":"url(\"x:/y\") == url(\"https://example.com\")","value":false,"most":"5","cost":"4"}
        {"e":"isURL(\"https://exa_mple.com/\")","value":true,"most":"1","cost":"1"}
        {"e":"url(\"https://a.b:/c\").getHost()","value":"a.b:","most":"3","cost":"3"}
        {"e":"semver(\"1.2.3\").major()","value":1,"most":"2","cost":"2"}
        {"e":"semver(\"1.2.3\").compareTo(semver(\"1.2.3-2\"))","value":1,"most":"3","cost":"3"}
        {"e":"semver(\"1.2\", true).isLessThan(semver(\"1.2.3\"))","value":true,"most":"3","cost":"3"}
        {"e":"isSemver(\"1\", true)","value":true,"most":"1","cost":"1"}
        {"e":"semver(\"1\", true) == semver(\"1.2.3-alpha\")","value":false,"most":"4","cost":"4"}
        {"e":"semver(\"v1.2.3\").compareTo(semver(\"1.2.3\"))","error":"Invalid character(s) found in major number \"v1\"","most":"3"}
        {"e":"isSemver(\"1.2.3-alpha\")","value":true,"most":"2","cost":"2"}
        {"e":"semver(\"1.2.3-alpha\", true).isLessThan(semver(\"1.2.3-alpha\"))","value":false,"most":"5","cost":"5"}
        {"e":"semver(\"1.2.3-alpha.1\").patch()","value":3,"most":"3","cost":"3"}
        {"e":"semver(\"1.2.3-alpha.1\", true) == semver(\"1.2.3-2\")","value":false,"most":"4","cost":"4"}
        {"e":"semver(\"1.2.3-alpha.01\").compareTo(semver(\"1.2.3-alpha\"))","error":"Numeric PreRelease version must not contain leading zeroes \"01\"","most":"5"}
        {"e":"semver(\"1.2.3+build\", true).minor()","value":2,"most":"3","cost":"3"}
        {"e":"semver(\"1.2.3+build\", true).isLessThan(semver(\"1.2.3-2\"))","value":false,"most":"4","cost":"4"}
        {"e":"semver(\"1.2.3-a+b.c\", true) == semver(\"1.2.3\")","value":false,"most":"4","cost":"4"}
        {"e":"semver(\"01.2.3\").major()","error":"Major number must not contain leading zeroes \"01\"","most":"2"}
        {"e":"semver(\"01.2.3\").compareTo(semver(\"1.2.3-2\"))","error":"Major number must not contain leading zeroes \"01\"","most":"3"}
        {"e":"semver(\"1.02.3\", true).isLessThan(semver(\"1.2.3\"))","value":false,"most":"3","cost":"3"}
        {"e":"isSemver(\"1.2.03\", true)","value":true,"most":"1","cost":"1"}
        {"e":"semver(\"1.2.03\", true) == semver(\"1.2.3-alpha\")","value":false,"most":"4","cost":"4"}
        {"e":"semver(\"\").compareTo(semver(\"1.2.3\"))","error":"Version string empty","most":"2"}
        {"e":"isSemver(\"a.b.c\")","value":false,"most":"1","cost":"1"}
        {"e":"semver(\"a.b.c\", true).isLessThan(semver(\"1.2.3-alpha\"))","error":"Invalid character(s) found in major number \"a\"","most":"4"}
        {"e":"semver(\"1.2.3.4\").patch()","error":"Invalid character(s) found in patch number \"3.4\"","most":"2"}
        {"e":"semver(\"1.2.3.4\", true) == semver(\"1.2.3-2\")","error":"Invalid character(s) found in patch number \"3.4\"","most":"3"}
        {"e":"semver(\"1.2.3-\").compareTo(semver(\"1.2.3-alpha\"))","error":"Prerelease is empty","most":"4"}
        {"e":"semver(\"1.2.3+\", true).minor()","error":"Build meta data is empty","most":"2"}
        {"e":"semver(\"1.2.3+\", true).isLessThan(semver(\"1.2.3-2\"))","error":"Build meta data is empty","most":"3"}
        {"e":"semver(\"1.2.x\", true) == semver(\"1.2.3\")","error":"Invalid character(s) found in patch number \"x\"","most":"3"}
        {"e":"semver(\"-1.2.3\").major()","error":"Invalid character(s) found in major number \"-1\"","most":"2"}
        {"e":"semver(\"-1.2.3\").compareTo(semver(\"1.2.3-2\"))","error":"Invalid character(s) found in major number \"-1\"","most":"3"}
        {"e":"semver(\"1.2.18446744073709551616\", true).isLessThan(semver(\"1.2.3\"))","error":"strconv.ParseUint: parsing \"18446744073709551616\": value out of range","most":"5"}
        {"e":"isSemver(\"v01.02\", true)","value":true,"most":"1","cost":"1"}
        {"e":"semver(\"v01.02\", true) == semver(\"1.2.3-alpha\")","value":false,"most":"4","cost":"4"}
        {"e":"semver(\"1.2-a\").compareTo(semver(\"1.2.3\"))","error":"No Major.Minor.Patch elements found","most":"3"}
        {"e":"isSemver(\"1.2.3-ä\")","value":false,"most":"1","cost":"1"}
        {"e":"semver(\"1.2.3-ä\", true).isLessThan(semver(\"1.2.3-alpha\"))","error":"Invalid character(s) found in prerelease \"ä\"","most":"4"}
        {"e":"semver(\"1.2.3-1\").patch()","value":3,"most":"2","cost":"2"}
        {"e":"semver(\"1.2.3-1\", true) == semver(\"1.2.3-2\")","value":false,"most":"3","cost":"3"}
        {"e":"semver(\"1.2.3-2\").compareTo(semver(\"1.2.3-alpha\"))","value":-1,"most":"4","cost":"4"}
        {"e":"semver(\"1.0.0-alpha.beta\", true).minor()","value":0,"most":"3","cost":"3"}
        {"e":"semver(\"1.0.0-alpha.beta\", true).isLessThan(semver(\"1.2.3-2\"))","value":true,"most":"4","cost":"4"}
        {"e":"semver(\"1..3\", true) == semver(\"1.2.3\")","error":"strconv.ParseUint: parsing \"\": invalid syntax","most":"3"}
        {"e":"semver(\"vv1.2.3\").major()","error":"Invalid character(s) found in major number \"vv1\"","most":"2"}
        {"e":"semver(\"vv1.2.3\").compareTo(semver(\"1.2.3-2\"))","error":"Invalid character(s) found in major number \"vv1\"","most":"3"}
        {"e":"semver(\"00.1\", true).isLessThan(semver(\"1.2.3\"))","value":true,"most":"3","cost":"3"}
        {"e":"isSemver(\"1.2.3-0a\", true)","value":true,"most":"1","cost":"1"}
        {"e":"semver(\"1.2.3-0a\", true) == semver(\"1.2.3-alpha\")","value":false,"most":"4","cost":"4"}
        {"e":"format.named(\"dns1123Label\").optMap(f, f.validate(\"a_b\"))","value":["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"dns1123Label\").optMap(f, f.validate(\"A_b.C\"))","value":["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"dns1123Label\").optMap(f, f.validate(\"zz\"))","value":null,"most":"48"}
        {"e":"format.named(\"dns1123Label\").optMap(f, f.validate(\"2020-01-01T00:00:00+01:00\"))","value":["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],"most":"112"}
        {"e":"format.named(\"dns1123Subdomain\").optMap(f, f.validate(\"1a\"))","value":null,"most":"48"}
        {"e":"format.named(\"dns1123Subdomain\").optMap(f, f.validate(\"aGVsbG8\"))","value":["a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"],"most":"48"}
        {"e":"format.named(\"dns1123Subdomain\").optMap(f, f.validate(\"a b\"))","value":["a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"],"most":"48"}
        {"e":"format.named(\"dns1035Label\").optMap(f, f.validate(\"abc\"))","value":null,"most":"48"}
        {"e":"format.named(\"dns1035Label\").optMap(f, f.validate(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"))","value":["must be no more than 63 characters"],"most":"848"}
        {"e":"format.named(\"dns1035Label\").optMap(f, f.validate(\"2020-13-01\"))","value":["a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"dns1035Label\").optMap(f, f.validate(\".a\"))","value":["a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"qualifiedName\").optMap(f, f.validate(\"a-\"))","value":["name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"],"most":"48"}
        {"e":"format.named(\"qualifiedName\").optMap(f, f.validate(\"x.y/z\"))","value":null,"most":"48"}
        {"e":"format.named(\"qualifiedName\").optMap(f, f.validate(\"2020-01-01T25:00:00Z\"))","value":["name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"],"most":"80"}
        {"e":"format.named(\"qualifiedName\").optMap(f, f.validate(\"a..b\"))","value":null,"most":"48"}
        {"e":"format.named(\"dns1123LabelPrefix\").optMap(f, f.validate(\"a.b\"))","value":["must not contain dots"],"most":"48"}
        {"e":"format.named(\"dns1123LabelPrefix\").optMap(f, f.validate(\"a/b/c\"))","value":["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"dns1123LabelPrefix\").optMap(f, f.validate(\"123e4567e89b12d3a456426614174000\"))","value":null,"most":"144"}
        {"e":"format.named(\"dns1123LabelPrefix\").optMap(f, f.validate(\"2020-01-01t00:00:00z\"))","value":["a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"],"most":"80"}
        {"e":"format.named(\"dns1123SubdomainPrefix\").optMap(f, f.validate(\"\"))","value":["a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"],"most":"16"}
        {"e":"format.named(\"dns1123SubdomainPrefix\").optMap(f, f.validate(\"aGVsbG8=\"))","value":["a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"],"most":"48"}
        {"e":"format.named(\"dns1123SubdomainPrefix\").optMap(f, f.validate(\"https://a\"))","value":["a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"],"most":"48"}
        {"e":"format.dns1123SubdomainPrefix() == format.named(\"dns1123SubdomainPrefix\").value()","value":true,"most":"10","cost":"4"}
        {"e":"format.named(\"dns1035LabelPrefix\").optMap(f, f.validate(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"))","value":["must be no more than 63 characters"],"most":"240"}
        {"e":"format.named(\"dns1035LabelPrefix\").optMap(f, f.validate(\"2020-01-01\"))","value":["a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"dns1035LabelPrefix\").optMap(f, f.validate(\"ä\"))","value":["a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"labelValue\").optMap(f, f.validate(\"Abc\"))","value":null,"most":"48"}
        {"e":"format.named(\"labelValue\").optMap(f, f.validate(\"a/b\"))","value":["a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"labelValue\").optMap(f, f.validate(\"2020-01-01T00:00:00Z\"))","value":["a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"],"most":"80"}
        {"e":"format.named(\"labelValue\").optMap(f, f.validate(\"a.\"))","value":["a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"],"most":"48"}
        {"e":"format.named(\"uri\").optMap(f, f.validate(\"-a\"))","value":["parse \"-a\": invalid URI for request"],"most":"48"}
        {"e":"format.named(\"uri\").optMap(f, f.validate(\"/b\"))","value":null,"most":"48"}
        {"e":"format.named(\"uri\").optMap(f, f.validate(\"123e4567-e89b-12d3-a456-426614174000\"))","value":["parse \"123e4567-e89b-12d3-a456-426614174000\": invalid URI for request"],"most":"144"}
        {"e":"format.named(\"uri\").optMap(f, f.validate(\"2020-01-01T00:00:00\"))","value":["parse \"2020-01-01T00:00:00\": invalid URI for request"],"most":"80"}
        {"e":"format.named(\"uuid\").optMap(f, f.validate(\"a_b\"))","value":["does not match the UUID format"],"most":"48"}
        {"e":"format.named(\"uuid\").optMap(f, f.validate(\"A_b.C\"))","value":["does not match the UUID format"],"most":"48"}
        {"e":"format.named(\"uuid\").optMap(f, f.validate(\"zz\"))","value":["does not match the UUID format"],"most":"48"}
        {"e":"format.named(\"uuid\").optMap(f, f.validate(\"2020-01-01T00:00:00+01:00\"))","value":["does not match the UUID format"],"most":"112"}
        {"e":"format.named(\"byte\").optMap(f, f.validate(\"1a\"))","value":["invalid base64"],"most":"48"}
        {"e":"format.named(\"byte\").optMap(f, f.validate(\"aGVsbG8\"))","value":["invalid base64"],"most":"48"}
        {"e":"format.named(\"byte\").optMap(f, f.validate(\"a b\"))","value":["invalid base64"],"most":"48"}
        {"e":"format.named(\"date\").optMap(f, f.validate(\"abc\"))","value":["invalid date"],"most":"48"}
        {"e":"format.named(\"date\").optMap(f, f.validate(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"))","value":["invalid date"],"most":"848"}
        {"e":"format.named(\"date\").optMap(f, f.validate(\"2020-13-01\"))","value":["invalid date"],"most":"48"}
        {"e":"format.named(\"date\").optMap(f, f.validate(\".a\"))","value":["invalid date"],"most":"48"}
        {"e":"format.named(\"datetime\").optMap(f, f.validate(\"a-\"))","value":["invalid datetime"],"most":"48"}
        {"e":"format.named(\"datetime\").optMap(f, f.validate(\"x.y/z\"))","value":["invalid datetime"],"most":"48"}
        {"e":"format.named(\"datetime\").optMap(f, f.validate(\"2020-01-01T25:00:00Z\"))","value":["invalid datetime"],"most":"80"}
        {"e":"format.named(\"datetime\").optMap(f, f.validate(\"a..b\"))","value":["invalid datetime"],"most":"48"}
        {"e":"\"hello world\".indexOf(\"a\")","value":-1,"most":"2","cost":"1"}
        {"e":"\"hello world\".lastIndexOf(\"a\",-1)","error":"index out of range: -1","most":"2","cost":"1"}
        {"e":"\"hello world\".split(\",\")","value":["hello world"],"most":"3","cost":"3"}
        {"e":"\"hello world\".substring(2,1)","error":"invalid substring range. start: 2, end: 1","most":"2","cost":"2"}
        {"e":"\"hello world\".findAll(\"a*\")","value":["","","","","","","","","","","",""],"most":"2","cost":"2"}
        {"e":"\"\".indexOf(\"\")","value":0,"most":"0","cost":"0"}
        {"e":"\"\".lowerAscii()","value":"","most":"0","cost":"0"}
        {"e":"\"\".split(\"\")","value":[],"most":"0","cost":"0"}
        {"e":"\"\".substring(99)","error":"index out of range: 99","most":"0","cost":"0"}
        {"e":"\"\".findAll(\"x\",0)","value":[],"most":"1","cost":"1"}
        {"e":"\"ä\".indexOf(\"a\",1)","value":-1,"most":"1","cost":"0"}
        {"e":"\"ä\".upperAscii()","value":"ä","most":"1","cost":"1"}
        {"e":"\"ä\".split(\",\",2)","value":["ä"],"most":"1","cost":"1"}
        {"e":"\"ä\".substring(-1)","error":"index out of range: -1","most":"1","cost":"1"}
        {"e":"\"ä\".matches(\"a|b\")","value":false,"most":"1","cost":"1"}
        {"e":"\"日本語\".indexOf(\"a\",99)","value":-1,"most":"1","cost":"0"}
        {"e":"\"日本語\".replace(\"a\",\"bb\")","value":"日本語","most":"1","cost":"1"}
        {"e":"\"日本語\".split(\",\",0)","value":[],"most":"1","cost":"1"}
        {"e":"\"日本語\".substring(0,99)","error":"index out of range: 99","most":"1","cost":"1"}
        {"e":"strings.quote(\"日本語\")","value":"\"日本語\"","most":"1","cost":"1"}
        {"e":"\"aaa\".indexOf(\"a\",-1)","error":"index out of range: -1","most":"1","cost":"0"}
        {"e":"\"aaa\".replace(\"\",\"-\")","value":"-a-a-a-","most":"1","cost":"1"}
        {"e":"\"aaa\".split(\",\",-1)","value":["aaa"],"most":"1","cost":"1"}
        {"e":"\"aaa\".trim()","value":"aaa","most":"1","cost":"1"}
        {"e":"\"a,b,,c\".charAt(0)","value":"a","most":"1","cost":"1"}
        {"e":"\"a,b,,c\".lastIndexOf(\"a\")","value":0,"most":"1","cost":"0"}
        {"e":"\"a,b,,c\".replace(\"a\",\"\",1)","value":",b,,c","most":"2","cost":"2"}
        {"e":"\"a,b,,c\".split(\"\",2)","value":["a",",b,,c"],"most":"2","cost":"2"}
        {"e":"\"a,b,,c\".find(\"[a-z]+\")","value":"a","most":"2","cost":"2"}
        {"e":"[].sum()","value":0,"most":"10","cost":"0"}
        {"e":"[].flatten(2)","value":[],"most":"21","cost":"11"}
        {"e":"[].indexOf(\"a\")","value":-1,"most":"10","cost":"0"}
        {"e":"sets.equivalent([],[3,1,2])","value":false,"most":"21","cost":"1"}
        {"e":"sets.equivalent([],[\"b\",\"a\"])","value":false,"most":"21","cost":"1"}
        {"e":"sets.equivalent([],[duration(\"1s\"),duration(\"1m\")])","value":false,"most":"23","cost":"1"}
        {"e":"sets.equivalent([],[[1],[2,3],[]])","value":false,"most":"51","cost":"1"}
        {"e":"sets.equivalent([],[9223372036854775807,1])","value":false,"most":"21","cost":"1"}
        {"e":"sets.equivalent([],[{}])","value":false,"most":"51","cost":"1"}
        {"e":"[1,2,3].distinct()","value":[1,2,3],"most":"39","cost":"29"}
        {"e":"[1,2,3].last()","value":3,"most":"11","cost":"1"}
        {"e":"sets.intersects([1,2,3],[1,2,3])","value":true,"most":"30","cost":"10"}
        {"e":"sets.intersects([1,2,3],[\"a\",\"b\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(int), list(string))'\n | sets.intersects([1,2,3],[\"a\",\"b\"])\n | ...............^"}
        {"e":"sets.intersects([1,2,3],[true,false])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(int), list(bool))'\n | sets.intersects([1,2,3],[true,false])\n | ...............^"}
        {"e":"sets.intersects([1,2,3],[b\"a\",b\"b\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(int), list(bytes))'\n | sets.intersects([1,2,3],[b\"a\",b\"b\"])\n | ...............^"}
        {"e":"sets.intersects([1,2,3],[null])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(int), list(null))'\n | sets.intersects([1,2,3],[null])\n | ...............^"}
        {"e":"sets.intersects([1,2,3],[type(1)])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(int), list(type(int)))'\n | sets.intersects([1,2,3],[type(1)])\n | ...............^"}
        {"e":"[3,1,2].indexOf(1)","value":1,"most":"13","cost":"3"}
        {"e":"[3,1,2].slice(1,0)","error":"cannot slice(1, 0), start index must be less than or equal to end index","most":"18446744073709551615"}
        {"e":"sets.contains([3,1,2],[])","value":true,"most":"21","cost":"1"}
        {"e":"sets.contains([3,1,2],[1,1])","value":true,"most":"27","cost":"7"}
        {"e":"sets.contains([3,1,2],[1.5,0.5])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(double))'\n | sets.contains([3,1,2],[1.5,0.5])\n | .............^"}
        {"e":"sets.contains([3,1,2],[1u,2u])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(uint))'\n | sets.contains([3,1,2],[1u,2u])\n | .............^"}
        {"e":"sets.contains([3,1,2],[[1,[2]],[3]])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(list(dyn)))'\n | sets.contains([3,1,2],[[1,[2]],[3]])\n | .............^"}
        {"e":"sets.contains([3,1,2],[timestamp(\"2020-01-01T00:00:00Z\")])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(timestamp))'\n | sets.contains([3,1,2],[timestamp(\"2020-01-01T00:00:00Z\")])\n | .............^"}
        {"e":"[1,1].isSorted()","value":true,"most":"12","cost":"2"}
        {"e":"[1,1].flatten()","compile":"ERROR: <input>:1:14: found no matching overload for 'flatten' applied to 'list(int).()'\n | [1,1].flatten()\n | .............^"}
        {"e":"[1,1].join()","compile":"ERROR: <input>:1:11: found no matching overload for 'join' applied to 'list(int).()'\n | [1,1].join()\n | ..........^"}
        {"e":"sets.equivalent([1,1],[1,2,3])","value":false,"most":"33","cost":"13"}
        {"e":"sets.equivalent([1,1],[\"a\",\"b\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(int), list(string))'\n | sets.equivalent([1,1],[\"a\",\"b\"])\n | ...............^"}
        {"e":"sets.equivalent([1,1],[true,false])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(int), list(bool))'\n | sets.equivalent([1,1],[true,false])\n | ...............^"}
        {"e":"sets.equivalent([1,1],[b\"a\",b\"b\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(int), list(bytes))'\n | sets.equivalent([1,1],[b\"a\",b\"b\"])\n | ...............^"}
        {"e":"sets.equivalent([1,1],[null])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(int), list(null))'\n | sets.equivalent([1,1],[null])\n | ...............^"}
        {"e":"sets.equivalent([1,1],[type(1)])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(int), list(type(int)))'\n | sets.equivalent([1,1],[type(1)])\n | ...............^"}
        {"e":"[\"a\",\"b\"].lastIndexOf(1)","compile":"ERROR: <input>:1:22: found no matching overload for 'lastIndexOf' applied to 'list(string).(int)'\n | [\"a\",\"b\"].lastIndexOf(1)\n | .....................^"}
        {"e":"[\"a\",\"b\"].slice(-1,1)","error":"cannot slice(-1, 1), negative indexes not supported","most":"22"}
        {"e":"sets.intersects([\"a\",\"b\"],[])","value":false,"most":"21","cost":"1"}
        {"e":"sets.intersects([\"a\",\"b\"],[1,1])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(string), list(int))'\n | sets.intersects([\"a\",\"b\"],[1,1])\n | ...............^"}
        {"e":"sets.intersects([\"a\",\"b\"],[1.5,0.5])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(string), list(double))'\n | sets.intersects([\"a\",\"b\"],[1.5,0.5])\n | ...............^"}
        {"e":"sets.intersects([\"a\",\"b\"],[1u,2u])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(string), list(uint))'\n | sets.intersects([\"a\",\"b\"],[1u,2u])\n | ...............^"}
        {"e":"sets.intersects([\"a\",\"b\"],[[1,[2]],[3]])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(string), list(list(dyn)))'\n | sets.intersects([\"a\",\"b\"],[[1,[2]],[3]])\n | ...............^"}
        {"e":"sets.intersects([\"a\",\"b\"],[timestamp(\"2020-01-01T00:00:00Z\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(string), list(timestamp))'\n | sets.intersects([\"a\",\"b\"],[timestamp(\"2020-01-01T00:00:00Z\")])\n | ...............^"}
        {"e":"[\"b\",\"a\"].sum()","compile":"ERROR: <input>:1:14: found no matching overload for 'sum' applied to 'list(string).()'\n | [\"b\",\"a\"].sum()\n | .............^"}
        {"e":"[\"b\",\"a\"].flatten(2)","value":["b","a"],"most":"25","cost":"15"}
        {"e":"[\"b\",\"a\"].join(\"-\")","value":"b-a","most":"1844674407370955274","cost":"1"}
        {"e":"sets.contains([\"b\",\"a\"],[3,1,2])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(string), list(int))'\n | sets.contains([\"b\",\"a\"],[3,1,2])\n | .............^"}
        {"e":"sets.contains([\"b\",\"a\"],[\"b\",\"a\"])","value":true,"most":"25","cost":"5"}
        {"e":"sets.contains([\"b\",\"a\"],[duration(\"1s\"),duration(\"1m\")])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(string), list(duration))'\n | sets.contains([\"b\",\"a\"],[duration(\"1s\"),duration(\"1m\")])\n | .............^"}
        {"e":"sets.contains([\"b\",\"a\"],[[1],[2,3],[]])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(string), list(list(int)))'\n | sets.contains([\"b\",\"a\"],[[1],[2,3],[]])\n | .............^"}
        {"e":"sets.contains([\"b\",\"a\"],[9223372036854775807,1])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(string), list(int))'\n | sets.contains([\"b\",\"a\"],[9223372036854775807,1])\n | .............^"}
        {"e":"sets.contains([\"b\",\"a\"],[{}])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(string), list(map(dyn, dyn)))'\n | sets.contains([\"b\",\"a\"],[{}])\n | .............^"}
        {"e":"[1.5,0.5].sort()","value":[0.5,1.5],"most":"29","cost":"19"}
        {"e":"[1.5,0.5].slice(0,9)","error":"cannot slice(0, 9), list is length 2","most":"30"}
        {"e":"sets.equivalent([1.5,0.5],[])","value":false,"most":"21","cost":"1"}
        {"e":"sets.equivalent([1.5,0.5],[1,1])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(double), list(int))'\n | sets.equivalent([1.5,0.5],[1,1])\n | ...............^"}
        {"e":"sets.equivalent([1.5,0.5],[1.5,0.5])","value":true,"most":"29","cost":"9"}
        {"e":"sets.equivalent([1.5,0.5],[1u,2u])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(double), list(uint))'\n | sets.equivalent([1.5,0.5],[1u,2u])\n | ...............^"}
        {"e":"sets.equivalent([1.5,0.5],[[1,[2]],[3]])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(double), list(list(dyn)))'\n | sets.equivalent([1.5,0.5],[[1,[2]],[3]])\n | ...............^"}
        {"e":"sets.equivalent([1.5,0.5],[timestamp(\"2020-01-01T00:00:00Z\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(double), list(timestamp))'\n | sets.equivalent([1.5,0.5],[timestamp(\"2020-01-01T00:00:00Z\")])\n | ...............^"}
        {"e":"[true,false].min()","value":false,"most":"12","cost":"2"}
        {"e":"[true,false].flatten(-1)","error":"level must be non-negative","most":"21"}
        {"e":"[true,false].unwrapOpt()","compile":"ERROR: <input>:1:23: found no matching overload for 'unwrapOpt' applied to 'list(bool).()'\n | [true,false].unwrapOpt()\n | ......................^"}
        {"e":"sets.intersects([true,false],[3,1,2])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bool), list(int))'\n | sets.intersects([true,false],[3,1,2])\n | ...............^"}
        {"e":"sets.intersects([true,false],[\"b\",\"a\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bool), list(string))'\n | sets.intersects([true,false],[\"b\",\"a\"])\n | ...............^"}
        {"e":"sets.intersects([true,false],[duration(\"1s\"),duration(\"1m\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bool), list(duration))'\n | sets.intersects([true,false],[duration(\"1s\"),duration(\"1m\")])\n | ...............^"}
        {"e":"sets.intersects([true,false],[[1],[2,3],[]])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bool), list(list(int)))'\n | sets.intersects([true,false],[[1],[2,3],[]])\n | ...............^"}
        {"e":"sets.intersects([true,false],[9223372036854775807,1])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bool), list(int))'\n | sets.intersects([true,false],[9223372036854775807,1])\n | ...............^"}
        {"e":"sets.intersects([true,false],[{}])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bool), list(map(dyn, dyn)))'\n | sets.intersects([true,false],[{}])\n | ...............^"}
        {"e":"[duration(\"1s\"),duration(\"1m\")].reverse()","value":["60s","1s"],"most":"25","cost":"13"}
        {"e":"[duration(\"1s\"),duration(\"1m\")].first()","value":"1s","most":"13","cost":"1"}
        {"e":"sets.contains([duration(\"1s\"),duration(\"1m\")],[1,2,3])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(duration), list(int))'\n | sets.contains([duration(\"1s\"),duration(\"1m\")],[1,2,3])\n | .............^"}
        {"e":"sets.contains([duration(\"1s\"),duration(\"1m\")],[\"a\",\"b\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(duration), list(string))'\n | sets.contains([duration(\"1s\"),duration(\"1m\")],[\"a\",\"b\"])\n | .............^"}
        {"e":"sets.contains([duration(\"1s\"),duration(\"1m\")],[true,false])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(duration), list(bool))'\n | sets.contains([duration(\"1s\"),duration(\"1m\")],[true,false])\n | .............^"}
        {"e":"sets.contains([duration(\"1s\"),duration(\"1m\")],[b\"a\",b\"b\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(duration), list(bytes))'\n | sets.contains([duration(\"1s\"),duration(\"1m\")],[b\"a\",b\"b\"])\n | .............^"}
        {"e":"sets.contains([duration(\"1s\"),duration(\"1m\")],[null])","value":false,"most":"25","cost":"3"}
        {"e":"sets.contains([duration(\"1s\"),duration(\"1m\")],[type(1)])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(duration), list(type(int)))'\n | sets.contains([duration(\"1s\"),duration(\"1m\")],[type(1)])\n | .............^"}
        {"e":"[1u,2u].max()","value":2,"most":"12","cost":"2"}
        {"e":"[1u,2u].slice(0,1)","value":[1],"most":"22","cost":"12"}
        {"e":"[1u,2u].indexOf(\"a\")","compile":"ERROR: <input>:1:16: found no matching overload for 'indexOf' applied to 'list(uint).(string)'\n | [1u,2u].indexOf(\"a\")\n | ...............^"}
        {"e":"sets.equivalent([1u,2u],[3,1,2])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(uint), list(int))'\n | sets.equivalent([1u,2u],[3,1,2])\n | ...............^"}
        {"e":"sets.equivalent([1u,2u],[\"b\",\"a\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(uint), list(string))'\n | sets.equivalent([1u,2u],[\"b\",\"a\"])\n | ...............^"}
        {"e":"sets.equivalent([1u,2u],[duration(\"1s\"),duration(\"1m\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(uint), list(duration))'\n | sets.equivalent([1u,2u],[duration(\"1s\"),duration(\"1m\")])\n | ...............^"}
        {"e":"sets.equivalent([1u,2u],[[1],[2,3],[]])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(uint), list(list(int)))'\n | sets.equivalent([1u,2u],[[1],[2,3],[]])\n | ...............^"}
        {"e":"sets.equivalent([1u,2u],[9223372036854775807,1])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(uint), list(int))'\n | sets.equivalent([1u,2u],[9223372036854775807,1])\n | ...............^"}
        {"e":"sets.equivalent([1u,2u],[{}])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(uint), list(map(dyn, dyn)))'\n | sets.equivalent([1u,2u],[{}])\n | ...............^"}
        {"e":"[b\"a\",b\"b\"].distinct()","value":["YQ==","Yg=="],"most":"29","cost":"19"}
        {"e":"[b\"a\",b\"b\"].last()","value":"Yg==","most":"11","cost":"1"}
        {"e":"sets.intersects([b\"a\",b\"b\"],[1,2,3])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bytes), list(int))'\n | sets.intersects([b\"a\",b\"b\"],[1,2,3])\n | ...............^"}
        {"e":"sets.intersects([b\"a\",b\"b\"],[\"a\",\"b\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bytes), list(string))'\n | sets.intersects([b\"a\",b\"b\"],[\"a\",\"b\"])\n | ...............^"}
        {"e":"sets.intersects([b\"a\",b\"b\"],[true,false])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bytes), list(bool))'\n | sets.intersects([b\"a\",b\"b\"],[true,false])\n | ...............^"}
        {"e":"sets.intersects([b\"a\",b\"b\"],[b\"a\",b\"b\"])","value":true,"most":"25","cost":"5"}
        {"e":"sets.intersects([b\"a\",b\"b\"],[null])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bytes), list(null))'\n | sets.intersects([b\"a\",b\"b\"],[null])\n | ...............^"}
        {"e":"sets.intersects([b\"a\",b\"b\"],[type(1)])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(bytes), list(type(int)))'\n | sets.intersects([b\"a\",b\"b\"],[type(1)])\n | ...............^"}
        {"e":"[[1],[2,3],[]].indexOf(1)","compile":"ERROR: <input>:1:23: found no matching overload for 'indexOf' applied to 'list(list(int)).(int)'\n | [[1],[2,3],[]].indexOf(1)\n | ......................^"}
        {"e":"[[1],[2,3],[]].slice(1,0)","error":"cannot slice(1, 0), start index must be less than or equal to end index","most":"18446744073709551615"}
        {"e":"sets.contains([[1],[2,3],[]],[])","value":true,"most":"51","cost":"1"}
        {"e":"sets.contains([[1],[2,3],[]],[1,1])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(list(int)), list(int))'\n | sets.contains([[1],[2,3],[]],[1,1])\n | .............^"}
        {"e":"sets.contains([[1],[2,3],[]],[1.5,0.5])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(list(int)), list(double))'\n | sets.contains([[1],[2,3],[]],[1.5,0.5])\n | .............^"}
        {"e":"sets.contains([[1],[2,3],[]],[1u,2u])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(list(int)), list(uint))'\n | sets.contains([[1],[2,3],[]],[1u,2u])\n | .............^"}
        {"e":"sets.contains([[1],[2,3],[]],[null])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(list(int)), list(null))'\n | sets.contains([[1],[2,3],[]],[null])\n | .............^"}
        {"e":"sets.contains([[1],[2,3],[]],[type(1)])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(list(int)), list(type(int)))'\n | sets.contains([[1],[2,3],[]],[type(1)])\n | .............^"}
        {"e":"[[1,[2]],[3]].max()","compile":"ERROR: <input>:1:18: found no matching overload for 'max' applied to 'list(list(dyn)).()'\n | [[1,[2]],[3]].max()\n | .................^"}
        {"e":"[[1,[2]],[3]].slice(0,1)","compile":"ERROR: <input>:1:5: expected type 'int' but found 'list(int)'\n | [[1,[2]],[3]].slice(0,1)\n | ....^\nERROR: <input>:1:10: expected type 'list(dyn)' but found 'list(int)'\n | [[1,[2]],[3]].slice(0,1)\n | .........^"}
        {"e":"[[1,[2]],[3]].indexOf(\"a\")","compile":"ERROR: <input>:1:22: found no matching overload for 'indexOf' applied to 'list(list(dyn)).(string)'\n | [[1,[2]],[3]].indexOf(\"a\")\n | .....................^"}
        {"e":"sets.equivalent([[1,[2]],[3]],[3,1,2])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(list(dyn)), list(int))'\n | sets.equivalent([[1,[2]],[3]],[3,1,2])\n | ...............^"}
        {"e":"sets.equivalent([[1,[2]],[3]],[\"b\",\"a\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(list(dyn)), list(string))'\n | sets.equivalent([[1,[2]],[3]],[\"b\",\"a\"])\n | ...............^"}
        {"e":"sets.equivalent([[1,[2]],[3]],[duration(\"1s\"),duration(\"1m\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(list(dyn)), list(duration))'\n | sets.equivalent([[1,[2]],[3]],[duration(\"1s\"),duration(\"1m\")])\n | ...............^"}
        {"e":"sets.equivalent([[1,[2]],[3]],[[1,[2]],[3]])","compile":"ERROR: <input>:1:21: expected type 'int' but found 'list(int)'\n | sets.equivalent([[1,[2]],[3]],[[1,[2]],[3]])\n | ....................^\nERROR: <input>:1:26: expected type 'list(dyn)' but found 'list(int)'\n | sets.equivalent([[1,[2]],[3]],[[1,[2]],[3]])\n | .........................^\nERROR: <input>:1:35: expected type 'int' but found 'list(int)'\n | sets.equivalent([[1,[2]],[3]],[[1,[2]],[3]])\n | ..................................^\nERROR: <input>:1:40: expected type 'list(dyn)' but found 'list(int)'\n | sets.equivalent([[1,[2]],[3]],[[1,[2]],[3]])\n | .......................................^"}
        {"e":"sets.equivalent([[1,[2]],[3]],[timestamp(\"2020-01-01T00:00:00Z\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(list(dyn)), list(timestamp))'\n | sets.equivalent([[1,[2]],[3]],[timestamp(\"2020-01-01T00:00:00Z\")])\n | ...............^"}
        {"e":"[null].sort()","error":"list elements must be comparable","most":"23"}
        {"e":"[null].slice(0,9)","error":"cannot slice(0, 9), list is length 1","most":"30","cost":"12"}
        {"e":"sets.contains([null],[1,2,3])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(null), list(int))'\n | sets.contains([null],[1,2,3])\n | .............^"}
        {"e":"sets.contains([null],[\"a\",\"b\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(null), list(string))'\n | sets.contains([null],[\"a\",\"b\"])\n | .............^"}
        {"e":"sets.contains([null],[true,false])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(null), list(bool))'\n | sets.contains([null],[true,false])\n | .............^"}
        {"e":"sets.contains([null],[b\"a\",b\"b\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(null), list(bytes))'\n | sets.contains([null],[b\"a\",b\"b\"])\n | .............^"}
        {"e":"sets.contains([null],[null])","value":true,"most":"22","cost":"2"}
        {"e":"sets.contains([null],[type(1)])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(null), list(type(int)))'\n | sets.contains([null],[type(1)])\n | .............^"}
        {"e":"[9223372036854775807,1].indexOf(1)","value":1,"most":"12","cost":"2"}
        {"e":"[9223372036854775807,1].join(\"-\")","compile":"ERROR: <input>:1:29: found no matching overload for 'join' applied to 'list(int).(string)'\n | [9223372036854775807,1].join(\"-\")\n | ............................^"}
        {"e":"sets.contains([9223372036854775807,1],[3,1,2])","value":false,"most":"27","cost":"7"}
        {"e":"sets.contains([9223372036854775807,1],[\"b\",\"a\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(string))'\n | sets.contains([9223372036854775807,1],[\"b\",\"a\"])\n | .............^"}
        {"e":"sets.contains([9223372036854775807,1],[duration(\"1s\"),duration(\"1m\")])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(duration))'\n | sets.contains([9223372036854775807,1],[duration(\"1s\"),duration(\"1m\")])\n | .............^"}
        {"e":"sets.contains([9223372036854775807,1],[[1],[2,3],[]])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(list(int)))'\n | sets.contains([9223372036854775807,1],[[1],[2,3],[]])\n | .............^"}
        {"e":"sets.contains([9223372036854775807,1],[9223372036854775807,1])","value":true,"most":"25","cost":"5"}
        {"e":"sets.contains([9223372036854775807,1],[{}])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(int), list(map(dyn, dyn)))'\n | sets.contains([9223372036854775807,1],[{}])\n | .............^"}
        {"e":"[timestamp(\"2020-01-01T00:00:00Z\")].sort()","value":["2020-01-01T00:00:00Z"],"most":"24","cost":"13"}
        {"e":"[timestamp(\"2020-01-01T00:00:00Z\")].slice(0,9)","error":"cannot slice(0, 9), list is length 1","most":"31","cost":"12"}
        {"e":"sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[])","value":false,"most":"22","cost":"1"}
        {"e":"sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[1,1])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(timestamp), list(int))'\n | sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[1,1])\n | ...............^"}
        {"e":"sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[1.5,0.5])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(timestamp), list(double))'\n | sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[1.5,0.5])\n | ...............^"}
        {"e":"sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[1u,2u])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(timestamp), list(uint))'\n | sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[1u,2u])\n | ...............^"}
        {"e":"sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[[1,[2]],[3]])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.equivalent' applied to '(list(timestamp), list(list(dyn)))'\n | sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[[1,[2]],[3]])\n | ...............^"}
        {"e":"sets.equivalent([timestamp(\"2020-01-01T00:00:00Z\")],[timestamp(\"2020-01-01T00:00:00Z\")])","value":true,"most":"25","cost":"3"}
        {"e":"[type(1)].min()","compile":"ERROR: <input>:1:14: found no matching overload for 'min' applied to 'list(type(int)).()'\n | [type(1)].min()\n | .............^"}
        {"e":"[type(1)].flatten(-1)","error":"level must be non-negative","most":"22"}
        {"e":"[type(1)].unwrapOpt()","compile":"ERROR: <input>:1:20: found no matching overload for 'unwrapOpt' applied to 'list(type(int)).()'\n | [type(1)].unwrapOpt()\n | ...................^"}
        {"e":"sets.intersects([type(1)],[3,1,2])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(type(int)), list(int))'\n | sets.intersects([type(1)],[3,1,2])\n | ...............^"}
        {"e":"sets.intersects([type(1)],[\"b\",\"a\"])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(type(int)), list(string))'\n | sets.intersects([type(1)],[\"b\",\"a\"])\n | ...............^"}
        {"e":"sets.intersects([type(1)],[duration(\"1s\"),duration(\"1m\")])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(type(int)), list(duration))'\n | sets.intersects([type(1)],[duration(\"1s\"),duration(\"1m\")])\n | ...............^"}
        {"e":"sets.intersects([type(1)],[[1],[2,3],[]])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(type(int)), list(list(int)))'\n | sets.intersects([type(1)],[[1],[2,3],[]])\n | ...............^"}
        {"e":"sets.intersects([type(1)],[9223372036854775807,1])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(type(int)), list(int))'\n | sets.intersects([type(1)],[9223372036854775807,1])\n | ...............^"}
        {"e":"sets.intersects([type(1)],[{}])","compile":"ERROR: <input>:1:16: found no matching overload for 'sets.intersects' applied to '(list(type(int)), list(map(dyn, dyn)))'\n | sets.intersects([type(1)],[{}])\n | ...............^"}
        {"e":"[{}].reverse()","value":[{}],"most":"52","cost":"12"}
        {"e":"[{}].first()","value":{},"most":"41","cost":"1"}
        {"e":"sets.contains([{}],[1,2,3])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(map(dyn, dyn)), list(int))'\n | sets.contains([{}],[1,2,3])\n | .............^"}
        {"e":"sets.contains([{}],[\"a\",\"b\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(map(dyn, dyn)), list(string))'\n | sets.contains([{}],[\"a\",\"b\"])\n | .............^"}
        {"e":"sets.contains([{}],[true,false])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(map(dyn, dyn)), list(bool))'\n | sets.contains([{}],[true,false])\n | .............^"}
        {"e":"sets.contains([{}],[b\"a\",b\"b\"])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(map(dyn, dyn)), list(bytes))'\n | sets.contains([{}],[b\"a\",b\"b\"])\n | .............^"}
        {"e":"sets.contains([{}],[null])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(map(dyn, dyn)), list(null))'\n | sets.contains([{}],[null])\n | .............^"}
        {"e":"sets.contains([{}],[type(1)])","compile":"ERROR: <input>:1:14: found no matching overload for 'sets.contains' applied to '(list(map(dyn, dyn)), list(type(int)))'\n | sets.contains([{}],[type(1)])\n | .............^"}
        {"e":"\"%s %s\".format([1,\"a\"])","value":"1 a","most":"11","cost":"1"}
        {"e":"\"%.0f\".format([1.5])","value":"2","most":"11","cost":"1"}
        {"e":"\"%s\".format([{\"a\":1}])","value":"{\"a\":1}","most":"41","cost":"1"}
        {"e":"optional.none().value()","error":"optional.none() dereference","most":"2","cost":"2"}
        {"e":"format.dns1123Label() == format.named(\"dns1123Label\").value()","value":true,"most":"10","cost":"4"}
        {"e":"format.dns1123Subdomain() == format.named(\"dns1123Subdomain\").value()","value":true,"most":"10","cost":"4"}
        {"e":"format.dns1035Label() == format.named(\"dns1035Label\").value()","value":true,"most":"10","cost":"4"}
        {"e":"format.dns1123LabelPrefix() == format.named(\"dns1123LabelPrefix\").value()","value":true,"most":"10","cost":"4"}
        {"e":"format.dns1035LabelPrefix() == format.named(\"dns1035LabelPrefix\").value()","value":true,"most":"10","cost":"4"}
        {"e":"strings.quote(\"hello world\")","value":"\"hello world\"","most":"2","cost":"2"}
        {"e":"strings.quote(\"\")","value":"\"\"","most":"0","cost":"0"}
        {"e":"strings.quote(\"ä\")","value":"\"ä\"","most":"1","cost":"1"}
        {"e":"strings.quote(\"aaa\")","value":"\"aaa\"","most":"1","cost":"1"}
        {"e":"strings.quote(\"a,b,,c\")","value":"\"a,b,,c\"","most":"1","cost":"1"}
        {"e":"lists.range(3)","value":[0,1,2],"most":"14","cost":"14"}
        {"e":"lists.range(0)","value":[],"most":"11","cost":"11"}
        {"e":"lists.range(-1)","value":[],"most":"11","cost":"11"}
        {"e":"\"%d\".format([1.5])","compile":"ERROR: <input>:1:14: error during formatting: decimal clause can only be used on integers, was given double\n | \"%d\".format([1.5])\n | .............^"}
        {"e":"\"%5d\".format([1])","compile":"ERROR: <input>:1:13: could not parse formatting clause: unrecognized formatting clause \"5\"\n | \"%5d\".format([1])\n | ............^"}
        {"e":"\"%s\"","value":"%s","most":"0","cost":"0"}
        {"e":"\"%\".format([])","compile":"ERROR: <input>:1:11: unexpected end of string\n | \"%\".format([])\n | ..........^"}
        {"e":"\"%s\".format([])","compile":"ERROR: <input>:1:12: index 0 out of range\n | \"%s\".format([])\n | ...........^"}
        {"e":"\"%s %s\".format([\"a\"])","compile":"ERROR: <input>:1:15: index 1 out of range\n | \"%s %s\".format([\"a\"])\n | ..............^"}
        {"e":"\"%.3f\".format([1234567.891])","value":"1,234,567.891","most":"11","cost":"1"}
        {"e":"\"%.0f\".format([0.5])","value":"0","most":"11","cost":"1"}
        {"e":"\"%.1f\".format([0.25])","value":"0.2","most":"11","cost":"1"}
        {"e":"\"%e\".format([123456.789])","value":"1.234568×10⁰⁵","most":"11","cost":"1"}
        {"e":"\"%.3e\".format([0.00012345])","value":"1.234500×10⁻⁰⁴","most":"11","cost":"1"}
        {"e":"\"%x\".format([\"hi\"])","value":"6869","most":"11","cost":"1"}
        {"e":"\"%X\".format([255])","value":"FF","most":"11","cost":"1"}
        {"e":"\"%b\".format([true])","value":"1","most":"11","cost":"1"}
        {"e":"\"%o\".format([8u])","value":"10","most":"11","cost":"1"}
        {"e":"\"%s\".format([[1,2.5,\"x\",null,b\"y\"]])","value":"[1, 2.500000, \"x\", null, b\"y\"]","most":"21","cost":"1"}
        {"e":"\"%%\".format([])","value":"%","most":"11","cost":"1"}
        {"e":"\"%d\".format([dyn(\"x\")])","error":"error during formatting: decimal clause can only be used on integers, was given string","most":"12","cost":"1"}
        {"e":"\"%f\".format([\"NaN\"])","value":"NaN","most":"11","cost":"1"}
        {"e":"\"%f\".format([1])","compile":"ERROR: <input>:1:14: error during formatting: fixed-point clause can only be used on doubles, was given int\n | \"%f\".format([1])\n | .............^"}
        {"e":"\"%s\".format([optional.of(1)])","compile":"ERROR: <input>:1:25: error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given optional_type\n | \"%s\".format([optional.of(1)])\n | ........................^"}
        {"e":"\"%q\".format([1])","compile":"ERROR: <input>:1:12: could not parse formatting clause: unrecognized formatting clause \"q\"\n | \"%q\".format([1])\n | ...........^"}
        {"e":"optional.of(1).value()","value":1,"most":"2","cost":"2"}
        {"e":"optional.ofNonZeroValue(0).hasValue()","value":false,"most":"2","cost":"2"}
        {"e":"optional.ofNonZeroValue([]).orValue([1])","value":[1],"most":"22","cost":"1"}
        {"e":"optional.of(1).or(optional.of(2)).value()","value":1,"most":"4","cost":"2"}
        {"e":"optional.unwrap([optional.of(1), optional.none()])","value":[1],"most":"13","cost":"13"}
        """#
}
