package io.k3j.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Which program `bin/k3s kubectl`, `crictl` and `ctr` become; `java` is what runs where the script decides nothing.
@EnabledOnOs(OS.LINUX)
class ToolScriptTest {
    private static final Path DIST = Path.of("src/main/dist").toAbsolutePath();
    private static final String TELL = "echo $(basename $0) $@ $KUBECONFIG $CRI_CONFIG_FILE $CONTAINERD_ADDRESS"
            + " $CONTAINERD_NAMESPACE";
    @TempDir
    Path directory;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void release() throws IOException {
        Trees.copy(DIST, Files.createDirectories(directory.resolve("release")));
        assertThat(directory.resolve("release/bin/k3s").toFile().setExecutable(true)).isTrue();
        program("java", "echo java");
        program("usr/id", "echo 0");
        // a machine's own kubectl or ctr is not found
        for (String needed : List.of("basename", "grep", "readlink", "uname")) {
            program("usr/" + needed, "PATH=/usr/bin:/bin exec " + needed + " \"$@\"");
        }
        environment.putAll(Map.of("PATH", path("usr", "bin"), "K3S_JAVA",
                directory.resolve("java").toString(), "K3S_CONFIG_FILE", directory.resolve("config.yaml").toString(),
                "K3S_DATA_DIR", directory.resolve("data").toString(), "K3S_KUBECONFIG_OUTPUT",
                Files.createFile(directory.resolve("k3s.yaml")).toString()));
    }

    private String path(String... directories) {
        List<String> all = new ArrayList<>();
        for (String d : directories) {
            all.add(directory.resolve(d).toString());
        }
        return String.join(":", all);
    }

    private void program(String path, String body) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true, false)).isTrue();
    }

    private String k3s(String... words) throws IOException, InterruptedException {
        return run("release/bin/k3s", words);
    }

    private String run(String program, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(directory.resolve(program).toString()));
        line.addAll(List.of(words));
        return started(line);
    }

    private String started(List<String> line) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes()).strip();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said;
    }

    @Test
    void itIsTheNewestKubectlBesideADispatcher() throws Exception {
        program("sdk/kubectl", "echo dispatcher");
        program("sdk/kubectl.1.9", TELL);
        program("sdk/kubectl.1.33", TELL);
        program("sdk/kubectl.1.old", TELL);
        Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(directory.resolve("bin/kubectl"), directory.resolve("sdk/kubectl"));
        assertThat(k3s("kubectl", "get", "a  b"))
                .isEqualTo("kubectl.1.33 get a b " + directory.resolve("k3s.yaml"));
        Files.createSymbolicLink(directory.resolve("kubectl"), directory.resolve("release/bin/k3s"));
        assertThat(run("kubectl", "get")).startsWith("kubectl.1.33 get");
    }

    @Test
    void theDataDirectoryComesAfterThePathAndTheReleaseLast() throws Exception {
        assertThat(k3s("crictl", "ps")).isEqualTo("java");
        program("release/bin/crictl", "echo release");
        assertThat(k3s("crictl", "ps")).isEqualTo("release");
        program("data/data/current/bin/crictl", "echo data");
        assertThat(k3s("crictl", "ps")).isEqualTo("data");
        program("bin/crictl", TELL);
        assertThat(k3s("crictl", "ps")).isEqualTo("crictl ps " + directory.resolve("data/agent/etc/crictl.yaml"));
    }

    @Test
    void aKubeconfigThatIsNotForThisUserIsToldOf() throws Exception {
        program("bin/kubectl", TELL);
        Path closed = Files.createFile(directory.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment.put("KUBECONFIG", closed.toString());
        List<String> line = new ArrayList<>(
                List.of("/bin/sh", directory.resolve("release/bin/k3s").toString(), "kubectl"));
        if (new ProcessBuilder("id", "-u").start().inputReader().readLine().equals("0")) {
            line.addAll(0, List.of("/usr/bin/setpriv", "--reuid=65534", "--clear-groups"));
        }
        assertThat(started(line)).startsWith("k3s: Unable to read " + closed + ", please start server with"
                + " --write-kubeconfig-mode or --write-kubeconfig-group to modify kube config permissions")
                .contains("kubectl " + closed);
    }

    @Test
    void aKubeconfigThatIsNotThereIsNotNamed() throws Exception {
        program("bin/kubectl", TELL);
        environment.put("K3S_KUBECONFIG_OUTPUT", "/absent.yaml");
        assertThat(k3s("kubectl", "get")).as("kubectl takes ~/.kube/config by itself").isEqualTo("kubectl get");
    }

    @Test
    void whatTheUserHasSetStays() throws Exception {
        program("bin/kubectl", TELL);
        program("bin/ctr", TELL);
        assertThat(k3s("kubectl")).endsWith("kubectl " + directory.resolve("k3s.yaml"));
        environment.put("KUBECONFIG", "/mine.yaml");
        assertThat(k3s("kubectl")).endsWith("kubectl /mine.yaml");
        environment.remove("KUBECONFIG");
        assertThat(k3s("ctr")).isEqualTo("ctr /run/k3s/containerd/containerd.sock k8s.io");
        environment.put("CONTAINERD_NAMESPACE", "mine");
        assertThat(k3s("ctr")).isEqualTo("ctr /run/k3s/containerd/containerd.sock mine");
    }

    @Test
    void aConfigurationFileThatMayNameThePlacesIsReadByJava() throws Exception {
        program("bin/kubectl", TELL);
        Files.writeString(directory.resolve("config.yaml"), "write-kubeconfig-mode: 644\n");
        assertThat(k3s("kubectl")).startsWith("kubectl");
        Path dropIn = Files.createDirectories(directory.resolve("config.yaml.d")).resolve("more.yaml");
        Files.writeString(dropIn, "data-dir: /else\n");
        assertThat(k3s("kubectl")).isEqualTo("java");
        Files.writeString(dropIn, "write-kubeconfig: /else\n");
        assertThat(k3s("kubectl")).isEqualTo("java");
        environment.put("K3S_CONFIG_FILE", "https://somewhere/config.yaml");
        assertThat(k3s("kubectl")).isEqualTo("java");
    }

    @Test
    void aLinkToK3sIsNoTool() throws Exception {
        Files.createDirectories(directory.resolve("bin"));
        Files.createSymbolicLink(directory.resolve("bin/ctr"), directory.resolve("release/bin/k3s"));
        assertThat(k3s("ctr", "images", "ls")).isEqualTo("java");
    }

    @Test
    void optionsBeforeTheCommandAreItsEnvironment() throws Exception {
        program("bin/crictl", "echo $CRI_CONFIG_FILE $K3S_DEBUG $@");
        assertThat(k3s("--debug", "--data-dir", "/else", "crictl", "ps", "-d"))
                .isEqualTo("/else/agent/etc/crictl.yaml true ps -d");
        assertThat(k3s("-d=/other", "--debug=false", "crictl")).isEqualTo("/other/agent/etc/crictl.yaml false");
        program("java", "echo $K3S_DATA_DIR $@");
        assertThat(k3s("--data-dir=/else", "token")).startsWith("/else ").endsWith(" io.k3j.cli.Main token");
    }
}
