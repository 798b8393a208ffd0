package io.k3j.etcdmember;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// `--cluster-reset`: makes this server's data, or a snapshot's, a cluster of this server alone. Works on a
/// separate directory, which becomes the data directory only after everything has succeeded.
final class ClusterReset {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// What etcdctl of 3.6, which lost `snapshot restore`, prints about the flags.
    private static final String UNKNOWN = "unknown flag: --";
    private final MemberConfig config;
    private final Path etcd;
    private final Path restorer;

    /// @param restorer the path of etcdutl or etcdctl
    ClusterReset(MemberConfig config, Path etcd, Path restorer) {
        this.config = config;
        this.etcd = etcd;
        this.restorer = restorer;
    }

    /// Performs the reset and returns the message for the operator.
    /// @param snapshot the snapshot to restore; empty keeps the data of this server
    /// @param password of the server token, which opens the snapshot's bootstrap record; may be empty
    /// @throws MemberFault when it cannot be done; nothing was changed
    String run(Optional<Path> snapshot, String password) throws IOException, InterruptedException {
        EtcdLayout layout = config.layout();
        if (Files.exists(layout.resetFlag())) {
            throw new MemberFault("Managed etcd cluster membership was already reset, please remove the cluster-reset"
                    + " flag and start k3s normally. If you need to perform another cluster reset, you must first"
                    + " manually delete the file at " + layout.resetFlag());
        }
        Path work = layout.data().resolveSibling("etcd-reset");
        ScratchEtcd.clear(work);
        if (snapshot.isPresent()) {
            restore(snapshot.get(), work);
        } else if (layout.initialized()) {
            DataVersion.check(layout, etcd);
            copy(layout.data(), work);
        } else {
            throw new MemberFault("there is no managed etcd in " + layout.data()
                    + " to reset; give --cluster-reset-restore-path, or leave --cluster-reset out");
        }
        try (ScratchEtcd scratch = ScratchEtcd.open(config, etcd, work, true)) {
            if (snapshot.isPresent()) {
                Optional<Long> before = RevisionBump.noted(layout);
                RestoredFiles files = RestoredFiles.of(layout, scratch.kv(), password);
                RevisionBump.raise(scratch.kv(),
                        before.orElse(RevisionBump.revision(scratch.kv())) + RevisionBump.MARGIN);
                scratch.deliver(config,
                        new ScratchEtcd.Mark(DataDirReplacement.RESET,
                                files.onDisk() ? "" : snapshot.get().toString()));
                files.write();
            } else {
                scratch.deliver(config, new ScratchEtcd.Mark(DataDirReplacement.RESET, ""));
            }
            Files.writeString(layout.resetFlag(), "");
            Files.delete(layout.data().resolve(DataDirReplacement.RESET));
        } catch (MemberFault e) {
            Tombstone.delete(work);
            throw e;
        }
        return "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. Backup and"
                + " delete " + layout.dataDir() + "/server/db on each peer etcd server and rejoin the nodes";
    }

    private void restore(Path snapshot, Path work) throws IOException, InterruptedException {
        if (Files.notExists(snapshot)) {
            throw new MemberFault("etcd: snapshot path does not exist: " + snapshot);
        }
        Path plain = snapshot.toString().endsWith(".zip") ? unpacked(snapshot) : snapshot;
        ProcessBuilder builder = new ProcessBuilder(restorer.toString(), "snapshot", "restore", plain.toString(),
                "--data-dir", work.toString(), "--name", config.name(), "--initial-cluster",
                config.name() + "=" + config.peerUrl(), "--initial-advertise-peer-urls", config.peerUrl())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        boolean failed = process.waitFor() != 0;
        if (plain != snapshot) {
            Files.delete(plain);
        }
        if (!failed && Files.notExists(work.resolve("member/wal")) || output.contains(UNKNOWN)) {
            throw new MemberFault(
                    restorer + " restores no snapshots, as etcdctl from 3.6 on; put the etcdutl of the same"
                            + " release beside it and try again; nothing was changed");
        }
        if (failed) {
            Tombstone.delete(work);
            throw new MemberFault("the snapshot " + snapshot + " cannot be restored, it is damaged or none: "
                    + output.substring(output.lastIndexOf('\n') + 1) + "; nothing was changed, take another snapshot");
        }
        LOG.log(System.Logger.Level.INFO, "Restored snapshot=" + snapshot);
    }

    private Path unpacked(Path zip) throws IOException {
        Path plain = DataDirReplacement.unpacked(config.layout());
        Files.createDirectories(plain.getParent());
        try (InputStream in = Files.newInputStream(zip); ZipInputStream entries = new ZipInputStream(in)) {
            ZipEntry first = entries.getNextEntry();
            if (first == null) {
                throw new MemberFault("the snapshot " + zip + " is no zip file; nothing was changed");
            }
            Files.copy(entries, plain, StandardCopyOption.REPLACE_EXISTING);
        }
        return plain;
    }

    /// Copies a directory with all that is in it, for good: what is made of the copy takes the original's place, and
    /// etcd syncs only what it writes itself.
    static void copy(Path from, Path to) throws IOException {
        List<Path> made = new ArrayList<>();
        try (var all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Path copied = to.resolve(from.relativize(one).toString());
                Files.copy(one, copied, StandardCopyOption.COPY_ATTRIBUTES);
                made.add(copied);
            }
        }
        for (Path one : made) {
            try (FileChannel channel = FileChannel.open(one, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
