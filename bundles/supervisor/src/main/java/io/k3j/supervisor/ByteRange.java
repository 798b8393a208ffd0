package io.k3j.supervisor;

import java.util.Optional;

/// What of a file a client asks for.
///
/// @param part whether it named a part, be it all of it
/// @param from its first byte
/// @param length how many
record ByteRange(boolean part, long from, long length) {
    private static final String UNIT = "bytes=";
    private static final int MOST_DIGITS = 18;

    /// What `header` asks of a file of `size` bytes. More than one part at once is answered by the whole, as RFC 9110
    /// allows.
    /// @return empty when the file has no such part
    static Optional<ByteRange> of(String header, long size) {
        if (header.isEmpty() || header.contains(",") || size == 0) {
            return Optional.of(new ByteRange(false, 0, size));
        }
        int dash = header.indexOf('-');
        if (!header.startsWith(UNIT) || dash < 0) {
            return Optional.empty();
        }
        String first = header.substring(UNIT.length(), dash).strip();
        String last = header.substring(dash + 1).strip();
        if (!digits(first) || !digits(last) || first.isEmpty() && last.isEmpty()) {
            return Optional.empty();
        }
        long from = first.isEmpty() ? Math.max(0, size - Long.parseLong(last)) : Long.parseLong(first);
        long to = first.isEmpty() || last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
        return from > to ? Optional.empty() : Optional.of(new ByteRange(true, from, to - from + 1));
    }

    private static boolean digits(String text) {
        return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// The header that names it in the answer.
    String contentRange(long size) {
        return "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
