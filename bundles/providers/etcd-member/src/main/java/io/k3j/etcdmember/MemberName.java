package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The name of a member: the node's name, a dash and eight hexadecimal digits, so that a node that was removed
/// and returns is a new member.
final class MemberName {
    private static final int SUFFIX_BYTES = 4;

    private MemberName() {
    }

    /// The name on disk, or a new one, which is not written yet.
    static String of(EtcdLayout layout, String node, RandomGenerator random) throws IOException {
        try {
            String name = Files.readString(layout.name()).strip();
            // a removed member returns under a new name
            if (!name.isEmpty() && Files.notExists(layout.tombstone())) {
                return name;
            }
        } catch (NoSuchFileException e) {
            // first start: there is no name yet
        }
        byte[] digits = new byte[SUFFIX_BYTES];
        random.nextBytes(digits);
        return node + "-" + HexFormat.of().formatHex(digits);
    }

    /// The name of the node of a member.
    static String node(String member) {
        int dash = member.length() - 2 * SUFFIX_BYTES - 1;
        return dash > 0 && member.charAt(dash) == '-' ? member.substring(0, dash) : member;
    }
}
