package io.k3j.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.streaming.UnreadBudget;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.FreePort;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator hears of a server to which a node has no tunnel.
class TunnelReportTest {
    private static final String SERVER = "192.0.2.1:6443";
    @TempDir
    private Path dir;
    private Instant now = Instant.EPOCH;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final List<String> warned = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger("io.k3j.agent");
    private final Handler handler = new StreamHandler() {
        @Override
        public synchronized void publish(LogRecord line) {
            if (line.getLevel().equals(Level.WARNING)) {
                warned.add(line.getMessage() + " " + Arrays.toString(line.getParameters()));
            }
        }
    };

    private final Health health = new Health() {
        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    said.add(component + " " + level + " " + message);
                }

                @Override
                public void close() {
                    said.add(component + " forgotten");
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.of();
        }
    };
    private final TunnelReport report = new TunnelReport(SERVER, health, () -> now);

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        logger.removeHandler(handler);
    }

    @Test
    void aReasonIsToldInTheWordsOfK3sWhenItIsNew() {
        report.failed("Connection refused");
        report.failed("Connection refused");
        report.failed("the tunnel was refused: HTTP/1.1 403 Forbidden");
        report.failed("Connection refused");
        assertThat(warned).hasSize(2).allMatch(line -> line.startsWith("Remotedialer proxy error; reconnecting..."));
        assertThat(warned.getFirst()).endsWith("[" + SERVER + ", Connection refused]");
        report.made();
        report.lost();
        report.failed("Connection refused");
        assertThat(warned).hasSize(3);
    }

    @Test
    void aServerWithoutATunnelForHalfAMinuteIsReported() {
        report.failed("Connection refused");
        now = now.plusSeconds(29);
        report.failed("Connection refused");
        assertThat(said).isEmpty();
        now = now.plusSeconds(1);
        report.failed("Connection refused");
        assertThat(said).singleElement().asString()
                .startsWith("tunnel-" + SERVER + " DEGRADED no tunnel to " + SERVER + ": Connection refused;");
        report.made();
        assertThat(said).last().isEqualTo("tunnel-" + SERVER + " OK ");
        report.lost();
        report.failed("Connection refused");
        assertThat(said).as("it may be back soon").hasSize(2);
        report.close();
        assertThat(said).last().isEqualTo("tunnel-" + SERVER + " forgotten");
    }

    @Test
    void aTunnelThatIsNeverMadeSaysSo() throws Exception {
        NodeFiles files = new NodeFiles(new AgentLayout(dir, dir.resolve("password")), new SecureRandom());
        String address = "127.0.0.1:" + FreePort.next();
        try (Tunnel tunnel = new Tunnel(address, files, new AllowedTargets(10_250, List.of(), List::of), () -> {
        }, InstantSource.system(), health, new UnreadBudget(1 << 30))) {
            Waiting.until("a warning", () -> warned.stream().anyMatch(line -> line.contains(address)));
            assertThat(tunnel.health()).isEqualTo(TunnelHealth.UNKNOWN);
        }
    }
}
