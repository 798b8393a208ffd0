package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A server is killed while it takes a snapshot.
@Tag("full")
@Tag("kill")
class KilledSnapshotItest extends Killed {
    private static final int STEP = 8;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void onlyWholeSnapshotsAreLeft() throws Exception {
        Home home = home(1, "one", "one");
        try (Running first = home.serve("--cluster-init")) {
            home.create("kept", first.said().isEmpty() ? "" : "x");
            home.post("/api/v1/namespaces/kube-system/configmaps", "k3s-etcd-snapshot-extra-metadata", "told");
        }
        Path now = directory.resolve("now");
        each("etcd-snapshot save", STEP, (point, alone) -> {
            try (Running server = home.start(kill.from(now).at(point), "--cluster-init")) {
                server.says("Component healthy component=apiserver");
                whole(home, point);
                Files.writeString(now, "");
                int code = save(home);
                Files.delete(now);
                assertThat(code == 0).as("saved: " + server.said()).isEqualTo(server.process().running());
                if (code == 0) {
                    whole(home, point);
                    return false;
                }
            }
            if (!alone) {
                home.killEtcd();
            }
            return true;
        });
    }

    private int save(Home home) throws IOException, InterruptedException {
        return hosts.k3s(1, directory.resolve("save.txt"), Map.of(), List.of("etcd-snapshot", "save", "--data-dir",
                home.data().toString())).code();
    }

    private void whole(Home home, int point) throws IOException, InterruptedException {
        List<String> files = names(home.db().resolve("snapshots"));
        for (String file : files) {
            assertThat(hosts.run(1, "env", "ETCDCTL_API=3", "etcdctl", "snapshot", "status",
                    home.db().resolve("snapshots").resolve(file).toString()))
                    .as(file + " before the kill at " + point).matches(status -> status.code() == 0);
        }
        assertThat(names(home.db().resolve(".metadata"))).isEqualTo(files);
        Path listed = directory.resolve("ls.txt");
        assertThat(hosts.k3s(1, listed, Map.of(), List.of("etcd-snapshot", "ls", "--data-dir",
                home.data().toString())).code()).as(Files.readString(listed)).isZero();
        assertThat(Files.readString(listed).lines().skip(1).map(line -> line.split(" ")[0]).sorted()).isEqualTo(files);
        Waiting.until("an object for each of " + files, LIMIT, () -> objects(home).equals(files), () -> {
            try {
                return String.valueOf(objects(home));
            } catch (IOException | InterruptedException e) {
                return e.toString();
            }
        });
    }

    private static List<String> objects(Home home) throws IOException, InterruptedException {
        return Stream.of(home.get("/apis/k3s.cattle.io/v1/etcdsnapshotfiles").split("\"snapshotName\":\"")).skip(1)
                .map(text -> text.substring(0, text.indexOf('"'))).sorted().toList();
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
