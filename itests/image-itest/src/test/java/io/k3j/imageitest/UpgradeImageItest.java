package io.k3j.imageitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The image that Plans upgrade nodes with, as a Job of the system-upgrade-controller runs it: among the processes of a
/// node, with its root at `/host`. The node's `k3s` is a stand-in that tells what it was given.
@NeedsMachine
@NeedsPackages("busybox-static")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeImageItest {
    private static final String ACCOUNT = "var/run/secrets/kubernetes.io/serviceaccount";
    /// A node with process ids and mounts of its own, on which a server runs, and the container.
    private static final String NODE = """
            mount --rbind / "$1/host"
            mount --rbind /dev "$1/dev"
            mount -t proc proc "$1/proc"
            coproc sh -c 'echo ready; read -r _' java "-Dk3j.home=$2/release-a" io.k3j.cli.Main server
            read -r -u "${COPROC[0]}" _
            code=0
            # not the last command, which the shell would become, and the server would end
            chroot "$1" /bin/sh /opt/k3s/k3s-upgrade.sh "${@:3}" || code=$?
            exit "$code"
            """;
    private static final String PROGRAM = """
            #!/bin/sh
            echo "k3s $*"
            for word in "$@"; do
                case $word in
                    /proc/*) cat "$word/token" ;;
                    *.tar.gz) cd "${word%/*}" && sha256sum -c sha256sum-*.txt ;;
                esac
            done
            """;
    private Path root;
    private Path library;

    @BeforeAll
    void unpack(@TempDir Path directory) throws IOException, InterruptedException {
        Path image = Path.of(System.getProperty("k3j.upgrade.image", "no -Dk3j.upgrade.image")).toAbsolutePath();
        assertThat(image).as("mvn verify -pl distribution/image -am makes it").exists();
        Path layout = Files.createDirectory(directory.resolve("layout"));
        root = Files.createDirectory(directory.resolve("root"));
        run("tar", "-xf", image.toString(), "-C", layout.toString());
        String manifest = Files.readString(layout.resolve("manifest.json"));
        Matcher layers = Pattern.compile("\"(blobs/[^\"]+)\"").matcher(manifest.substring(manifest.indexOf("Layers")));
        while (layers.find()) {
            run("tar", "-xf", layout.resolve(layers.group(1)).toString(), "-C", root.toString());
        }
        Files.writeString(Files.createDirectories(root.resolve(ACCOUNT)).resolve("token"), "token of the Job\n");
        library = directory.toRealPath().resolve("usr/lib/k3s");
        Path program = Files.createDirectories(library.resolve("release-a/bin")).resolve("k3s");
        Files.writeString(program, PROGRAM);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(library.resolve("current"), Path.of("release-a"));
    }

    private static void run(String... line) throws IOException, InterruptedException {
        Launch.of(line).text(Waiting.LIMIT);
    }

    private Outcome job(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--mount-proc", "bash",
                "-ec", NODE, "node", root.toString(), library.toString()));
        line.addAll(List.of(words));
        return Launch.of(line).withoutK3sEnvironment().run(Waiting.LIMIT);
    }

    @Test
    void bringsTheReleaseToTheNodesOwnProgram() throws Exception {
        Outcome outcome = job("upgrade", "--no-snapshot");
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).contains("k3s upgrade --to " + library + "/.k3s-image.", " --no-snapshot ",
                ".tar.gz: OK", "token of the Job", "This node has release-a");
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", "release-a");
    }

    @Test
    void waitsForAPlanByTheNodesOwnProgram() throws Exception {
        Outcome outcome = job("prepare", "server-plan");
        assertThat(outcome.code()).as(outcome.text()).isZero();
        assertThat(outcome.text()).contains("k3s upgrade --await-plan server-plan ", "token of the Job");
    }

    @Test
    void failsWithASentence() throws Exception {
        Outcome outcome = job("prepare");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.text()).contains("args: [prepare, server-plan]");
    }
}
