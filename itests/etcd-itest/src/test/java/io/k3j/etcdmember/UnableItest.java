package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The distribution is started while its own etcd cannot run: one sentence, exit 1, nothing spoilt.
@NeedsPackages("etcd-server")
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "namespaces need root")
class UnableItest {
    @TempDir
    Path directory;

    @Test
    void aServerWhoseEtcdCannotRunSaysWhyInOneSentenceAndEnds() throws IOException, InterruptedException {
        Script all = Script.played("unable.sh", directory, Map.of());
        assertThat(all.section("port").lines().skip(1)).as(all.text()).containsExactly("exit=1",
                "k3s: the managed etcd cannot listen at 127.0.0.1:2379: Address already in use; see who does: ss -ltnp"
                        + " sport = :2379",
                "begun=0");
        assertThat(all.section("address").lines().skip(1)).as(all.text()).containsExactly("exit=1",
                "k3s: the managed etcd cannot listen at 203.0.113.9: that is no address of this machine; give --node-ip"
                        + " one of those that ip address shows");
        assertThat(all.section("free")).as(all.text()).contains("serves");
        assertThat(all.section("broken").lines().skip(1)).as(all.text()).containsExactly("exit=1",
                "k3s: the managed etcd ends as soon as it is started: etcd: cannot load library; see "
                        + directory.resolve("a/server/logs/etcd.log"));
        assertThat(all.section("away").lines().skip(1)).as(all.text()).hasSize(2).last().asString()
                .startsWith("k3s: etcd is not installed; type: apt-get install etcd-server etcd-client");
        assertThat(all.section("again")).as(all.text()).contains("serves");
    }
}
