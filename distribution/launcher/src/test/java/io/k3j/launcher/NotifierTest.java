package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotifierTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"file", "abstract"})
    void sendsTheServiceManagerWhatItReads(String kind) throws Throwable {
        String name = kind.equals("file") ? dir.resolve("notify").toString() : "@k3j-test-" + System.nanoTime();
        try (DatagramSocketFile socket = DatagramSocketFile.bind(name)) {
            Notifier notifier = new Notifier(name);
            notifier.status("datastore ready");
            assertThat(socket.receive()).isEqualTo("STATUS=datastore ready");
            notifier.ready("node Ready");
            assertThat(socket.receive()).isEqualTo("READY=1\nSTATUS=node Ready");
            notifier.stopping();
            assertThat(socket.receive()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void doesNothingWithoutAServiceManager() {
        assertThatCode(() -> new Notifier(null).ready("x")).doesNotThrowAnyException();
    }

    @Test
    void goesOnWhenNobodyReads() {
        assertThatCode(() -> new Notifier(dir.resolve("gone").toString()).ready("x")).doesNotThrowAnyException();
    }
}
