package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A frame of an agent's tunnel is read or refused, and what was read is the same after it was written.
public class TunnelFrameFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            TunnelFrame read = TunnelFrame.parse(input);
            Fuzzing.parse(() -> {
                TunnelFrame again = TunnelFrame.parse(read.encode());
                assertThat(again.kind()).isEqualTo(read.kind());
                assertThat(again.connection()).isEqualTo(read.connection());
                assertThat(again.payload()).isEqualTo(read.payload());
            });
            read.text();
            if (read.kind() == TunnelFrame.Kind.SYNC_CONNECTIONS) {
                read.connections();
            }
        }, IOException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(TunnelFrameFuzzTest::fuzzerTestOneInput,
                List.of(TunnelFrame.of(1, 7, TunnelFrame.Kind.CONNECT, "tcp/10.0.0.1:10250").encode(),
                        TunnelFrame.of(2, 7, TunnelFrame.Kind.ERROR, TunnelFrame.EOF).encode(),
                        TunnelFrame.of(-3, Long.MAX_VALUE, TunnelFrame.Kind.DATA, "x").encode(),
                        TunnelFrame.sync(4, List.of(7L, 9L)).encode()));
    }
}
