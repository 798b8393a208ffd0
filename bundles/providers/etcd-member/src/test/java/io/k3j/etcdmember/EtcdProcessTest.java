package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.childprocess.ProcessRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// An etcd that does not stop when it is told to, which is a script here.
@EnabledOnOs(OS.LINUX)
class EtcdProcessTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    @TempDir
    Path directory;
    private EtcdLayout layout;
    private EtcdProcess process;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        layout = new EtcdLayout(directory);
        Path etcd = directory.resolve("etcd");
        Files.writeString(etcd, "#!/bin/sh\ntrap '' TERM\necho ready\nexec tail -f /dev/null\n");
        assertThat(etcd.toFile().setExecutable(true)).isTrue();
        process = new EtcdProcess(layout, etcd);
        process.ensure("identity", "");
        while (!Files.readString(layout.log()).contains("ready")) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @AfterEach
    void kill() throws IOException {
        ProcessRecord.read(layout.record()).filter(ProcessRecord::alive)
                .flatMap(record -> ProcessHandle.of(record.pid())).ifPresent(ProcessHandle::destroyForcibly);
    }

    /// `--cluster-reset` copies its data then.
    @Test
    void isKilledBeforeSomebodyElseTakesItsData() throws IOException, InterruptedException {
        process.end(SHORT);
        assertThat(process.found()).isFalse();
    }

    @Test
    void isLeftToTheNextStartWhenTheServerStops() throws IOException, InterruptedException {
        process.stop(SHORT);
        assertThat(process.found()).isTrue();
    }
}
