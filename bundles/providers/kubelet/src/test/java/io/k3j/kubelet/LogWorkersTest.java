package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.nodeapi.Container;
import io.k3j.testkitbase.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(360)
class LogWorkersTest {
    private static KubeletOptions with(Map<String, String> arguments) {
        return new KubeletOptions("n", Path.of("/d"), Path.of("/r"), Path.of("/l"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(Path.of("/d"), List.of(), List.of(), "cluster.local", "", List.of()));
    }

    private static List<Container> containers(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Container("c" + i, "s", "c", 0, Container.State.RUNNING, "i",
                Map.of(), Map.of(), Container.End.NONE)).toList();
    }

    /// Two have to be there at once, or none goes on.
    @Test
    void asManyLogsAsItIsSaidAreLookedAtTogether() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        new LogRotation(with(Map.of("container-log-max-workers", "2")), c -> {
            seen.add(c.id());
            await(both);
        }).round(containers(4));
        assertThat(seen).hasSize(4);
    }

    private static void await(CyclicBarrier both) {
        try {
            both.await(Waiting.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneThatFailsKeepsNoOtherFromItsTurn() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        LogRotation rotation = new LogRotation(with(Map.of("container-log-max-workers", "3")), c -> {
            seen.add(c.id());
            if (c.id().equals("c0")) {
                throw new IllegalStateException("broken");
            }
        });
        assertThatThrownBy(() -> rotation.round(containers(3))).hasMessage("broken");
        assertThat(seen).hasSize(3);
    }
}
