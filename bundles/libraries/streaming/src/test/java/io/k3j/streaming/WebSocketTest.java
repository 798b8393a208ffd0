package io.k3j.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebSocketTest {
    private final ByteArrayOutputStream incoming = new ByteArrayOutputStream();
    private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();

    @Test
    void answersTheKeyOfTheStandardsExample() {
        assertThat(WebSocket.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void choosesItsBestProtocolAmongThoseOffered() {
        assertThat(WebSocket.protocol(List.of("v4.channel.k8s.io, v5.channel.k8s.io"), RemoteCommand.PROTOCOLS))
                .contains("v5.channel.k8s.io");
        assertThat(WebSocket.protocol(List.of("channel.k8s.io"), RemoteCommand.PROTOCOLS)).isEmpty();
    }

    @Test
    void joinsFragmentsAndAnswersPingsBetweenThem() throws IOException {
        masked(0x02, "hel");
        masked(0x89, "p");
        masked(0x80, "lo");
        masked(0x88, "");
        WebSocket socket = socket();
        assertThat(socket.receive().orElseThrow()).isEqualTo(bytes("hello"));
        assertThat(socket.receive()).isEmpty();
        assertThat(outgoing.toByteArray()).startsWith(0x8a, 1, 'p');
    }

    /// A ping is answered as it came, so its length is bounded as the standard has it.
    @Test
    void refusesAControlFrameThatIsLongOrInParts() {
        incoming.writeBytes(new byte[] {(byte) 0x89, 126, 0, (byte) 200});
        incoming.writeBytes(new byte[200]);
        assertThatThrownBy(() -> socket().receive()).isInstanceOf(IOException.class).hasMessageContaining("125");
        incoming.reset();
        incoming.writeBytes(new byte[] {0x09, 0});
        assertThatThrownBy(() -> socket().receive()).isInstanceOf(IOException.class).hasMessageContaining("parts");
        assertThat(outgoing.size()).isZero();
    }

    @Test
    void writesLengthsInThreeForms() throws IOException {
        WebSocket socket = socket();
        socket.send(new byte[125]);
        socket.send(new byte[126]);
        socket.send(new byte[70_000]);
        assertThat(outgoing.size()).isEqualTo(2 + 125 + 4 + 126 + 10 + 70_000);
    }

    @Test
    void endsWithoutACloseFrameWhenTheClientVanishes() throws IOException {
        assertThat(socket().receive()).isEmpty();
    }

    private WebSocket socket() {
        return new WebSocket(new ByteArrayInputStream(incoming.toByteArray()), outgoing);
    }

    private void masked(int first, String text) {
        byte[] b = bytes(text);
        incoming.write(first);
        incoming.write(0x80 | b.length);
        byte[] mask = {1, 2, 3, 4};
        incoming.writeBytes(mask);
        for (int i = 0; i < b.length; i++) {
            incoming.write(b[i] ^ mask[i & 3]);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
