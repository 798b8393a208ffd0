package io.k3j.clusterdns;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The times to live in an answer (RFC 1035, section 3.2.1; RFC 2308 for answers that say no). Pure.
final class TimesToLive {
    private static final int SOA_FIXED = 20;

    private TimesToLive() {
    }

    /// How many seconds a whole answer may be kept: the least of its records'; for one without records what its zone
    /// says of such. 0: not at all, also when it cannot be read.
    static long least(byte[] message) {
        try {
            long least = Long.MAX_VALUE;
            for (Place p : places(message)) {
                long life = life(message, p.at());
                least = Math.min(least, p.type() == Type.SOA && p.authority() ? Math.min(life, minimum(message, p))
                        : life);
            }
            return least == Long.MAX_VALUE ? 0 : least;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return 0;
        }
    }

    /// The answer so many seconds later. Only of one that [#least] could read.
    static byte[] aged(byte[] message, long seconds) {
        byte[] copy = message.clone();
        ByteBuffer b = ByteBuffer.wrap(copy);
        places(message).forEach(p -> b.putInt(p.at(), (int) Math.max(0, life(message, p.at()) - seconds)));
        return copy;
    }

    private record Place(int type, int at, boolean authority) {
    }

    private static long life(byte[] message, int at) {
        long life = ByteBuffer.wrap(message).getInt(at) & 0xFFFFFFFFL;
        // RFC 2181, section 8
        return life > Integer.MAX_VALUE ? 0 : life;
    }

    private static long minimum(byte[] message, Place soa) {
        ByteBuffer b = ByteBuffer.wrap(message);
        int length = b.getShort(soa.at() + 4) & 0xFFFF;
        return length < SOA_FIXED ? 0 : life(message, soa.at() + 6 + length - 4);
    }

    /// Where the times of all records stand, but of EDNS' own.
    private static List<Place> places(byte[] message) {
        ByteBuffer b = ByteBuffer.wrap(message);
        int answers = b.getShort(6) & 0xFFFF;
        int authorities = b.getShort(8) & 0xFFFF;
        int all = answers + authorities + (b.getShort(10) & 0xFFFF);
        b.position(Wire.HEADER);
        Wire.skipName(b);
        b.position(b.position() + 4);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            Wire.skipName(b);
            int type = b.getShort() & 0xFFFF;
            b.getShort();
            int at = b.position();
            b.getInt();
            int length = b.getShort() & 0xFFFF;
            b.position(b.position() + length);
            if (type != Type.OPT) {
                places.add(new Place(type, at, i >= answers && i < answers + authorities));
            }
        }
        return places;
    }
}
