package io.k3j.kubeletconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What lies in K3s' directory after a start.
class KubeletConfigDirectoryTest {
    private static final String TEXT = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    @TempDir
    private Path home;

    void write(Path dataDir, KubeletDefaults defaults, String... arguments) throws IOException {
        KubeletConfigDirectory.of(dataDir, List.of(arguments)).write(defaults);
    }

    private KubeletDefaults defaults(String... dns) {
        return new KubeletDefaults(home, List.of("2001:db8::7", "192.0.2.7"), List.of(dns), "example.org", "",
                List.of("a=b:NoSchedule"));
    }

    private Path directory() {
        return home.resolve("agent/etc/kubelet.conf.d");
    }

    @Test
    void writesWhatK3sGivesItsKubelet() throws IOException {
        write(home, defaults("10.43.0.10"));
        Path file = directory().resolve("00-k3s-defaults.conf");
        Struct said = Yaml.document(Files.readAllBytes(file)).object();
        assertThat(said.text("apiVersion") + said.text("kind"))
                .isEqualTo("kubelet.config.k8s.io/v1beta1KubeletConfiguration");
        assertThat(said.text("clusterDomain")).isEqualTo("example.org");
        assertThat(said.seq("clusterDNS")).isEqualTo(Seq.of("10.43.0.10"));
        assertThat(said.text("healthzBindAddress")).isEqualTo("::1");
        assertThat(said.text("staticPodPath")).isEqualTo(home.resolve("agent/pod-manifests").toString());
        assertThat(said.struct("evictionHard").texts()).containsEntry("imagefs.available", "5%");
        assertThat(said.text("shutdownGracePeriod")).isEqualTo("0s");
        assertThat(said.seq("registerWithTaints").struct(0).text("effect")).isEqualTo("NoSchedule");
        assertThat(said.has("resolvConf")).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void whatIsThereIsNotWrittenAgainAndWhatUsersWroteStays() throws IOException {
        write(home, defaults("10.43.0.10"));
        Path mine = Files.writeString(directory().resolve("50-mine.conf"), TEXT);
        Path file = directory().resolve("00-k3s-defaults.conf");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        write(home, defaults("10.43.0.10"));
        assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
        write(home, defaults("10.43.0.11"));
        assertThat(file).content().contains("10.43.0.11");
        assertThat(mine).hasContent(TEXT);
    }

    @Test
    void copiesWhatArgumentsNameUnlessItLiesThereAlready() throws IOException {
        Path given = Files.writeString(home.resolve("mine.yaml"), TEXT + "maxPods: 1\n");
        Files.createDirectories(home.resolve("d/deep"));
        Files.writeString(home.resolve("d/deep/a.conf"), TEXT + "maxPods: 2\n");
        Files.writeString(home.resolve("d/b.txt"), "no drop-in");
        write(home, defaults(), "max-pods=7", "config=" + given, "config-dir=" + home.resolve("d"));
        assertThat(directory().resolve("10-cli-config.conf")).content().endsWith("maxPods: 1\n");
        assertThat(directory().resolve("20-cli-config-dir/deep/a.conf")).content().endsWith("maxPods: 2\n");
        assertThat(directory().resolve("20-cli-config-dir/b.txt")).doesNotExist();
        Path within = Files.writeString(directory().resolve("70.conf"), TEXT);
        write(home, defaults(), "config=" + within);
        assertThat(directory().resolve("10-cli-config.conf")).content().endsWith("maxPods: 1\n");
    }
}
