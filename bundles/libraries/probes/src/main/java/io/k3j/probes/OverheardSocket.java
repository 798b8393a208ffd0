package io.k3j.probes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A connection that remembers with which bytes the other side began, as many as the head of a TLS record has: what
/// TLS refuses may be an answer of HTTP. Go's `tls.RecordHeaderError`. For one thread.
final class OverheardSocket extends Socket {
    private final byte[] first = new byte[5];
    private int heard;
    private @Nullable InputStream overheard;

    /// What came first, as text; shorter while less has come.
    String began() {
        return new String(first, 0, heard, StandardCharsets.ISO_8859_1);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        InputStream made = overheard;
        if (made == null) {
            made = new Overheard(super.getInputStream());
            overheard = made;
        }
        return made;
    }

    private final class Overheard extends FilterInputStream {
        Overheard(InputStream source) {
            super(source);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            if (b >= 0 && heard < first.length) {
                first[heard++] = (byte) b;
            }
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            int count = super.read(bytes, from, most);
            for (int i = 0; i < count && heard < first.length; i++) {
                first[heard++] = bytes[from + i];
            }
            return count;
        }
    }
}
