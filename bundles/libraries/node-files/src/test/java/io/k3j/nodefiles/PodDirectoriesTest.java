package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodDirectoriesTest {
    @TempDir
    private Path directory;

    @Test
    void directoriesOfAnEarlierReleaseAreClosed() throws IOException {
        Path pods = directory.resolve("pods");
        Path pod = Files.createDirectories(pods.resolve("u1"));
        Path chosen = Files.createDirectories(pod.resolve("volumes"));
        Path file = Files.createFile(pods.resolve("file"));
        int before = mode(file);
        PodDirectories.correct(pods, List.of());
        assertThat(List.of(mode(pods), mode(pod), mode(file))).containsExactly(0750, 0750, before);
        int left = mode(chosen);
        PodDirectories.correct(pods.resolve("u1/volumes/pods"), List.of(chosen));
        assertThat(left).isNotEqualTo(0750);
        assertThat(mode(chosen)).isEqualTo(0750);
    }

    @Test
    void aPodsDirectoryThatGoesMeanwhileIsNoFailure() {
        assertThatCode(() -> PodDirectories.restrict(directory.resolve("gone"))).doesNotThrowAnyException();
    }

    @Test
    void aPodsDirectoryWhoseModeCannotBeSetIsNoFailure() {
        assertThatCode(() -> PodDirectories.restrict(Path.of("/proc/self/task"))).doesNotThrowAnyException();
    }

    private static int mode(Path p) throws IOException {
        return (int) Files.getAttribute(p, "unix:mode") & 07777;
    }
}
