package io.k3j.dnsmessage;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts an answer into a message for one client: compressed names, the question as the client spelled it, TC and as
/// many whole records as fit (RFC 1035 §4.1, RFC 2181 §9). For one message, on one thread.
public final class DnsMessageWriter {
    private static final int QR = 0x8000;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int OPT_LENGTH = 11;
    private static final int FURTHEST_POINTER = 0x3FFF;
    private static final int POINTER = 0xC000;
    private static final int LONGEST = 65_535;
    private final DnsQuery query;
    private final int most;
    private byte[] out;
    private int at;
    private @Nullable Map<String, Integer> places;

    private DnsMessageWriter(DnsQuery query, int most) {
        this.query = query;
        this.most = most - (query.edns() ? OPT_LENGTH : 0);
        this.out = new byte[DnsQuery.PLAIN_UDP];
    }

    /// The response; at most `most` bytes, cut with TC when all of it is longer.
    /// @param query gives id, RD, CD, the question in its spelling, and whether OPT is wanted
    /// @param most in bytes: 512, what the client's OPT says, or 65535 over TCP
    /// @return a message that is complete in itself; RA is always set, records are left out whole
    public static byte[] write(DnsQuery query, DnsAnswer answer, int most) {
        return new DnsMessageWriter(query, Math.min(most, LONGEST)).write(answer);
    }

    /// A response to a message that could not be read or is not for us: header only, of an operation as asked.
    /// @param request of a header at least
    /// @param code of four bits
    /// @return twelve bytes: the id and operation of the request, no sections
    public static byte[] failure(byte[] request, int code) {
        byte[] head = new byte[DnsQuery.HEADER];
        System.arraycopy(request, 0, head, 0, 2);
        head[2] = (byte) (0x80 | request[2] & 0x79);
        head[3] = (byte) (0x80 | code);
        return head;
    }

    private byte[] write(DnsAnswer answer) {
        int questionLength = query.end() - DnsQuery.HEADER;
        at = DnsQuery.HEADER;
        room(questionLength);
        System.arraycopy(query.wire(), DnsQuery.HEADER, out, at, questionLength);
        at += questionLength;
        int records = section(answer.records());
        boolean cut = records < answer.records().size();
        int authority = cut ? 0 : section(answer.authority());
        cut |= authority < answer.authority().size();
        int additional = cut ? 0 : section(answer.additional());
        cut |= additional < answer.additional().size();
        if (query.edns()) {
            option(answer.code());
        }
        number(0, query.id());
        number(2, QR | query.flags() & (DnsQuery.RECURSION | DnsQuery.CHECKING_DISABLED) | RECURSION_AVAILABLE
                | answer.flags() | (cut ? TRUNCATED : 0) | answer.code() & 0xF);
        number(4, 1);
        number(6, records);
        number(8, authority);
        number(10, additional + (query.edns() ? 1 : 0));
        return Arrays.copyOf(out, at);
    }

    /// How many of the records fit.
    private int section(List<ResourceRecord> records) {
        int n = 0;
        for (ResourceRecord r : records) {
            int before = at;
            record(r);
            if (at > most) {
                at = before;
                return n;
            }
            n++;
        }
        return n;
    }

    /// One record: owner, type, class, time to live, length, data; the only name of CNAME, PTR and NS is compressed,
    /// too.
    private void record(ResourceRecord r) {
        name(r.name());
        room(10 + r.data().length);
        put(r.type());
        put(r.kind());
        put((int) (r.ttl() >>> 16));
        put((int) r.ttl());
        int length = at;
        at += 2;
        if (r.type() == RecordType.CNAME || r.type() == RecordType.PTR || r.type() == RecordType.NS) {
            name(r.target().orElse(""));
        } else {
            System.arraycopy(r.data(), 0, out, at, r.data().length);
            at += r.data().length;
        }
        number(length, at - length - 2);
    }

    /// A name, as a pointer where it or its end stands already. The name of the question keeps the client's spelling.
    private void name(String name) {
        if (name.length() == query.spelled().length() && name.equalsIgnoreCase(query.spelled()) && !name.isEmpty()) {
            room(2);
            put(POINTER | DnsQuery.HEADER);
            return;
        }
        Map<String, Integer> known = places == null ? suffixes() : places;
        places = known;
        int from = 0;
        while (from < name.length()) {
            String rest = name.substring(from);
            Integer there = known.get(rest);
            if (there != null) {
                room(2);
                put(POINTER | there);
                return;
            }
            int end = DomainNames.labelEnd(name, from);
            if (at <= FURTHEST_POINTER) {
                known.put(rest, at);
            }
            byte[] label = DomainNames.wire(name.substring(from, end));
            room(label.length);
            System.arraycopy(label, 0, out, at, label.length - 1);
            at += label.length - 1;
            from = end + 1;
        }
        room(1);
        out[at++] = 0;
    }

    /// Where the ends of the question's name stand, which most other names share.
    private Map<String, Integer> suffixes() {
        Map<String, Integer> all = new HashMap<>();
        int place = DnsQuery.HEADER;
        String name = query.spelled();
        for (int from = 0; from < name.length(); from = DomainNames.labelEnd(name, from) + 1) {
            all.put(name.substring(from), place);
            place += 1 + (query.wire()[place] & 0xFF);
        }
        return all;
    }

    /// OPT with the upper bits of the code and the DO bit as it came (RFC 6891 §6.1.3); its room was kept free.
    private void option(int code) {
        room(OPT_LENGTH);
        out[at++] = 0;
        put(RecordType.OPT);
        put(DnsQuery.EDNS_UDP);
        put(code >> 4 << 8);
        put(query.dnssec() ? 0x8000 : 0);
        put(0);
    }

    /// Makes room for more bytes; the buffer begins with what fits most answers.
    private void room(int more) {
        if (at + more > out.length) {
            out = Arrays.copyOf(out, Math.max(2 * out.length, at + more));
        }
    }

    /// Sixteen bits at the end.
    private void put(int number) {
        number(at, number);
        at += 2;
    }

    /// Sixteen bits at a place, as counts that are known last.
    private void number(int place, int number) {
        out[place] = (byte) (number >> 8);
        out[place + 1] = (byte) number;
    }
}
