package io.k3j.clusterdns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// DNS messages as bytes (RFC 1035, section 4; EDNS of RFC 6891). Pure.
final class Wire {
    static final int HEADER = 12;
    static final int PLAIN_UDP = 512;
    /// The largest UDP answer that is sure not to be fragmented.
    static final int EDNS_UDP = 1232;
    private static final int TTL_SECONDS = 5;
    private static final int LABEL = 63;
    private static final int POINTER = 0xC0;
    private static final int LONGEST_NAME = 255;
    private static final int INTERNET = 1;
    private static final int ANY = 255;
    /// Where EDNS' flags stand after the question, and how long it is without options.
    private static final int OPT_FLAGS = 7;
    private static final int OPT_BARE = 11;

    private Wire() {
    }

    /// A query as far as it matters. `kind` is the class; `udp` is the largest UDP answer the client takes; `options`
    /// whether it has any of EDNS; `end` where the question ends.
    record Query(int id, int flags, Question question, int kind, int udp, boolean edns, boolean dnssec,
            boolean options, int end) {
        /// Whether it is about the Internet, as all names of the cluster are.
        boolean internet() {
            return kind == INTERNET || kind == ANY;
        }

        boolean standard() {
            return (flags & 0xF800) == 0;
        }
    }

    /// Reads a query with exactly one question.
    /// @throws IllegalArgumentException when it is not one
    static Query query(byte[] message) {
        if (message.length < HEADER) {
            throw new IllegalArgumentException("short message");
        }
        ByteBuffer b = ByteBuffer.wrap(message);
        int id = b.getShort() & 0xFFFF;
        int flags = b.getShort() & 0xFFFF;
        int questions = b.getShort();
        b.getShort();
        b.getShort();
        int additional = b.getShort() & 0xFFFF;
        try {
            if (questions != 1) {
                throw new IllegalArgumentException("not one question");
            }
            String name = name(b);
            Question q = new Question(name, b.getShort() & 0xFFFF);
            int kind = b.getShort() & 0xFFFF;
            int end = b.position();
            boolean edns = additional > 0 && b.remaining() >= 5 && b.get(end) == 0
                    && (b.getShort(end + 1) & 0xFFFF) == Type.OPT;
            int udp = edns ? Math.clamp(b.getShort(end + 3) & 0xFFFF, PLAIN_UDP, EDNS_UDP) : PLAIN_UDP;
            boolean dnssec = edns && b.remaining() >= OPT_FLAGS + 2 && (b.get(end + OPT_FLAGS) & 0x80) != 0;
            boolean options = additional > 1 || edns && b.remaining() != OPT_BARE;
            return new Query(id, flags, q, kind, udp, edns, dnssec, options, end);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("short message", e);
        }
    }

    /// Goes behind a name, which may end with a pointer to another.
    /// @throws BufferUnderflowException or [IllegalArgumentException] when the message ends before
    static void skipName(ByteBuffer b) {
        for (int length = b.get() & 0xFF; length != 0; length = b.get() & 0xFF) {
            if ((length & POINTER) == POINTER) {
                b.get();
                return;
            }
            b.position(b.position() + length);
        }
    }

    private static String name(ByteBuffer b) {
        StringBuilder name = new StringBuilder();
        for (int length = b.get() & 0xFF; length != 0; length = b.get() & 0xFF) {
            if (length > LABEL || name.length() > LONGEST_NAME || length > b.remaining()) {
                throw new IllegalArgumentException("bad name");
            }
            byte[] label = new byte[length];
            b.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.ISO_8859_1));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    /// The message that answers `query`, cut to `most` bytes with the truncation bit when it is longer.
    static byte[] answer(byte[] asked, Query query, Answer answer, String zone, int most) {
        byte[] whole = answer(asked, query, answer, zone, false);
        return whole.length <= most ? whole
                : answer(asked, query, new Answer(answer.code(), List.of(), List.of(), false), zone, true);
    }

    private static byte[] answer(byte[] asked, Query query, Answer answer, String zone, boolean cut) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(PLAIN_UDP);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(query.id());
            int recursion = query.flags() & 0x0100;
            out.writeShort(0x8480 | recursion | (cut ? 0x0200 : 0) | answer.code());
            out.writeShort(1);
            out.writeShort(answer.records().size());
            out.writeShort(answer.negative() ? 1 : 0);
            out.writeShort(answer.additional().size() + (query.edns() ? 1 : 0));
            out.write(asked, HEADER, query.end() - HEADER);
            for (Answer.Data d : answer.records()) {
                data(out, d);
            }
            if (answer.negative()) {
                authority(out, zone);
            }
            for (Answer.Data d : answer.additional()) {
                data(out, d);
            }
            if (query.edns()) {
                out.write(new byte[] {0, 0, Type.OPT, EDNS_UDP >> 8, (byte) EDNS_UDP, 0, 0, 0, 0, 0, 0});
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Only a code, for a query that could not be understood or answered.
    static byte[] failure(byte[] asked, int code) {
        byte[] head = new byte[HEADER];
        System.arraycopy(asked, 0, head, 0, 2);
        head[2] = (byte) (0x80 | asked[2] & 0x79);
        head[3] = (byte) (0x80 | code);
        return head;
    }

    private static void data(DataOutputStream out, Answer.Data data) throws IOException {
        switch (data) {
            case Answer.Data.Address a -> {
                head(out, a.name(), a.address().length == 4 ? Type.A : Type.AAAA);
                out.writeShort(a.address().length);
                out.write(a.address());
            }
            case Answer.Data.Name n -> {
                head(out, n.name(), n.type());
                byte[] target = encoded(n.target());
                out.writeShort(target.length);
                out.write(target);
            }
            case Answer.Data.Service s -> {
                head(out, s.name(), Type.SRV);
                byte[] target = encoded(s.target());
                out.writeShort(6 + target.length);
                out.writeShort(0);
                out.writeShort(s.weight());
                out.writeShort(s.port());
                out.write(target);
            }
            case Answer.Data.Text t -> {
                head(out, t.name(), Type.TXT);
                byte[] text = t.text().getBytes(StandardCharsets.US_ASCII);
                out.writeShort(text.length + 1);
                out.writeByte(text.length);
                out.write(text);
            }
        }
    }

    private static void authority(DataOutputStream out, String zone) throws IOException {
        head(out, zone, Type.SOA);
        byte[] server = encoded("ns.dns." + zone);
        byte[] mail = encoded("hostmaster." + zone);
        out.writeShort(server.length + mail.length + 20);
        out.write(server);
        out.write(mail);
        for (int number : new int[] {1, 7200, 1800, 86400, TTL_SECONDS}) {
            out.writeInt(number);
        }
    }

    private static void head(DataOutputStream out, String name, int type) throws IOException {
        out.write(encoded(name));
        out.writeShort(type);
        out.writeShort(INTERNET);
        out.writeInt(TTL_SECONDS);
    }

    static byte[] encoded(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String label : name.split("\\.")) {
            if (!label.isEmpty()) {
                byte[] text = label.getBytes(StandardCharsets.ISO_8859_1);
                bytes.write(Math.min(text.length, LABEL));
                bytes.write(text, 0, Math.min(text.length, LABEL));
            }
        }
        bytes.write(0);
        return bytes.toByteArray();
    }
}
