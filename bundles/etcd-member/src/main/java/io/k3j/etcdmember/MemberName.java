package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The name of a member: the node's, a dash and eight hexadecimal digits, so that a node that comes back after it
/// was removed is another member.
final class MemberName {
    private static final int DIGITS = 4;

    private MemberName() {
    }

    /// The name on disk, or a new one, which is not written.
    static String of(Places places, String node, RandomGenerator random) throws IOException {
        try {
            String name = Files.readString(places.name()).strip();
            // a member that was removed comes back as another one
            if (!name.isEmpty() && Files.notExists(places.tombstone())) {
                return name;
            }
        } catch (NoSuchFileException e) {
            // the first start
        }
        byte[] digits = new byte[DIGITS];
        random.nextBytes(digits);
        return node + "-" + HexFormat.of().formatHex(digits);
    }

    /// The node a member's name stands for.
    static String node(String member) {
        int dash = member.length() - 2 * DIGITS - 1;
        return dash > 0 && member.charAt(dash) == '-' ? member.substring(0, dash) : member;
    }
}
