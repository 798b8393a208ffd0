package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The distribution as an administrator uses it: snapshots by command on one server, restored on another host.
class NewHostItest {
    private static final int LIMIT_MINUTES = 12;
    @TempDir
    Path directory;

    private String played() throws IOException, InterruptedException {
        Path script = directory.resolve("restore.sh");
        try (InputStream in = NewHostItest.class.getResourceAsStream("restore.sh")) {
            Files.copy(in, script);
        }
        Path k3s = Path.of(System.getProperty("k3j.dist", "../../distribution/target/dist")).toAbsolutePath()
                .normalize().resolve("bin/k3s");
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("unshare", "--mount", "--net", "--pid", "--uts", "--fork",
                "--kill-child=KILL", "--mount-proc", "bash", script.toString(), k3s.toString(), directory.toString())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("K3S_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("K3S_") && !name.equals("K3S_JAVA"));
        Process process = builder.start();
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(output);
    }

    private static String between(String text, String from, String to) {
        assertThat(text).contains("== " + from).contains("== " + to);
        return text.substring(text.indexOf("== " + from), text.indexOf("== " + to));
    }

    @Test
    void aSnapshotMakesTheSameClusterOnANewHostAndOnlyAWholeOneWithItsToken()
            throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
        String all = played();
        assertThat(all).as(all).contains("stopped with 0")
                .containsPattern("Snapshot first-a-[0-9]+ saved\\.")
                .containsPattern("Snapshot on-demand-a-[0-9]+\\.zip saved\\.")
                .containsPattern("Name +Location +Size +Created\nfirst-a-[0-9]+ +file:///")
                .containsPattern("local-first-a-[0-9]+-[0-9a-f]{6} +first-a-[0-9]+ +a +file:///")
                .containsPattern("Snapshot first-a-[0-9]+ deleted\\.");
        Map<String, String> sections = Map.of("without", between(all, "without token", "damaged"), "damaged",
                between(all, "damaged", "another token"), "another", between(all, "another token", "restored"),
                "restored", between(all, "restored", "again"));
        assertThat(sections.get("without")).contains("does not exist, please pass --token to complete the restoration")
                .contains("exit=1 left=0");
        assertThat(sections.get("damaged")).contains("damaged").contains("nothing was changed")
                .contains("exit=1 left=0");
        assertThat(sections.get("another")).contains("encrypted with different token").contains("exit=1 left=0")
                .doesNotContain("guess");
        assertThat(sections.get("restored")).contains("k3s: Managed etcd cluster membership has been reset, restart"
                + " without --cluster-reset flag now. Backup and delete ").contains("exit=0");
        assertThat(all.substring(all.indexOf("== again"))).contains("was already reset").contains("kept=b");
        List<String> authorities = all.lines().filter(line -> line.startsWith("ca-")).map(l -> l.substring(5))
                .toList();
        assertThat(authorities).hasSize(2);
        assertThat(authorities.getFirst()).isEqualTo(authorities.getLast());
    }
}
