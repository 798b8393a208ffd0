package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// etcd's program that makes a data directory of a snapshot.
final class SnapshotRestorer {
    /// What etcdctl of 3.6, which lost `snapshot restore`, prints about the flags.
    private static final String UNKNOWN = "unknown flag: --";
    private static final String BUMP = "--bump-revision";
    private final Path program;

    private record Outcome(boolean failed, String output) {
    }

    /// The program could not restore a snapshot. The message is what it said; whoever knows where the snapshot is from
    /// says what that means.
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        Failure(String message) {
            super(message);
        }
    }

    /// @param program the path of etcdutl or etcdctl
    SnapshotRestorer(Path program) {
        this.program = program;
    }

    /// Whether it can raise the revision while it restores, as etcdutl from 3.6 on.
    boolean raises() throws IOException, InterruptedException {
        return run(List.of("snapshot", "restore", "--help")).output().contains(BUMP);
    }

    /// Makes the data of a cluster of one member; blocks until it is there.
    ///
    /// @param to the new data directory
    /// @param raise how far the revision is raised, and what was before marked as compacted; more than 0 only when
    /// [#raises]
    /// @throws Failure when the program refuses the snapshot or fails; nothing is left of `to`
    /// @throws MemberFault when the program restores none at all
    void restore(MemberConfig config, Path snapshot, Path to, long raise)
            throws IOException, InterruptedException, Failure {
        List<String> arguments = new ArrayList<>(List.of("snapshot", "restore", snapshot.toString(), "--data-dir",
                to.toString(), "--name", config.name(), "--initial-cluster", config.name() + "=" + config.peerUrl(),
                "--initial-advertise-peer-urls", config.peerUrl()));
        if (raise > 0) {
            arguments.addAll(List.of(BUMP, Long.toString(raise), "--mark-compacted"));
        }
        Outcome outcome = run(arguments);
        String output = outcome.output();
        if (!outcome.failed() && Files.notExists(to.resolve("member/wal")) || output.contains(UNKNOWN)) {
            throw new MemberFault(
                    program + " restores no snapshots, as etcdctl from 3.6 on; put the etcdutl of the same"
                            + " release beside it and try again; nothing was changed");
        }
        if (outcome.failed()) {
            Tombstone.delete(to);
            throw new Failure(program + " snapshot restore: " + output.substring(output.lastIndexOf('\n') + 1));
        }
    }

    private Outcome run(List<String> arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return new Outcome(process.waitFor() != 0, output);
    }
}
