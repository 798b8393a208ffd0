package io.k3j.nodeproxy;

import io.k3j.kubeletclient.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The body of an answer for the client. Links of an HTML page are rewritten by [PageLinks]; a compressed page
/// is decompressed before and compressed again after that, as upstream's `Transport.rewriteResponse` does, so
/// that back ends may use the encodings the client accepts. Only gzip is supported; pages in other encodings,
/// and partial compressed pages, are forwarded unchanged. Not thread-safe.
final class ProxiedBody {
    private static final int BLOCK_BYTES = 16 * 1024;
    private static final int PARTIAL = 206;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final InputStream in;
    private final @Nullable PageLinks links;
    private final @Nullable GZIPOutputStream gzip;
    private boolean ended;

    private ProxiedBody(InputStream in, @Nullable PageLinks links, boolean packs) throws IOException {
        this.in = in;
        this.links = links;
        this.gzip = packs ? new GZIPOutputStream(packed, BLOCK_BYTES, true) : null;
    }

    /// A body that is forwarded unchanged.
    static ProxiedBody unchanged(InputStream body) throws IOException {
        return new ProxiedBody(body, null, false);
    }

    /// A body whose links, if it is an HTML page, are rewritten by `link`.
    /// @throws IOException when it is not encoded as its head declares
    static ProxiedBody of(ResponseHead head, InputStream body, UnaryOperator<String> link) throws IOException {
        if (head.isHtml("identity")) {
            return new ProxiedBody(body, new PageLinks(link), false);
        }
        if (!head.isHtml("gzip") || head.status() == PARTIAL) {
            return unchanged(body);
        }
        PushbackInputStream ahead = new PushbackInputStream(body);
        int first = ahead.read();
        if (first < 0) {
            // for example the answer to HEAD
            return unchanged(body);
        }
        ahead.unread(first);
        return new ProxiedBody(new GZIPInputStream(ahead, BLOCK_BYTES), new PageLinks(link), true);
    }

    /// The next bytes for the client, as soon as the back end has sent some; null at the end.
    byte @Nullable [] next() throws IOException {
        if (ended) {
            return null;
        }
        int length = in.read(block);
        ended = length < 0;
        byte[] bytes = ended ? links == null ? new byte[0] : links.end()
                : links == null ? Arrays.copyOf(block, length) : links.next(block, length);
        return gzip == null ? bytes : packed(gzip, bytes);
    }

    private byte[] packed(GZIPOutputStream to, byte[] bytes) throws IOException {
        to.write(bytes);
        if (ended) {
            to.finish();
        } else {
            to.flush();
        }
        byte[] all = packed.toByteArray();
        packed.reset();
        return all;
    }
}
