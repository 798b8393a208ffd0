package io.k3j.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Header blocks as they arrive: in HEADERS and the CONTINUATIONs behind it. The reading thread's.
///
/// Every block is decoded, also for a call that is gone: HPACK's table is the connection's (RFC 7541 §2.2). Padding and
/// priority are left out (RFC 9113 §6.2).
final class HeaderFrames {
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITY = 32;
    private static final int PRIORITY_BYTES = 5;
    private final HeaderBlock decoder = new HeaderBlock();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private boolean last;

    /// Takes a frame; the headers when the block is complete with it.
    /// @throws IOException when it is damaged or too long: the table is lost and the connection with it
    Optional<Map<String, String>> take(int type, int flags, int stream, byte[] payload) throws IOException {
        int from = 0;
        int until = payload.length;
        if (type == FrameChannel.HEADERS) {
            block.reset();
            boolean padded = (flags & PADDED) != 0;
            until -= padded ? payload[0] & 0xff : 0;
            from += (padded ? 1 : 0) + ((flags & PRIORITY) != 0 ? PRIORITY_BYTES : 0);
            last = (flags & END_STREAM) != 0;
        }
        if (block.size() + until - from > HeaderBlock.MAX_BYTES) {
            throw new IOException("header block of more than " + HeaderBlock.MAX_BYTES + " bytes");
        }
        block.write(payload, from, until - from);
        return (flags & END_HEADERS) == 0 ? Optional.empty()
                : Optional.of(decoder.read(stream, block.toByteArray()));
    }

    /// Whether the block ends its stream: said by HEADERS, known until the last CONTINUATION.
    boolean last() {
        return last;
    }
}
