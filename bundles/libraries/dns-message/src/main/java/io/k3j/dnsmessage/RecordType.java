package io.k3j.dnsmessage;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Record types and response codes with their numbers and names
/// (<https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml>).
public final class RecordType {
    /// An IPv4 address (RFC 1035 §3.4.1).
    public static final int A = 1;
    /// A server of the zone (RFC 1035 §3.3.11).
    public static final int NS = 2;
    /// The name this one stands for (RFC 1035 §3.3.1).
    public static final int CNAME = 5;
    /// The start of a zone, in denials with the time they may be kept (RFC 1035 §3.3.13, RFC 2308).
    public static final int SOA = 6;
    /// The name of an address (RFC 1035 §3.3.12).
    public static final int PTR = 12;
    /// Kind of machine (RFC 1035 §3.3.2); here for the probe of the plug-in `loop`.
    public static final int HINFO = 13;
    /// A mail exchanger with its preference (RFC 1035 §3.3.9).
    public static final int MX = 15;
    /// Strings of up to 255 bytes (RFC 1035 §3.3.14).
    public static final int TXT = 16;
    /// An IPv6 address (RFC 3596).
    public static final int AAAA = 28;
    /// A port of a service with its target (RFC 2782).
    public static final int SRV = 33;
    /// The name all names below this one stand for (RFC 6672).
    public static final int DNAME = 39;
    /// What EDNS adds to a message; no record of any name (RFC 6891).
    public static final int OPT = 41;
    /// Who is told that a zone is signed (RFC 4034 §5), above the zone itself.
    public static final int DS = 43;
    /// What has changed in a zone (RFC 1995); refused.
    public static final int IXFR = 251;
    /// All of a zone (RFC 5936); refused.
    public static final int AXFR = 252;
    /// Only asked for: records of every type (RFC 8482).
    public static final int ANY = 255;
    /// Which authorities may make certificates of a name (RFC 8659).
    public static final int CAA = 257;
    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(A, "A"), Map.entry(NS, "NS"),
            Map.entry(CNAME, "CNAME"), Map.entry(SOA, "SOA"), Map.entry(PTR, "PTR"), Map.entry(HINFO, "HINFO"),
            Map.entry(MX, "MX"), Map.entry(TXT, "TXT"), Map.entry(AAAA, "AAAA"), Map.entry(SRV, "SRV"),
            Map.entry(35, "NAPTR"), Map.entry(DNAME, "DNAME"), Map.entry(OPT, "OPT"), Map.entry(DS, "DS"),
            Map.entry(46, "RRSIG"), Map.entry(47, "NSEC"), Map.entry(48, "DNSKEY"), Map.entry(50, "NSEC3"),
            Map.entry(64, "SVCB"), Map.entry(65, "HTTPS"), Map.entry(CAA, "CAA"), Map.entry(IXFR, "IXFR"),
            Map.entry(AXFR, "AXFR"), Map.entry(ANY, "ANY"));
    private static final Map<String, Integer> NUMBERS = numbers();
    private static final String[] CODES = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
            "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE"};
    private static final int BAD_VERSION = 16;

    private RecordType() {
    }

    private static Map<String, Integer> numbers() {
        Map<String, Integer> all = new HashMap<>();
        NAMES.forEach((number, name) -> all.put(name, number));
        return Map.copyOf(all);
    }

    /// The name of a type, as `AAAA`; `TYPE65280` for one without.
    /// @param type the number of a type, 0 to 65535
    public static String name(int type) {
        String name = NAMES.get(type);
        return name != null ? name : "TYPE" + type;
    }

    /// The number of a type.
    /// @param name in any case; `TYPE65280` is not read, as CoreDNS does not
    /// @throws IllegalArgumentException for an unknown name
    public static int number(String name) {
        Integer number = NUMBERS.get(name.toUpperCase(Locale.ROOT));
        if (number == null) {
            throw new IllegalArgumentException("no record type " + name);
        }
        return number;
    }

    /// The name of a response code, as `NXDOMAIN`.
    /// @param code also extended ones
    /// @return `RCODE23` for one without a name
    public static String code(int code) {
        return code == BAD_VERSION ? "BADVERS" : code >= 0 && code < CODES.length ? CODES[code] : "RCODE" + code;
    }

    /// The number of a response code.
    /// @param name in any case
    /// @return 0 to 10
    /// @throws IllegalArgumentException for an unknown name
    public static int codeOf(String name) {
        for (int i = 0; i < CODES.length; i++) {
            if (CODES[i].equalsIgnoreCase(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no response code " + name);
    }
}
