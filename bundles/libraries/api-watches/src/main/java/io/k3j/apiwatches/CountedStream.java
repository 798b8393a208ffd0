package io.k3j.apiwatches;

import io.k3j.edgeapi.ResponseStream;
import io.k3j.metricstext.Histogram;
import java.io.IOException;

/// The answer of a watch, which counts the bytes of each event that is sent. For one thread at a time, as its watch.
final class CountedStream {
    private final ResponseStream stream;
    private final Histogram sizes;

    CountedStream(ResponseStream stream, Histogram sizes) {
        this.stream = stream;
        this.sizes = sizes;
    }

    /// Blocks while the client is behind.
    void write(byte[] frame) throws IOException {
        stream.write(frame);
        sizes.add(frame.length);
    }

    /// Without blocking; whether it was taken.
    boolean offer(int mostPending, byte[] frame) {
        boolean taken = stream.offer(mostPending, frame);
        if (taken) {
            sizes.add(frame.length);
        }
        return taken;
    }

    boolean open() {
        return stream.open();
    }

    boolean leaving() {
        return stream.leaving();
    }

    void close() {
        stream.close();
    }

    void abort() {
        stream.abort();
    }
}
