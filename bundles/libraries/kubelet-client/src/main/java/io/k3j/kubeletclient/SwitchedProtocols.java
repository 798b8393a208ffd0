package io.k3j.kubeletclient;

import io.k3j.edgeapi.ByteDuplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A connection after the answer 101: bytes in both directions, which mean nothing to who passes them on.
public final class SwitchedProtocols {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletclient");
    private static final int BLOCK_BYTES = 16 * 1024;

    private SwitchedProtocols() {
    }

    /// Passes bytes on until either side ends, then closes both. Blocks meanwhile, with a virtual thread of its own for
    /// what the front sends; an interrupt is restored.
    ///
    /// @param name of that thread
    public static void pass(ByteDuplex front, ByteDuplex back, String name) {
        try (front) {
            Thread up = Thread.ofVirtual().name(name).start(() -> copy(front.input(), back.output(), back));
            copy(back.input(), front.output(), front);
            back.close();
            up.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Copies until the end of `in`, then closes `after` to end the other direction.
    private static void copy(InputStream in, OutputStream out, ByteDuplex after) {
        byte[] block = new byte[BLOCK_BYTES];
        try {
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                out.write(block, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Connection cut error={0}", e.getMessage());
        } finally {
            after.close();
        }
    }
}
