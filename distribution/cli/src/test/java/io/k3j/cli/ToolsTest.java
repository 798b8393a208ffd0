package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
    @TempDir
    Path directory;

    private Path program(String path) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.createFile(file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    private Tools tools(String... directories) {
        StringBuilder path = new StringBuilder();
        for (String d : directories) {
            path.append(':').append(directory.resolve(d));
        }
        return new Tools(path.toString(), List.of(directory.resolve("bundled"), directory.resolve("release")));
    }

    @Test
    void prefersTheNewestVersionBesideADispatcher() throws IOException {
        program("sdk/kubectl");
        program("sdk/kubectl.1.9");
        Path newest = program("sdk/kubectl.1.33");
        Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(directory.resolve("bin/kubectl"), directory.resolve("sdk/kubectl"));
        assertThat(tools("bin").find("kubectl")).contains(newest);
    }

    @Test
    void takesAPlainKubectlAndTheBundledProgramLast() throws IOException {
        Path bundled = program("bundled/kubectl");
        assertThat(tools("bin").find("kubectl")).contains(bundled);
        Path plain = program("bin/kubectl");
        assertThat(tools("bin").find("kubectl")).contains(plain);
        assertThat(tools("bin").find("crictl")).isEmpty();
    }

    @Test
    void takesTheOneThatCameWithTheReleaseAfterAllOthers() throws IOException {
        Path release = program("release/kubectl");
        program("release/k3s");
        assertThat(tools("bin").find("kubectl")).contains(release);
        Path bundled = program("bundled/kubectl");
        assertThat(tools("bin").find("kubectl")).contains(bundled);
    }

    @Test
    void saysWhereAKubectlIsLookedForAndWhatToType() {
        assertThat(BuiltIn.rest("/d", "aarch64")).isEqualTo("for the rest put a kubectl into /d/data/current/bin or a"
                + " directory of PATH, for example: curl -LO https://dl.k8s.io/release/v1.36.2/bin/linux/arm64/kubectl"
                + " && install -m 755 kubectl /usr/local/bin/kubectl");
        assertThat(BuiltIn.rest("/d", "amd64")).contains("/linux/amd64/kubectl ");
    }

    @Test
    void neverTakesItselfForATool() throws IOException {
        Path own = program("lib/bin/k3s");
        Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(directory.resolve("bin/ctr"), own);
        assertThat(tools("bin").find("ctr")).isEmpty();
    }

    @Test
    void rootsKubeconfigGoesBeforeTheUsersOwn() throws IOException {
        Host user = new Host("n1", false, "/home/u", List.of(), List.of(), Instant.EPOCH,
                Map.of("K3S_CONFIG_FILE", directory.resolve("absent.yaml").toString()), Path.of("/absent"), line -> {
                    throw new IOException(line.getFirst());
                });
        Path ofRoot = directory.resolve("k3s.yaml");
        assertThat(EarlyKeys.of(user, ofRoot).kubeconfig()).isEqualTo("/home/u/.kube/k3s.yaml");
        Files.createFile(ofRoot);
        assertThat(EarlyKeys.of(user, ofRoot).kubeconfig()).isEqualTo(ofRoot.toString());
        assertThat(Tools.unreadable(Map.of(), ofRoot.toString())).isEmpty();
        assertThat(Tools.unreadable(Map.of(), "/absent")).isEmpty();
    }

    @Test
    void setsWhatK3sSetsUnlessTheUserDid() throws IOException {
        String kubeconfig = Files.createFile(directory.resolve("k3s.yaml")).toString();
        assertThat(Tools.environment("kubectl", Map.of(), kubeconfig, "/d")).containsEntry("KUBECONFIG", kubeconfig);
        assertThat(Tools.environment("kubectl", Map.of("KUBECONFIG", "/mine"), kubeconfig, "/d")).isEmpty();
        assertThat(Tools.environment("ctr", Map.of(), "/kc", "/d"))
                .containsEntry("CONTAINERD_ADDRESS", "/run/k3s/containerd/containerd.sock")
                .containsEntry("CONTAINERD_NAMESPACE", "k8s.io");
        assertThat(Tools.environment("crictl", Map.of(), "/kc", "/d"))
                .containsEntry("CRI_CONFIG_FILE", "/d/agent/etc/crictl.yaml");
    }

    @Test
    void aKubeconfigThatIsNotThereDoesNotHideTheUsersOwn() throws IOException {
        String own = directory.resolve("k3s.yaml").toString();
        String home = directory.toString();
        assertThat(Tools.environment("kubectl", Map.of(), own, "/d")).isEmpty();
        assertThat(Tools.kubeconfig(Map.of(), own, home)).as("named in the message that it is not there")
                .isEqualTo(own);
        Files.createDirectory(directory.resolve(".kube"));
        String users = Files.createFile(directory.resolve(".kube/config")).toString();
        assertThat(Tools.kubeconfig(Map.of(), own, home)).isEqualTo(users);
        assertThat(Tools.kubeconfig(Map.of("KUBECONFIG", "/mine"), own, home)).isEqualTo("/mine");
        Files.createFile(Path.of(own));
        assertThat(Tools.kubeconfig(Map.of(), own, home)).isEqualTo(own);
    }

    @Test
    void namesThePackagesOfMissingPrograms() {
        assertThat(HostPackages.missing(true, true, p -> true)).isEmpty();
        assertThat(HostPackages.missing(false, true, p -> false)).isEqualTo(Set.of("etcd-server", "etcd-client"));
        assertThat(HostPackages.missing(false, false, p -> false)).isEmpty();
        assertThat(HostPackages.missing(true, true, p -> !p.endsWith("runc") && !p.endsWith("bridge")))
                .isEqualTo(Set.of("runc", "containernetworking-plugins"));
    }

    @Test
    void namesThePackagesThatUnpackTheImagesThereAre() throws IOException {
        assertThat(HostPackages.unpackers(directory.resolve("absent"), p -> false)).isEmpty();
        for (String name : List.of("a.tar", "b.tar.gz", "c.TAR.ZST", "d.txt", "e.tar.lz4")) {
            Files.createFile(directory.resolve(name));
        }
        assertThat(HostPackages.unpackers(directory, p -> false)).containsExactly("lz4", "zstd");
        assertThat(HostPackages.unpackers(directory, p -> !p.endsWith("lz4"))).containsExactly("lz4");
    }
}
