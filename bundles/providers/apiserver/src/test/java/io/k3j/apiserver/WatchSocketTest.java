package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.DataInputStream;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchSocketTest {
    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int LONGER = 126;
    private final TestServer server = new TestServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private TestExchange watch(String accept) throws IOException {
        TestExchange watch = new TestExchange("GET", "/api/v1/namespaces/a/configmaps?watch=1", new byte[0])
                .with("upgrade", "websocket").with("connection", "Upgrade")
                .with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==").with("accept", accept);
        server.serve(watch);
        return watch;
    }

    private static byte[] message(DataInputStream in, int kind) throws IOException {
        assertThat(in.readUnsignedByte()).isEqualTo(kind);
        int length = in.readUnsignedByte();
        return in.readNBytes(length == LONGER ? in.readUnsignedShort() : length);
    }

    @Test
    void sendsEveryEventAsOneTextMessage() throws Exception {
        TestExchange watch = watch("");
        DataInputStream in = new DataInputStream(watch.received());
        assertThat(watch.status()).isEqualTo(101);
        assertThat(watch.answered("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"one\"}}");
        Struct added = Json.object(message(in, TEXT));
        assertThat(added.text("type")).isEqualTo("ADDED");
        assertThat(added.struct("object").struct("metadata").text("name")).isEqualTo("one");
        server.call("DELETE", "/api/v1/namespaces/a/configmaps/one", "");
        assertThat(Json.object(message(in, TEXT)).text("type")).isEqualTo("DELETED");
    }

    @Test
    void sendsProtobufWithoutALength() throws Exception {
        TestExchange watch = watch("application/vnd.kubernetes.protobuf;stream=watch");
        server.call("POST", "/api/v1/namespaces/a/configmaps", "{\"metadata\":{\"name\":\"one\"}}");
        byte[] event = message(new DataInputStream(watch.received()), BINARY);
        assertThat(event[0]).as("field 1 of WatchEvent").isEqualTo((byte) 0x0a);
        assertThat(new String(event, 2, event[1])).isEqualTo("ADDED");
    }

    @Test
    void answersACloseWithAClose() throws Exception {
        TestExchange watch = watch("");
        watch.client().write(new byte[] {(byte) CLOSE, (byte) 0x80, 0, 0, 0, 0});
        watch.client().flush();
        assertThat(message(new DataInputStream(watch.received()), CLOSE)).isEmpty();
    }
}
