package io.k3j.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One watch: remembers when which revision was complete. Written on its connection's loop; what lies below
/// [#count] may be read by anybody.
final class Events implements Requests.Reply {
    private static final String REVISION = "\"resourceVersion\":\"";
    private static final int HEAD = 200;
    private final Runnable onEnd;
    private final byte[] head = new byte[HEAD];
    private int filled;
    private volatile long[] revisions = new long[256];
    private volatile long[] times = new long[256];
    private volatile int count;
    private volatile long disorder;

    /// `onEnd` is run when the server ends it.
    Events(Runnable onEnd) {
        this.onEnd = onEnd;
    }

    /// The first revision in the beginning of an object or event, 0 if there is none.
    static long revision(String text) {
        int at = text.indexOf(REVISION);
        int end = text.indexOf('"', at + REVISION.length());
        return at < 0 || end < 0 ? 0 : Long.parseLong(text.substring(at + REVISION.length(), end));
    }

    /// How many there were.
    int count() {
        return count;
    }

    /// How many came twice or after a later one.
    long disorder() {
        return disorder;
    }

    /// What the n-th one was of.
    long revision(int n) {
        return revisions[n];
    }

    /// When the n-th one was complete, by `System.nanoTime`.
    long time(int n) {
        return times[n];
    }

    @Override
    public void data(ByteBuf in, int length) {
        int left = length;
        while (left > 0) {
            int line = in.indexOf(in.readerIndex(), in.readerIndex() + left, (byte) '\n');
            int some = line < 0 ? left : line + 1 - in.readerIndex();
            int kept = Math.min(some, HEAD - filled);
            in.readBytes(head, filled, kept);
            filled += kept;
            in.skipBytes(some - kept);
            left -= some;
            if (line >= 0) {
                add(revision(new String(head, 0, filled, StandardCharsets.US_ASCII)));
                filled = 0;
            }
        }
    }

    private void add(long revision) {
        int at = count;
        if (at == revisions.length) {
            revisions = Arrays.copyOf(revisions, at * 2);
            times = Arrays.copyOf(times, at * 2);
        }
        if (at > 0 && revision <= revisions[at - 1]) {
            disorder++;
        }
        revisions[at] = revision;
        times[at] = System.nanoTime();
        count = at + 1;
    }

    @Override
    public void end(int status) {
        onEnd.run();
    }
}
