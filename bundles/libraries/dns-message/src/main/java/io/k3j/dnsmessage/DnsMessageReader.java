package io.k3j.dnsmessage;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Reads the response of a resolver, which is not trusted: it must answer the very question, and everything in it has
/// a bound. Pure.
public final class DnsMessageReader {
    /// What the records of one response may take with their names written out: a response of 64 KiB whose names all
    /// point to the same long one would be many times that.
    static final int MOST_EXPANDED = 256 * 1024;
    private static final int RESPONSE = 0x8000;
    private static final int TRUNCATED = 0x0200;
    private final ByteBuffer b;
    private int expanded;

    private DnsMessageReader(ByteBuffer b) {
        this.b = b;
    }

    /// Whether a message is the response to a query with this id and this question (RFC 5452 §9.1), broken or not.
    /// @param message of any length and content
    /// @param id of the query
    /// @param name in lower case, without the dot at the end
    /// @return false for whatever else it may be; a forger has to guess id, port and question
    public static boolean answers(byte[] message, int id, String name, int type) {
        try {
            DnsQuery q = DnsQuery.read(message.length > DnsQuery.HEADER ? headOnly(message) : message);
            return q.id() == id && (q.flags() & RESPONSE) != 0 && q.name().equals(name) && q.type() == type
                    && q.internet();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// The message with no records counted, so that only its question is read.
    private static byte[] headOnly(byte[] message) {
        byte[] copy = message.clone();
        for (int i = 6; i < DnsQuery.HEADER; i++) {
            copy[i] = 0;
        }
        return copy;
    }

    /// Whether it was cut.
    /// @param message of a header at least
    /// @return the flag TC: all of it is to be had over TCP
    public static boolean truncated(byte[] message) {
        return (ByteBuffer.wrap(message).getShort(2) & TRUNCATED) != 0;
    }

    /// The answer of a message that [#answers]; OPT is left out.
    /// @param message one that [#answers] has accepted; its question is passed over
    /// @param from the plug-in that asked, for [DnsAnswer#from]
    /// @return code (with its upper bits from OPT), AA and AD, and three sections
    /// @throws IllegalArgumentException when it is broken or grows beyond [#MOST_EXPANDED]
    public static DnsAnswer read(byte[] message, String from) {
        ByteBuffer b = ByteBuffer.wrap(message);
        try {
            int flags = b.getShort(2) & 0xFFFF;
            int extended = 0;
            b.position(DnsQuery.HEADER);
            DomainNames.plain(b);
            b.position(b.position() + 4);
            DnsMessageReader reader = new DnsMessageReader(b);
            List<ResourceRecord> records = reader.section(b.getShort(6) & 0xFFFF);
            List<ResourceRecord> authority = reader.section(b.getShort(8) & 0xFFFF);
            List<ResourceRecord> additional = new ArrayList<>(reader.section(b.getShort(10) & 0xFFFF));
            for (ResourceRecord r : additional) {
                extended = r.type() == RecordType.OPT ? (int) (r.ttl() >> 24) << 4 : extended;
            }
            additional.removeIf(r -> r.type() == RecordType.OPT);
            return new DnsAnswer(flags & 0xF | extended, flags & (DnsAnswer.AUTHORITATIVE | DnsAnswer.AUTHENTIC),
                    records,
                    authority, additional, from, "");
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("short message", e);
        }
    }

    /// Reads so many records; the count is not believed, memory is taken as they come.
    private List<ResourceRecord> section(int count) {
        List<ResourceRecord> all = new ArrayList<>(Math.min(count, 16));
        for (int i = 0; i < count; i++) {
            String name = DomainNames.lower(DomainNames.compressed(b));
            int type = b.getShort() & 0xFFFF;
            int kind = b.getShort() & 0xFFFF;
            long ttl = b.getInt() & 0xFFFFFFFFL;
            int length = b.getShort() & 0xFFFF;
            byte[] data = data(type, length);
            expanded += name.length() + data.length + 24;
            if (expanded > MOST_EXPANDED) {
                throw new IllegalArgumentException("a response beyond " + MOST_EXPANDED + " bytes (MOST_EXPANDED)");
            }
            // RFC 2181 §8; the time of OPT is none
            all.add(new ResourceRecord(name, type, kind, ttl > Integer.MAX_VALUE && type != RecordType.OPT ? 0 : ttl,
                    data));
        }
        return all;
    }

    /// The data with its names written out.
    private byte[] data(int type, int length) {
        int end = b.position() + length;
        if (length > b.remaining()) {
            throw new IllegalArgumentException("short record");
        }
        int before = ResourceRecord.beforeNames(type, b, b.position());
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 16);
        if (before >= 0) {
            out.write(b.array(), b.position(), Math.min(before, length));
            b.position(b.position() + before);
            for (int i = 0; i < ResourceRecord.names(type); i++) {
                out.writeBytes(DomainNames.wire(DomainNames.compressed(b)));
            }
        }
        if (b.position() > end) {
            throw new IllegalArgumentException("a record that ends within a name");
        }
        out.write(b.array(), b.position(), end - b.position());
        b.position(end);
        return out.toByteArray();
    }
}
