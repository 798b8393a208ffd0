package io.k3j.nodeproxy;

import io.k3j.edgeapi.ByteDuplex;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A back end with a scripted answer that records its input.
final class Loop implements ByteDuplex {
    private final ByteArrayInputStream says;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    Loop(String says) {
        this.says = new ByteArrayInputStream(says.getBytes(StandardCharsets.ISO_8859_1));
    }

    String heard() {
        return heard.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public InputStream input() {
        return says;
    }

    @Override
    public OutputStream output() {
        return heard;
    }

    @Override
    public void close() {
        // nothing is held
    }
}
