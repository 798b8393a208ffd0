package io.k3j.nodeproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The body of an answer on its way to the client. An HTML page goes through [PageLinks]; one that the back end has
/// compressed is unpacked before that and packed again after it, as upstream's `Transport.rewriteResponse` does, so
/// back ends are asked for what the client accepts. Of the encodings gzip is known; pages in others, and parts of
/// compressed pages, pass as they are. For one thread.
final class Page {
    private static final int BLOCK = 16 * 1024;
    private static final int PARTIAL = 206;
    private final byte[] block = new byte[BLOCK];
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final InputStream in;
    private final @Nullable PageLinks links;
    private final @Nullable GZIPOutputStream gzip;
    private boolean ended;

    private Page(InputStream in, @Nullable PageLinks links, boolean packs) throws IOException {
        this.in = in;
        this.links = links;
        this.gzip = packs ? new GZIPOutputStream(packed, BLOCK, true) : null;
    }

    /// Whatever it is, it passes as it is.
    static Page asItIs(InputStream body) throws IOException {
        return new Page(body, null, false);
    }

    /// An answer whose links, if it is a page, become what `link` makes of them.
    /// @throws IOException when it is not encoded as its head says
    static Page of(ResponseHead head, InputStream body, UnaryOperator<String> link) throws IOException {
        if (head.isHtml("identity")) {
            return new Page(body, new PageLinks(link), false);
        }
        if (!head.isHtml("gzip") || head.status() == PARTIAL) {
            return asItIs(body);
        }
        PushbackInputStream ahead = new PushbackInputStream(body);
        int first = ahead.read();
        if (first < 0) {
            // as the answer to HEAD
            return asItIs(body);
        }
        ahead.unread(first);
        return new Page(new GZIPInputStream(ahead, BLOCK), new PageLinks(link), true);
    }

    /// The next bytes for the client, as soon as the back end has sent some; null when there are no more.
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
