package io.k3j.dnsmessage;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A resource record. Names inside its data are not compressed. The array is shared and never changed.
///
/// @param name the owner
/// @param type as [RecordType#A]; any number that came is kept
/// @param kind the class, 1 for IN
/// @param ttl in seconds
/// @param data the RDATA
@SuppressWarnings("ArrayRecordComponent")
public record ResourceRecord(String name, int type, int kind, long ttl, byte[] data) {
    /// The class IN.
    public static final int INTERNET = 1;
    private static final int NAPTR = 35;
    private static final int NAPTR_FIXED = 4;
    private static final int SRV_FIXED = 6;
    private static final int LONGEST_TEXT = 255;

    /// A or AAAA, by the length of the address.
    /// @param address 4 bytes or 16
    public static ResourceRecord address(String name, long ttl, byte[] address) {
        return new ResourceRecord(name, address.length == 4 ? RecordType.A : RecordType.AAAA, INTERNET, ttl, address);
    }

    /// CNAME, NS or PTR.
    /// @param type [RecordType#CNAME], [RecordType#NS] or [RecordType#PTR]
    /// @throws IllegalArgumentException when the target is no name
    public static ResourceRecord name(String name, int type, long ttl, String target) {
        return new ResourceRecord(name, type, INTERNET, ttl, DomainNames.wire(target));
    }

    /// SRV with the priority 0.
    /// @param weight the share of this target among those of the same name (RFC 2782)
    /// @param port 0 to 65535
    /// @throws IllegalArgumentException when the target is no name
    public static ResourceRecord service(String name, long ttl, int weight, int port, String target) {
        byte[] wire = DomainNames.wire(target);
        return new ResourceRecord(name, RecordType.SRV, INTERNET, ttl,
                ByteBuffer.allocate(SRV_FIXED + wire.length).putShort((short) 0)
                        .putShort((short) weight).putShort((short) port).put(wire).array());
    }

    /// TXT, cut into strings of 255 bytes.
    /// @param text of any length; an empty one is one empty string
    public static ResourceRecord text(String name, long ttl, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 2);
        int from = 0;
        do {
            int n = Math.min(LONGEST_TEXT, bytes.length - from);
            out.write(n);
            out.write(bytes, from, n);
            from += n;
        } while (from < bytes.length);
        return new ResourceRecord(name, RecordType.TXT, INTERNET, ttl, out.toByteArray());
    }

    /// SOA with CoreDNS' numbers.
    /// @param zone the owner; server and mail box are names below it
    /// @param serial of which the lower 32 bits are used
    /// @param ttl also the minimum, by which negative answers are cached
    public static ResourceRecord authority(String zone, long serial, long ttl) {
        String below = zone.isEmpty() ? "" : "." + zone;
        byte[] server = DomainNames.wire("ns.dns" + below);
        byte[] mail = DomainNames.wire("hostmaster" + below);
        return new ResourceRecord(zone, RecordType.SOA, INTERNET, Math.min(ttl, 300),
                ByteBuffer.allocate(server.length + mail.length + 20).put(server).put(mail).putInt((int) serial)
                        .putInt(7200).putInt(1800).putInt(86_400).putInt((int) ttl).array());
    }

    /// With another owner.
    public ResourceRecord withName(String other) {
        return new ResourceRecord(other, type, kind, ttl, data);
    }

    /// With another time to live.
    /// @param seconds not negative
    public ResourceRecord withTtl(long seconds) {
        return new ResourceRecord(name, type, kind, seconds, data);
    }

    /// How many bytes are before the names of a type's data; -1 for a type that has none.
    /// @param at where the data begins in `data`, which may be a whole message
    /// @return for NAPTR what its strings take, so `BufferUnderflowException` when they are cut
    static int beforeNames(int type, ByteBuffer data, int at) {
        return switch (type) {
            case 2, 3, 4, 5, 7, 8, 9, 12, 39, 6, 14, 17 -> 0;
            case 15, 18, 21, 26, 36 -> 2;
            case RecordType.SRV -> SRV_FIXED;
            case NAPTR -> naptr(data, at);
            default -> -1;
        };
    }

    /// Order and preference, and three strings, each after its length (RFC 3403 §4.1).
    private static int naptr(ByteBuffer data, int at) {
        int length = NAPTR_FIXED;
        for (int i = 0; i < 3; i++) {
            length += 1 + (data.get(at + length) & 0xFF);
        }
        return length;
    }

    /// How many names a type's data has.
    static int names(int type) {
        return switch (type) {
            case 6, 14, 17, 26 -> 2;
            default -> 1;
        };
    }

    /// The first name in the data: the target of a CNAME, SRV, MX and so on.
    /// @return empty for a type whose data has no name
    public Optional<String> target() {
        ByteBuffer b = ByteBuffer.wrap(data);
        int before = beforeNames(type, b, 0);
        return before < 0 ? Optional.empty() : Optional.of(DomainNames.plain(b.position(before)));
    }

    /// With another first name in the data.
    /// Only for a record that has a [#target].
    /// @throws IllegalArgumentException when it is no name
    public ResourceRecord withTarget(String target) {
        ByteBuffer b = ByteBuffer.wrap(data);
        int before = beforeNames(type, b, 0);
        DomainNames.plain(b.position(before));
        byte[] wire = DomainNames.wire(target);
        return new ResourceRecord(name, type, kind, ttl, ByteBuffer.allocate(before + wire.length + b.remaining())
                .put(data, 0, before).put(wire).put(b).array());
    }

    /// The minimum of an SOA, by which a negative answer may be cached (RFC 2308).
    /// @return in seconds; 0 when the data is none of an SOA
    public long minimum() {
        return data.length < 4 ? 0 : ByteBuffer.wrap(data).getInt(data.length - 4) & 0xFFFFFFFFL;
    }

    /// As in a zone file, for tests and people.
    @Override
    public String toString() {
        return name + ". " + ttl + " " + RecordType.name(type) + " " + shown();
    }

    /// The data as people read it; bytes as numbers where it has no form here.
    private String shown() {
        try {
            return switch (type) {
                case RecordType.A, RecordType.AAAA -> InetAddress.getByAddress(data).getHostAddress();
                case RecordType.SRV -> (ByteBuffer.wrap(data).getShort(0) & 0xFFFF) + " "
                        + (ByteBuffer.wrap(data).getShort(2) & 0xFFFF) + " "
                        + (ByteBuffer.wrap(data).getShort(4) & 0xFFFF) + " " + target().orElse("") + ".";
                case RecordType.TXT ->
                    "\"" + new String(data, Math.min(1, data.length), Math.max(0, data.length - 1),
                            StandardCharsets.UTF_8) + "\"";
                default -> target().map(t -> t + ".").orElseGet(() -> Arrays.toString(data));
            };
        } catch (UnknownHostException e) {
            return Arrays.toString(data);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResourceRecord r && type == r.type && ttl == r.ttl && name.equals(r.name)
                && Arrays.equals(data, r.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + type) + Arrays.hashCode(data);
    }
}
