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
final class HeaderBlock {
    /// How long a block may be, and the headers in it.
    static final int MAX_BYTES = 64 * 1024;
    private static final int PREFIX = 0x7f;

    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, MAX_BYTES);

    /// A block of `name, value, name, value …`.
    static byte[] of(String... pairs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        for (int i = 0; i < pairs.length; i += 2) {
            out.write(0);
            literal(out, pairs[i]);
            literal(out, pairs[i + 1]);
        }
        return out.toByteArray();
    }

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

    /// The headers of a whole block.
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
