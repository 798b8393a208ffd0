package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The distribution as an administrator uses it: snapshots by command on one server, restored on another host.
@NeedsPackages({"etcd-server", "etcd-client"})
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "namespaces need root")
class NewHostItest {
    /// In a network of its own.
    private static final int S3_PORT = 9000;
    private static final int S3_TLS_PORT = 9001;
    private static final int PROXY_PORT = 3128;
    private static final String LOGIN = "me:let-me-out";
    @TempDir
    Path directory;

    @Test
    void aSnapshotMakesTheSameClusterOnANewHostAndOnlyAWholeOneWithItsToken()
            throws IOException, InterruptedException {
        Path s3 = Files.createDirectories(directory.resolve("s3"));
        Script script = Script.played("restore.sh", directory, Map.of("S3_START",
                S3Server.script(s3, S3_PORT, S3_TLS_PORT).toString(), "S3_ENDPOINT", "127.0.0.1:" + S3_TLS_PORT,
                "S3_CA", S3Server.authority(s3).toString(), "S3_BUCKET", S3Server.BUCKET, "AWS_ACCESS_KEY_ID",
                S3Server.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY, "PROXY_START",
                ForwardProxy.script(directory, PROXY_PORT, LOGIN).toString(), "PROXY",
                "http://" + LOGIN + "@127.0.0.1:" + PROXY_PORT));
        String all = script.text();
        assertThat(all).as(all).contains("stopped with 0")
                .containsPattern("Snapshot first-a-[0-9]+ saved\\.")
                .containsPattern("Snapshot on-demand-a-[0-9]+\\.zip saved\\.")
                .containsPattern("Name +Location +Size +Created\nfirst-a-[0-9]+ +file:///")
                .containsPattern("local-first-a-[0-9]+-[0-9a-f]{6} +first-a-[0-9]+ +a +file:///")
                .containsPattern("Snapshot first-a-[0-9]+ deleted\\.");
        saysWhichSnapshotFailed(script);
        assertThat(script.section("without token"))
                .contains("does not exist, please pass --token to complete the restoration")
                .contains("exit=1 left=0");
        assertThat(script.section("damaged")).contains("damaged").contains("nothing was changed")
                .contains("exit=1 left=0");
        assertThat(script.section("another token")).contains("encrypted with different token").contains("exit=1 left=0")
                .doesNotContain("guess");
        assertThat(script.section("restored")).contains("k3s: Managed etcd cluster membership has been reset, restart"
                + " without --cluster-reset flag now. Backup and delete ").contains("exit=0");
        assertThat(script.section("again")).contains("was already reset").contains("kept=b");
        fromS3(script);
        assertThat(Files.readString(directory.resolve("proxy.log"))).contains("tunnel to 127.0.0.1:" + S3_TLS_PORT);
        List<String> authorities = all.lines().filter(line -> line.startsWith("ca-")).map(l -> l.substring(5))
                .toList();
        assertThat(authorities).hasSize(3);
        assertThat(authorities.stream().distinct()).hasSize(1);
    }

    private void saysWhichSnapshotFailed(Script script) {
        String why = directory.resolve("a/server/db/snapshots/occupied") + " is not a directory";
        assertThat(script.section("failed").lines().skip(1)).hasSize(4).satisfiesExactly(
                said -> assertThat(said).isEqualTo("k3s: the server refused (500): the snapshot failed: " + why),
                said -> assertThat(said).isEqualTo("exit=1"),
                object -> assertThat(object).matches("local-lost-a-[0-9]+-[0-9a-f]{6} false .*").endsWith(" " + why),
                event -> assertThat(event)
                        .matches("Warning ETCDSnapshotFile Failed to save snapshot lost-a-[0-9]+ on a:.*")
                        .endsWith(": " + why));
    }

    private static void fromS3(Script script) {
        assertThat(script.section("listed")).containsPattern("copied-a-[0-9]+ +s3://snapshots/k3s/copied-a-");
        assertThat(script.section("s3 with another secret")).contains("nothing was restored")
                .contains("SignatureDoesNotMatch").contains("exit=1 left=0").doesNotContain("guess");
        assertThat(script.section("s3 without it")).contains("there is no snapshot nothing in the bucket snapshots,"
                + " folder k3s").contains("exit=1 left=0");
        assertThat(script.section("s3 restored")).contains("k3s: Managed etcd cluster membership has been reset")
                .contains("exit=0").contains("kept=b").contains("stopped with 0");
    }
}
