package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagedEtcdTest {
    @TempDir
    Path directory;
    private final Map<String, Object> settings = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void dataDirectory() {
        settings.put("dataDir", directory.toString());
    }

    private List<String> decide() {
        return ManagedEtcd.decide(settings, warnings);
    }

    @Test
    void itIsChosenByBeginningOrJoiningACluster() {
        assertThat(decide()).isEmpty();
        assertThat(settings).containsEntry("managedEtcd", false).containsEntry("etcd", false);
        settings.put("clusterInit", true);
        decide();
        assertThat(settings).containsEntry("managedEtcd", true).containsEntry("etcd", true);
        settings.put("clusterInit", false);
        settings.put("server", "https://one:6443");
        decide();
        assertThat(settings).containsEntry("managedEtcd", true);
        settings.put("datastoreEndpoint", "postgres://one");
        decide();
        assertThat(settings).containsEntry("managedEtcd", false).containsEntry("etcd", false);
        settings.put("datastoreEndpoint", "https://one:2379");
        decide();
        assertThat(settings).containsEntry("managedEtcd", false).containsEntry("etcd", true);
        assertThat(warnings).isEmpty();
    }

    @Test
    void dataOnDiskDecidesOverTheFlagsAndIsSaid() throws IOException {
        Files.createDirectories(directory.resolve("server/db/etcd/member"));
        settings.put("clusterInit", true);
        settings.put("server", "https://one:6443");
        settings.put("datastoreEndpoint", "postgres://u:p@one/d");
        assertThat(decide()).isEmpty();
        assertThat(settings).containsEntry("managedEtcd", true).doesNotContainKey("datastoreEndpoint");
        assertThat(warnings).singleElement().asString()
                .endsWith("ignored: --cluster-init, --server, --datastore-endpoint");
    }

    @Test
    void dataThatWasAboutToTakeThePlaceOfTheOldIsData() throws IOException {
        Files.createDirectories(directory.resolve("server/db/etcd-new/member"));
        assertThat(decide()).isEmpty();
        assertThat(settings).containsEntry("managedEtcd", true);
        settings.put("clusterReset", true);
        assertThat(decide()).isEmpty();
    }

    @Test
    void aMemberThatWasTakenOutMayJoinAgain() throws IOException {
        Files.createDirectories(directory.resolve("server/db/etcd/member"));
        Files.writeString(directory.resolve("server/db/etcd/tombstone"), "");
        settings.put("server", "https://one:6443");
        assertThat(decide()).isEmpty();
        assertThat(settings).containsEntry("managedEtcd", true);
        assertThat(warnings).isEmpty();
    }

    @Test
    void whatCannotBeCombinedIsAllTold() {
        settings.put("clusterInit", true);
        settings.put("datastoreEndpoint", "postgres://one");
        settings.put("clusterResetRestorePath", "/snapshot");
        assertThat(decide()).hasSize(2).anyMatch(p -> p.contains("requires --cluster-reset"));
        settings.remove("clusterResetRestorePath");
        settings.put("clusterReset", true);
        settings.put("server", "https://one:6443");
        assertThat(decide()).anyMatch(p -> p.contains("--cluster-reset cannot be used with --server"));
    }

    @Test
    void aRestoreIsRefusedBeforeAnythingIsWritten() throws IOException {
        settings.put("clusterReset", true);
        assertThat(decide()).singleElement().asString().contains("there is no managed etcd in");
        settings.put("clusterResetRestorePath", "/nowhere");
        assertThat(decide()).containsExactly(directory.resolve("server/token")
                + " does not exist, please pass --token to complete the restoration");
        settings.put("token", "secret");
        assertThat(decide()).containsExactly("etcd: snapshot path does not exist: /nowhere");
        settings.put("etcdS3", true);
        assertThat(decide()).isEmpty();
        settings.put("etcdS3ConfigSecret", "s3");
        assertThat(decide()).singleElement().asString().startsWith("cannot use S3 config secret when restoring");
        Files.createDirectories(directory.resolve("server/db/etcd/member"));
        settings.put("etcdS3", false);
        assertThat(decide()).containsExactly("etcd: snapshot path does not exist: /nowhere");
        settings.remove("clusterResetRestorePath");
        assertThat(decide()).isEmpty();
    }

    @Test
    void aServerWithoutEtcdUsesThatOfTheServerItJoins() throws IOException {
        settings.put("disableEtcd", true);
        assertThat(decide()).singleElement().asString()
                .startsWith("invalid flag use; --server is required with --disable-etcd");
        settings.put("server", "https://one:6443");
        assertThat(decide()).isEmpty();
        assertThat(settings).containsEntry("etcd", true);
        settings.put("clusterInit", true);
        settings.put("datastoreEndpoint", "postgres://one");
        assertThat(decide()).anyMatch(p -> p.startsWith("--disable-etcd cannot be used with --cluster-init"))
                .anyMatch(p -> p.startsWith("invalid flag use; cannot use --disable-etcd with --datastore-endpoint"));
        settings.remove("datastoreEndpoint");
        settings.put("clusterInit", false);
        Files.createDirectories(directory.resolve("server/db/etcd/member"));
        assertThat(decide()).singleElement().asString()
                .startsWith("--disable-etcd cannot be used where a member of etcd has its data");
    }

    @Test
    void aServerWithoutAnApiServerRunsEtcd() {
        settings.put("disableApiserver", true);
        assertThat(decide()).singleElement().asString().startsWith("--disable-apiserver needs etcd on this server");
        assertThat(warnings).containsExactly("--disable-apiserver also disables this server's controllers",
                "--disable-apiserver also disables this server's scheduler");
        warnings.clear();
        settings.put("disableControllerManager", true);
        settings.put("disableScheduler", true);
        settings.put("clusterInit", true);
        assertThat(decide()).isEmpty();
        settings.put("clusterInit", false);
        settings.put("server", "https://one:6443");
        assertThat(decide()).isEmpty();
        settings.put("disableEtcd", true);
        assertThat(decide()).singleElement().asString().contains("use k3s agent");
        settings.put("disableEtcd", false);
        settings.put("datastoreEndpoint", "postgres://one");
        assertThat(decide()).singleElement().asString()
                .startsWith("invalid flag use; cannot use --disable-apiserver with --datastore-endpoint");
        assertThat(warnings).isEmpty();
    }
}
