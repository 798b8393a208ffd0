package io.k3j.staticfiles;

import java.util.Optional;

/// What of a file a client asks for (RFC 9110 §14, Range Requests).
///
/// @param part whether it named a part, be it all of it: then the answer is 206, else 200
/// @param from its first byte, counted from 0
/// @param length how many bytes
record ByteRange(boolean part, long from, long length) {
    private static final String UNIT = "bytes=";
    /// Every number of so many digits fits a `long`; no file is that large.
    private static final int MOST_DIGITS = 18;

    /// What `header` asks of a file of `size` bytes: `bytes=0-99`, `bytes=100-` (from there on), `bytes=-100` (the
    /// last hundred). An end beyond the file is that of the file. More than one part at once is answered by the
    /// whole, as RFC 9110 allows.
    ///
    /// @param header the value of `Range`, empty when there is none
    /// @return empty when the file has no such part or the header cannot be read: the answer is 416, as Go's
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

    /// An empty text passes: one of both ends may be missing.
    private static boolean digits(String text) {
        return text.length() <= MOST_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// The value of `Content-Range`, which names it in an answer 206; its last byte is inclusive.
    String contentRange(long size) {
        return "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
