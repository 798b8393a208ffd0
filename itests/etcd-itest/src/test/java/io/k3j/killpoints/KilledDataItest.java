package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A server is killed while other data is put in the place of its own: by a reset, a restored snapshot, a conversion.
@Tag("full")
@Tag("kill")
class KilledDataItest extends Killed {
    private static final int RESET_STEP = 5;
    private static final int CONVERSION_STEP = 8;
    private static final int OBJECTS = 40;
    private static final String DONE = "Managed etcd cluster membership has been reset";
    private static final String OLD_DATA = "etcd-old-";

    /// A stopped server with an object that was changed after a snapshot was taken.
    private Home changed(Path snapshot) throws IOException, InterruptedException {
        Home home = home(1, "one", "changed");
        try (Running server = home.serve("--cluster-init")) {
            home.create("thing", "old");
            assertThat(home.etcdctl("snapshot", "save", snapshot.toString()).code()).as(server.said()).isZero();
            home.remove("thing");
            home.create("thing", "new");
        }
        return home;
    }

    @Test
    void aResetThatIsKilledAnywhereLosesNothingAndIsRepeated() throws Exception {
        replaced("cluster-reset", changed(directory.resolve("snapshot")), "new", "--cluster-reset");
    }

    @Test
    void aRestoreThatIsKilledAnywhereLosesNothingAndIsRepeated() throws Exception {
        Path snapshot = directory.resolve("snapshot");
        replaced("cluster-reset-restore-path", changed(snapshot), "old", "--cluster-reset",
                "--cluster-reset-restore-path", snapshot.toString());
    }

    private void replaced(String what, Home before, String value, String... flags) throws Exception {
        each(what, RESET_STEP, (point, alone) -> {
            Home home = before.copied(directory.resolve("at-" + point));
            Running victim = home.start(kill.at(point), flags);
            if (!victim.killedBefore(DONE)) {
                return victim.code() != 0;
            }
            if (!alone) {
                home.killEtcd();
            }
            ordinaryStartHasEitherData(home.copied(directory.resolve("other")), point);
            Running repeated = home.start(Map.of(), flags);
            int code = repeated.code();
            assertThat(repeated.said()).as("repeated after a kill at " + point + " with " + code)
                    .containsAnyOf(DONE, "was already reset");
            assertThat(home.processes()).as("etcd after a kill at " + point + repeated.said()).isZero();
            assertThat(oldData(home)).as("data of before, after a kill at " + point)
                    .contains(log(before.db().resolve("etcd")));
            try (Running server = home.serve()) {
                assertThat(home.object("thing")).as(server.said()).contains("\"value\":\"" + value + "\"");
                assertThat(home.processes()).isEqualTo(1);
            }
            tidy(home, point);
            home.delete();
            return true;
        });
    }

    private static void ordinaryStartHasEitherData(Home home, int point) throws IOException, InterruptedException {
        try (Running server = home.serve()) {
            assertThat(home.object("thing")).as("started after a kill at " + point + server.said())
                    .containsPattern("\"value\":\"(old|new)\"");
        }
        home.delete();
    }

    private static String log(Path data) throws IOException {
        try (Stream<Path> all = Files.list(data.resolve("member/wal"))) {
            Path first = all.filter(file -> file.toString().endsWith(".wal")).sorted().findFirst().orElseThrow();
            return java.util.Arrays.hashCode(Files.readAllBytes(first)) + " of " + first.getFileName();
        }
    }

    private static List<String> oldData(Home home) throws IOException {
        List<Path> old;
        try (Stream<Path> all = Files.list(home.db())) {
            old = all.filter(file -> file.getFileName().toString().startsWith(OLD_DATA)).toList();
        }
        List<String> logs = new java.util.ArrayList<>();
        for (Path one : old) {
            logs.add(log(one));
        }
        return logs;
    }

    private static void tidy(Home home, int point) throws IOException {
        try (Stream<Path> all = Files.list(home.db())) {
            assertThat(all.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(OLD_DATA)))
                    .as("left by a kill at " + point)
                    .isSubsetOf("etcd", "etcd.process", "etcd.revision", "etcd-members.json", "snapshots", ".metadata",
                            "state.db.migrated");
        }
    }

    @Test
    void aConversionThatIsKilledAnywhereKeepsEveryObject() throws Exception {
        Home before = home(1, "one", "sqlite");
        try (Running server = before.serve()) {
            for (int i = 0; i < OBJECTS; i++) {
                before.create("thing-" + i, server.said().isEmpty() ? "" : "v" + i);
            }
        }
        each("conversion", CONVERSION_STEP, (point, alone) -> {
            Home home = before.copied(directory.resolve("at-" + point));
            if (!home.killed(kill.at(point), "--cluster-init")) {
                return false;
            }
            if (!alone) {
                home.killEtcd();
            }
            try (Running server = home.serve("--cluster-init")) {
                String all = home.get("/api/v1/namespaces/default/configmaps");
                assertThat(all).as("after a kill at " + point + server.said()).contains(IntStream.range(0, OBJECTS)
                        .mapToObj(i -> "\"value\":\"v" + i + "\"").toArray(String[]::new));
                assertThat(home.processes()).isEqualTo(1);
            }
            assertThat(home.db().resolve("state.db.migrated")).exists();
            tidy(home, point);
            home.delete();
            return true;
        });
    }
}
