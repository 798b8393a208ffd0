package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.childprocess.Command;
import io.k3j.kubeletconfig.ShutdownGracePeriods;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeshutdown.NodeShutdown;
import io.k3j.nodeshutdown.ShutdownInhibitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A machine that is shut down, as a script in place of systemd's programs tells.
class NodeShutdownTest extends PodScene {
    private static final String ANNOUNCED = "{\"type\":\"signal\",\"path\":\"/org/freedesktop/login1\",\"interface\":"
            + "\"org.freedesktop.login1.Manager\",\"member\":\"PrepareForShutdown\",\"payload\":{\"type\":\"b\","
            + "\"data\":[true]}}\n";
    /// As `systemd-inhibit`, which runs what it is given, `busctl` and `systemctl`.
    private static final String PROGRAM = """
            #!/bin/sh
            d=$(dirname "$0")
            case "$1" in
            --what=shutdown) shift 4; echo held >> "$d/locks"; exec "$@" ;;
            --json=short) until [ -e "$d/announced" ]; do sleep 0.05; done
              mv "$d/announced" "$d/told"; cat "$d/told"; exec sleep 60 ;;
            get-property) cat "$d/$5" ;;
            kill) if [ -e "$d/raised" ]; then cp "$d/raised" "$d/InhibitDelayMaxUSec"; fi ;;
            esac
            """;
    private final AtomicInteger news = new AtomicInteger();
    private Path logind;
    private ShutdownInhibitor inhibitor;
    private NodeShutdown shutdown;

    @BeforeEach
    void prepare() throws IOException {
        logind = Files.createDirectories(directory.resolve("logind"));
        Path program = write("program", PROGRAM);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        write("InhibitDelayMaxUSec", "t 60000000\n");
        write("PreparingForShutdown", "b true\n");
        List<String> line = List.of(program.toString());
        inhibitor = new ShutdownInhibitor(new ShutdownInhibitor.Programs(line, line, line),
                logind.resolve("conf.d/99-kubelet.conf"), new Command(Duration.ofSeconds(30)));
        shutdown = new NodeShutdown(new ShutdownPods(tools, workers, news::incrementAndGet),
                ShutdownGracePeriods.of(Map.of("shutdown-grace-period", "20s",
                        "shutdown-grace-period-critical-pods", "10s")),
                inhibitor, closed);
        pressure = pod -> shutdown.refusal();
    }

    @AfterEach
    void letGo() {
        closed.countDown();
        shutdown.close();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(logind.resolve(name), text);
    }

    private void announce() throws Exception {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                shutdown.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        until(() -> Files.exists(logind.resolve("locks")));
        Path hidden = write("hidden", ANNOUNCED);
        Files.move(hidden, logind.resolve("announced"));
    }

    private Obj running(String name, long priority) throws InterruptedException {
        Obj pod = pod(name, spec(container(name)).with("priority", priority));
        until(() -> ready(pod));
        return pod;
    }

    private boolean failed(Obj pod) {
        return now(pod).status().text("phase").equals("Failed");
    }

    @Test
    void podsEndInTheOrderOfTheirPriority() throws Exception {
        Obj critical = running("critical", 2_000_001_000L);
        Obj plain = running("plain", 0);
        announce();
        until(() -> failed(critical) && failed(plain));
        Struct status = now(plain).status();
        assertThat(status.text("reason")).isEqualTo("Terminated");
        assertThat(status.text("message")).isEqualTo("Pod was terminated in response to imminent node shutdown.");
        assertThat(status.seq("conditions").find("type", "DisruptionTarget").text("reason"))
                .isEqualTo("TerminationByKubelet");
        List<String> stops = runtime.calls.stream().filter(c -> c.startsWith("stop plain")
                || c.startsWith("stop critical")).map(c -> c.split(" ")[1]).distinct().toList();
        assertThat(stops).containsExactly("plain", "critical");
    }

    @Test
    void noPodIsTakenAndTheNodeIsNotReadyMeanwhile() throws Exception {
        announce();
        until(() -> shutdown.trouble().equals("node is shutting down"));
        until(() -> news.get() > 0);
        Obj late = pod("late", spec(container("late")));
        until(() -> failed(late));
        assertThat(now(late).status().text("reason")).isEqualTo("NodeShutdown");
        assertThat(now(late).status().text("message"))
                .isEqualTo("Pod was rejected: Pod was rejected as the node is shutting down.");
    }

    @Test
    void aShutdownThatIsCalledOffIsOver() throws Exception {
        announce();
        until(() -> !shutdown.trouble().isEmpty());
        write("PreparingForShutdown", "b false\n");
        until(() -> shutdown.trouble().isEmpty());
        until(() -> locks() == 2);
        running("again", 0);
    }

    private long locks() {
        try (var lines = Files.lines(logind.resolve("locks"))) {
            return lines.count();
        } catch (IOException e) {
            return 0;
        }
    }
}
