package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodRuntime;
import io.k3j.nodeapi.Container;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminationMessagesTest {
    @TempDir
    private Path directory;

    @Test
    void remainAvailableAfterThePodDirectoryIsRemoved() throws Exception {
        Path file = Files.writeString(directory.resolve("0"), "why\n");
        TerminationMessages words = new TerminationMessages(c -> file);
        assertThat(words.of(with(Container.State.RUNNING))).isEmpty();
        assertThat(words.of(with(Container.State.EXITED))).containsExactly(Map.entry("id", "why\n"));
        Files.delete(file);
        assertThat(words.of(with(Container.State.EXITED))).containsExactly(Map.entry("id", "why\n"));
        assertThat(words.of(PodRuntime.EMPTY)).isEmpty();
    }

    private static PodRuntime with(Container.State state) {
        Container c = new Container("id", "s", "c", 0, state, "i", Map.of(), Map.of(), Container.End.NONE);
        return new PodRuntime(List.of(), Map.of("c", List.of(c)));
    }
}
