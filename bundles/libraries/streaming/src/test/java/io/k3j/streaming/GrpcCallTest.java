package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrpcCallTest {
    private final List<String> received = new ArrayList<>();
    private final GrpcCall call = new GrpcCall(1, 100, System.nanoTime(), 1_000,
            b -> received.add(new String(b, StandardCharsets.UTF_8)));

    @Test
    void findsMessagesHoweverTheBytesAreCut() {
        byte[] all = ByteBuffer.allocate(18).put((byte) 0).putInt(3).put("abc".getBytes(StandardCharsets.UTF_8))
                .put((byte) 0).putInt(0).put((byte) 0).putInt(0).array();
        for (int i = 0; i < all.length; i++) {
            call.data(all, i, 1);
        }
        assertThat(received).containsExactly("abc", "", "");
    }

    @Test
    void decodesTheServersMessage() {
        call.headers(Map.of("grpc-status", "5", "grpc-message", "no %22x%22"), true);
        assertThatThrownBy(call.end::join).hasCauseInstanceOf(GrpcFailure.class).hasMessageContaining("no \"x\"");
    }

    @Test
    void refusesAMessageBeyondItsBound() {
        call.data(ByteBuffer.allocate(5).put((byte) 0).putInt(Integer.MAX_VALUE).array(), 0, 5);
        assertThatThrownBy(call.end::join).hasMessageContaining("larger than max (2147483647 vs. 1000)");
    }

    @Test
    void readsBackTheHeadersItWrites() throws IOException {
        String longValue = "v".repeat(300);
        assertThat(new HeaderBlock().read(1, HeaderBlock.of("te", "trailers", "x-long", longValue)))
                .containsEntry("te", "trailers").containsEntry("x-long", longValue);
    }
}
