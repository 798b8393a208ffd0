package io.k3j.datastoreconformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import io.k3j.sqllog.LogStart;
import io.k3j.sqllog.SqlLog;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitprocess.Launch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator is told when a database server cannot be used, and what is tried again.
abstract class DatabaseStart {
    private static final List<String> NO_FILES = List.of("", "", "");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    abstract DatabaseServer server();

    abstract LogStart start(String endpoint, List<String> files, LogStart.Events events);

    abstract StoreOpener opener();

    /// Makes a user without rights, whose password is the usual one.
    abstract void poorUser(String name);

    /// Takes the server's own certificates: its authority, and a client's certificate and key.
    abstract Tls tls();

    /// The endpoint with TLS demanded by its own parameter.
    abstract String demandingTls(String endpoint);

    record Tls(Path authority, Path stranger, Path certificate, Path key) {
    }

    @Test
    void aWrongPasswordIsSaidAtOnce() throws Exception {
        String wrong = server().endpoint("s1").replace("s3cr", "wrong");
        assertThat(answer(wrong, NO_FILES)).startsWith("failed cannot open the datastore ")
                .contains("check user and password in --datastore-endpoint").doesNotContain("wrong/et");
    }

    @Test
    void missingRightsAreSaidAtOnce() throws Exception {
        poorUser("poor");
        assertThat(answer(server().endpoint("s2").replace(DatabaseServer.USER + ":", "poor:"), NO_FILES))
                .startsWith("failed ").contains("give the user the rights");
    }

    @Test
    void aServerThatIsNotThereYetIsTriedAgain() throws Exception {
        server().kill();
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        LogStart start = start(server().endpoint("s3"), NO_FILES, events(told));
        try {
            assertThat(told.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).startsWith("waiting cannot open the datastore ");
            server().start();
            assertThat(settled(told)).isEqualTo("opened");
        } finally {
            start.close();
        }
    }

    /// The first that is told but that it waits, as it does for a server that is late as well.
    private static String settled(LinkedBlockingQueue<String> told) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        String last = "nothing";
        do {
            String next = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            last = next == null ? last : next;
        } while (last.startsWith("waiting") && System.nanoTime() < end);
        return last;
    }

    @Test
    void tlsIsVerifiedAgainstTheGivenAuthority() throws Exception {
        Tls tls = tls();
        String endpoint = server().endpoint("s4");
        List<String> right = List.of(tls.authority.toString(), tls.certificate.toString(), tls.key.toString());
        assertThat(answer(endpoint, right)).isEqualTo("opened");
        assertThat(answer(demandingTls(endpoint), NO_FILES)).startsWith("failed ").contains("--datastore-cafile");
        assertThat(answer(endpoint, List.of(tls.stranger.toString(), "", ""))).startsWith("failed ")
                .contains("--datastore-cafile");
    }

    /// In a process of its own: other tests have their keys in the directory that all share.
    @Test
    void aStoreThatCannotBeOpenedLeavesNoKeyBehind(@TempDir Path temporary) throws Exception {
        Tls tls = tls();
        String told = Launch.of(Launch.jdk("java"), "-Djava.io.tmpdir=" + temporary, "-cp",
                System.getProperty("java.class.path"), Opening.class.getName(), opener().getClass().getName(),
                server().endpoint("s7"), tls.stranger.toString(), tls.certificate.toString(), tls.key.toString())
                .text(Waiting.LIMIT);
        assertThat(told).contains("unavailable: ").contains("--datastore-cafile").doesNotContain("left behind: ");
    }

    /// Opens a store, and tells how that ends and what is in the temporary directory then.
    static final class Opening {
        private Opening() {
        }

        public static void main(String[] arguments) throws Exception {
            StoreOpener opener = (StoreOpener) Class.forName(arguments[0]).getConstructor().newInstance();
            List<String> files = List.of(arguments).subList(2, arguments.length);
            try {
                opener.open(new StoreOpener.Place(arguments[1], Path.of(""), files));
            } catch (DatastoreUnavailable e) {
                System.out.println("unavailable: " + e.getMessage());
            }
            try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                left.forEach(file -> System.out.println("left behind: " + file));
            }
            System.exit(0);
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamed() {
        assertThatThrownBy(() -> answer(server().endpoint("s5"), List.of("/nowhere/ca.crt", "", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--datastore-cafile /nowhere/ca.crt");
        assertThatThrownBy(() -> answer(server().endpoint("s5"), List.of("", "/etc/hostname", "")))
                .hasMessageContaining("belong together");
        assertThatThrownBy(() -> answer(server().endpoint("s5"), List.of("", "/etc/hostname", "/etc/hostname")))
                .hasMessageContaining("--datastore-certfile /etc/hostname");
    }

    @Test
    void anEndpointThatCannotBeReadIsNamedWithoutItsPassword() {
        String endpoint = server().endpoint("s6");
        assertThatThrownBy(() -> answer(endpoint + "?nonsense=1", NO_FILES))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"nonsense\" is not known")
                .hasMessageNotContaining("s3cr");
        assertThatThrownBy(() -> answer(endpoint.replace(":" + server().port(), ":none"), NO_FILES))
                .hasMessageContaining("a port must be a number").hasMessageNotContaining("s3cr");
    }

    private String answer(String endpoint, List<String> files) throws InterruptedException, SQLException {
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        LogStart start = start(endpoint, files, events(told));
        try {
            return settled(told);
        } finally {
            start.close();
        }
    }

    private static LogStart.Events events(LinkedBlockingQueue<String> told) {
        return new LogStart.Events() {
            @Override
            public void opened(SqlLog log) {
                told.add("opened");
            }

            @Override
            public void waiting(String why) {
                told.add("waiting " + why);
            }

            @Override
            public void failed(String why) {
                told.add("failed " + why);
            }
        };
    }
}
