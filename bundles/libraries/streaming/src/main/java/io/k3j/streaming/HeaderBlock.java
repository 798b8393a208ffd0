package io.k3j.streaming;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// HTTP/2 header blocks: written as plain literals, which every peer must take, read by Netty's HPACK.
/// Reading belongs to one thread.
///
/// Literals without indexing and without Huffman (RFC 7541 §6.2.2): a few bytes more, no table to keep in step, and
/// blocks may be put together from parts made before.
final class HeaderBlock {
    /// How long a block may be, and the headers in it.
    static final int MAX_BYTES = 64 * 1024;
    /// The most a length has in its first byte, of which seven bits are its (RFC 7541 §5.1).
    private static final int PREFIX = 0x7f;

    /// Has the connection's table, so every block must pass it, in order.
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, MAX_BYTES);

    /// A block of `name, value, name, value …`. Pure.
    /// @param pairs names in lower case; pseudo-headers first
    static byte[] of(String... pairs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        for (int i = 0; i < pairs.length; i += 2) {
            out.write(0);
            literal(out, pairs[i]);
            literal(out, pairs[i + 1]);
        }
        return out.toByteArray();
    }

    /// A length, seven bits in the first byte, and the text.
    private static void literal(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int left = bytes.length;
        if (left < PREFIX) {
            out.write(left);
        } else {
            out.write(PREFIX);
            for (left -= PREFIX; left >= 0x80; left >>>= 7) {
                out.write(left & 0x7f | 0x80);
            }
            out.write(left);
        }
        out.writeBytes(bytes);
    }

    /// The headers of a whole block. Of a header given twice the last value counts.
    /// @throws IOException when it is damaged or too long: the table is lost and the connection with it
    Map<String, String> read(int stream, byte[] block) throws IOException {
        try {
            Map<String, String> map = new HashMap<>();
            decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block))
                    .forEach(e -> map.put(e.getKey().toString(), e.getValue().toString()));
            return map;
        } catch (Http2Exception e) {
            throw new IOException("header block: " + e.getMessage(), e);
        }
    }
}
