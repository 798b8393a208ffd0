package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    @TempDir
    private Path data;

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void whatIsRecordedLiesBelowTheDataDirectoryAndNowhereElse() throws IOException {
        Recorder recorder = new Recorder(data);
        assertThat(recorder.free()).as("before there is anything").isPositive();
        recorder.place();
        try (RecordingStream stream = new RecordingStream()) {
            stream.enable("jdk.ThreadStart");
            stream.startAsync();
            assertThat(files()).isNotEmpty().allMatch(file -> file.startsWith(data.resolve("bundles/samples")));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("bundles/samples"))))
                    .isEqualTo("rwx------");
        }
        Path left = Files.createDirectories(data.resolve("bundles/samples/2020_01_01_7")).resolve("left.jfr");
        Files.writeString(left, "of a process that was killed");
        recorder.place();
        assertThat(left).as("its own").exists();
        new Recorder(data).place();
        assertThat(left).doesNotExist();
        assertThat(recorder.free()).isPositive();
    }
}
