package io.k3j.clusterdns;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Addresses of an external name that is not the cluster's: asked of the node's resolvers, so that a client
/// gets alias and addresses in one answer.
final class Outside {
    private static final int QUERY = 0x0100;

    private Outside() {
    }

    static Answer followed(Answer alias, Answer.Data.Name name, Wire.Query query, Forwarder forwarder) {
        int type = query.question().type();
        if (type != Type.A && type != Type.AAAA) {
            return alias;
        }
        byte[] encoded = Wire.encoded(name.target());
        byte[] message = ByteBuffer.allocate(Wire.HEADER + encoded.length + 4).putShort((short) 0)
                .putShort((short) QUERY)
                .putShort((short) 1).putShort((short) 0).putInt(0).put(encoded).putShort((short) type)
                .putShort((short) 1).array();
        List<Answer.Data> all = new ArrayList<>(alias.records());
        forwarder.ask(message, Wire.query(message), false, Wire.EDNS_UDP)
                .ifPresent(m -> all.addAll(addresses(m, name.target(), type)));
        return new Answer(Answer.OK, all, List.of(), false);
    }

    /// The addresses among the answers of a message, whatever aliases lead to them.
    static List<Answer.Data> addresses(byte[] message, String name, int type) {
        List<Answer.Data> found = new ArrayList<>();
        ByteBuffer b = ByteBuffer.wrap(message);
        int answers = b.getShort(6) & 0xFFFF;
        b.position(Wire.HEADER);
        Wire.skipName(b);
        b.position(b.position() + 4);
        for (int i = 0; i < answers && b.remaining() > 0; i++) {
            Wire.skipName(b);
            int kind = b.getShort() & 0xFFFF;
            b.position(b.position() + 6);
            int length = b.getShort() & 0xFFFF;
            if (kind == type) {
                found.add(new Answer.Data.Address(name,
                        Arrays.copyOfRange(message, b.position(), b.position() + length)));
            }
            b.position(b.position() + length);
        }
        return found;
    }
}
