package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/// A back end that takes everything and says nothing until it is closed.
final class Mute implements ByteDuplex {
    private final CountDownLatch addressed = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Something was said to it.
    CountDownLatch addressed() {
        return addressed;
    }

    boolean open() {
        return closed.getCount() > 0;
    }

    @Override
    public InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                throw new IOException("closed");
            }
        };
    }

    @Override
    public OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                addressed.countDown();
            }
        };
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
