package io.k3j.dnsmessage;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/// A query as it came (RFC 1035 §4; EDNS of RFC 6891).
///
/// @param id which the response repeats
/// @param flags the second 16 bits of the header
/// @param spelled the name as the client spelled it, which its response repeats
/// @param name the same in lower case
/// @param type of the records that are asked for
/// @param kind the class
/// @param udp the largest UDP response that is sent to this client
/// @param edns whether the client sent an OPT record, so that the response has one
/// @param version of EDNS
/// @param dnssec the flag DO: signatures are wanted
/// @param wire the message; not copied
/// @param end the offset after the question
@SuppressWarnings("ArrayRecordComponent")
public record DnsQuery(int id, int flags, String spelled, String name, int type, int kind, int udp, boolean edns,
        int version,
        boolean dnssec, byte[] wire, int end) {
    /// The bytes before the question.
    public static final int HEADER = 12;
    /// The largest UDP response for a client without EDNS.
    static final int PLAIN_UDP = 512;
    /// The largest UDP response that is never fragmented.
    public static final int EDNS_UDP = 1232;
    /// The flag RD: recursion is wanted.
    public static final int RECURSION = 0x0100;
    /// The flag CD: what a resolver cannot verify is wanted, too (RFC 4035 §3.2.2).
    public static final int CHECKING_DISABLED = 0x0010;
    private static final int RESPONSE = 0x8000;
    private static final int OPCODE = 0x7800;
    private static final int OPT_FIXED = 11;

    /// Reads a query with exactly one question. Records behind it are skipped, but for OPT.
    /// @param message kept as [#wire], so it must not be changed afterwards
    /// @return names and numbers of its question; a version of EDNS other than 0 is not refused here
    /// @throws IllegalArgumentException for anything else
    public static DnsQuery read(byte[] message) {
        if (message.length < HEADER) {
            throw new IllegalArgumentException("short message");
        }
        ByteBuffer b = ByteBuffer.wrap(message);
        try {
            if (b.getShort(4) != 1) {
                throw new IllegalArgumentException("not one question");
            }
            int before = (b.getShort(6) & 0xFFFF) + (b.getShort(8) & 0xFFFF);
            int additional = b.getShort(10) & 0xFFFF;
            b.position(HEADER);
            String spelled = DomainNames.plain(b);
            int type = b.getShort() & 0xFFFF;
            int kind = b.getShort() & 0xFFFF;
            int end = b.position();
            int opt = before + additional == 0 ? -1 : option(b, before, additional);
            boolean edns = opt >= 0;
            int udp = edns ? Math.clamp(b.getShort(opt + 3) & 0xFFFF, PLAIN_UDP, EDNS_UDP) : PLAIN_UDP;
            return new DnsQuery(b.getShort(0) & 0xFFFF, b.getShort(2) & 0xFFFF, spelled, DomainNames.lower(spelled),
                    type, kind,
                    udp, edns, edns ? b.get(opt + 6) & 0xFF : 0, edns && (b.get(opt + 7) & 0x80) != 0, message, end);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("short message", e);
        }
    }

    /// Where the OPT record begins; -1 without one. Every record passed over takes at least eleven bytes of the
    /// message, so this ends.
    private static int option(ByteBuffer b, int before, int additional) {
        int found = -1;
        for (int i = 0; i < before + additional; i++) {
            int at = b.position();
            DomainNames.compressed(b);
            int type = b.getShort() & 0xFFFF;
            b.position(b.position() + 6);
            int length = b.getShort() & 0xFFFF;
            if (length > b.remaining()) {
                throw new IllegalArgumentException("short record");
            }
            b.position(b.position() + length);
            if (type == RecordType.OPT && i >= before) {
                if (found >= 0 || b.get(at) != 0 || b.position() - at < OPT_FIXED) {
                    throw new IllegalArgumentException("more than one OPT record, or one with a name");
                }
                found = at;
            }
        }
        return found;
    }

    /// Whether it asks (RFC 1035: QR is 0).
    /// A response is never answered: two servers would do so for ever.
    boolean question() {
        return (flags & RESPONSE) == 0;
    }

    /// Whether its operation is QUERY.
    /// Others, as NOTIFY and UPDATE, are answered with [DnsAnswer#NOT_IMPLEMENTED].
    boolean standard() {
        return (flags & OPCODE) == 0;
    }

    /// Whether it asks for the class IN; there is no other here.
    public boolean internet() {
        return kind == ResourceRecord.INTERNET;
    }

    /// A query of our own, as if a client without EDNS had asked.
    /// @param name without the dot at the end; empty for the root
    /// @return with the id 0, which whoever sends it replaces by one that cannot be guessed
    public static DnsQuery own(String name, int type) {
        byte[] wire = DomainNames.wire(name);
        return read(ByteBuffer.allocate(HEADER + wire.length + 4).putShort((short) 0).putShort((short) RECURSION)
                .putShort((short) 1).putShort((short) 0).putInt(0).put(wire).putShort((short) type)
                .putShort((short) ResourceRecord.INTERNET).array());
    }
}
