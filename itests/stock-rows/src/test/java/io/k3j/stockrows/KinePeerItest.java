package io.k3j.stockrows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoresqlite.SqliteStore;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// K3j's file beside kine's: the same table, the same rows for the same changes, and each serves the other's.
class KinePeerItest {
    private static final String KEY = "/registry/peers/a";
    private static final Duration UNPACK_LIMIT = Duration.ofMinutes(1);
    private static final Path PACKED = Path.of(System.getProperty("k3j.kine",
            "../../../shared/conformance/peers/kine.zst"));
    private static final String OTHER = "/registry/peers/b";
    @TempDir
    Path directory;

    @Test
    void ourFileHasTheFormOfKines() throws Exception {
        Path file = ours(directory);
        KineForm form = KineForm.read();
        try (KineFile kine = KineFile.open(file)) {
            assertThat(form.tableDifferences(kine.form(), false)).isEmpty();
            assertThat(form.rowDifferences(kine.rows(KEY))).isEmpty();
            kine.makeSchema();
            assertThat(form.tableDifferences(kine.form(), true)).isEmpty();
        }
        compact(directory);
        try (KineFile kine = KineFile.open(file)) {
            assertThat(form.leftDifferences(kine.rows(KEY))).isEmpty();
        }
    }

    @Test
    void theComparisonSeesEachDifference() throws Exception {
        KineForm form = KineForm.read();
        List<String> table = form.lines().stream().filter(line -> line.startsWith("column ")
                || line.startsWith("index ")).toList();
        List<String> rows = form.lines().stream().filter(line -> line.startsWith("row ")).toList();
        assertThat(form.tableDifferences(table, true)).isEmpty();
        assertThat(form.tableDifferences(table.subList(0, 9), false)).containsExactly(
                "missing: index unique kine_name_prev_revision_uindex: name prev_revision");
        assertThat(form.tableDifferences(table.stream().map(line -> line.replace("name TEXT", "name BLOB")).toList(),
                true)).containsExactly("missing: column name TEXT", "unknown: column name BLOB");
        assertThat(form.tableDifferences(table.reversed(), true)).hasSize(1);
        assertThat(form.rowDifferences(rows)).isEmpty();
        for (int i = 0; i < rows.size(); i++) {
            String other = rows.get(i).replace(" v", " w");
            List<String> before = rows.subList(0, i);
            List<String> after = rows.subList(i + 1, rows.size());
            assertThat(form.rowDifferences(Stream.of(before, List.of(other), after)
                    .flatMap(List::stream).toList())).hasSize(1);
        }
        assertThat(form.rowDifferences(rows.subList(0, 3))).containsExactly("nothing in place of " + rows.get(3));
    }

    @Test
    void aToolchainIsTakenFrom126On() {
        assertThat(List.of("go version go1.26.0 linux/amd64", "go version go1.30rc1 linux/arm64",
                "go version go2.0 linux/amd64")).allMatch(GoToolchain::newEnough);
        assertThat(List.of("go version go1.19.8 linux/amd64", "go version devel", "")).noneMatch(
                GoToolchain::newEnough);
    }

    @Test
    @NeedsPackages({"etcd-client", "zstd"})
    void kineWritesAndServesTheSame() throws Exception {
        Path kine = kine(Files.createDirectory(directory.resolve("build")));
        kineWritesTheSame(kine);
        kineServesOurs(kine);
    }

    /// The one beside the project, else one built here.
    private static Path kine(Path directory) throws IOException, InterruptedException {
        if (Files.exists(PACKED)) {
            return unpacked(directory.resolve("kine"));
        }
        Optional<GoToolchain> go = GoToolchain.find(Objects.toString(System.getenv("PATH"), ""));
        assumeTrue(go.isPresent(), () -> "no kine: there is no " + PACKED + " and no Go toolchain of 1.26");
        try {
            return go.get().kine(directory);
        } catch (IOException e) {
            return abort("no kine: it cannot be built here: " + e.getMessage());
        }
    }

    private static Path unpacked(Path kine) throws IOException, InterruptedException {
        Launch.of("zstd", "-q", "-d", "--long=31", PACKED.toString(), "-o", kine.toString()).text(UNPACK_LIMIT);
        assertThat(kine.toFile().setExecutable(true)).isTrue();
        return kine;
    }

    private void kineWritesTheSame(Path program) throws Exception {
        Path file = Files.createDirectory(directory.resolve("theirs")).resolve("state.db");
        try (KineProcess kine = new KineProcess(program, file, "--compact-interval", "0")) {
            kine.create(KEY, "v1");
            kine.update(KEY, "v2");
            kine.delete(KEY);
            kine.create(KEY, "v3");
        }
        KineForm form = KineForm.read();
        try (KineFile rows = KineFile.open(file)) {
            assertThat(form.tableDifferences(rows.form(), true)).isEmpty();
            // from 0.17 on the value of a deletion is empty; what was deleted is read from old_value, before and since
            assertThat(form.rowDifferences(rows.rows(KEY))).isSubsetOf(
                    "row deleted #1 #2 0 - v2 in place of row deleted #1 #2 0 v2 v2");
        }
    }

    private void kineServesOurs(Path program) throws Exception {
        Path data = Files.createDirectory(directory.resolve("ours"));
        Path file = ours(data);
        try (KineProcess kine = new KineProcess(program, file, "--compact-interval", "0")) {
            assertThat(kine.get(KEY)).isEqualTo("v3");
            assertThat(kine.get(OTHER)).isEqualTo("b1");
            kine.update(OTHER, "b2");
        }
        try (SqliteStore store = SqliteStore.open(data, true, message -> {
        })) {
            assertThat(store.datastore().get(OTHER)).get().satisfies(entry -> assertThat(entry.value()).asString()
                    .isEqualTo("b2"));
        }
    }

    /// The file of a store to which the changes of `kine-form.txt` were made.
    private static Path ours(Path data) {
        try (SqliteStore opened = SqliteStore.open(data, false, message -> {
        })) {
            Datastore store = opened.datastore();
            long first = put(store, KEY, 0, "v1");
            long second = put(store, KEY, first, "v2");
            assertThat(store.delete(KEY, second)).isInstanceOf(CommitResult.Committed.class);
            put(store, KEY, 0, "v3");
            put(store, OTHER, 0, "b1");
        }
        return data.resolve("server/db/state.db");
    }

    private static void compact(Path data) {
        try (SqliteStore store = SqliteStore.open(data, true, message -> {
        })) {
            store.datastore().compact(store.datastore().revision());
        }
    }

    private static long put(Datastore store, String key, long expected, String value) {
        CommitResult result = store.commit(key, expected, KineFile.text(value), Duration.ZERO);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).revision();
    }
}
