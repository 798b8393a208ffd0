package io.k3j.embeddedregistry;

import java.util.Optional;

/// A part of a blob: "Range Requests" of RFC 9110, of which pulls use `bytes=FROM-` and `bytes=FROM-TO`. What is
/// anything else is answered by the whole, as the RFC allows. Immutable.
///
/// @param from the first byte
/// @param length how many; 0 where the range lies behind the end
record BlobRange(long from, long length) {
    private static final String UNIT = "bytes=";
    private static final int MOST_DIGITS = 18;

    /// @param header as sent
    /// @param size of the blob
    /// @return empty for the whole
    static Optional<BlobRange> of(Optional<String> header, long size) {
        String text = header.filter(h -> h.startsWith(UNIT)).map(h -> h.substring(UNIT.length())).orElse("");
        int dash = text.indexOf('-');
        if (dash < 1 || !digits(text.substring(0, dash)) || !digits(text.substring(dash + 1) + "0")) {
            return Optional.empty();
        }
        long from = Long.parseLong(text.substring(0, dash));
        long to = dash + 1 == text.length() ? size - 1 : Math.min(Long.parseLong(text.substring(dash + 1)), size - 1);
        return Optional.of(new BlobRange(from, Math.max(0, to - from + 1)));
    }

    private static boolean digits(String text) {
        return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// The header `content-range` of the answer.
    String header(long size) {
        return length == 0 ? "bytes */" + size : "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
