package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdFailure;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/// `--cluster-reset`: makes this server's data, or a snapshot's, a cluster of this server alone. Works on a
/// separate directory, which becomes the data directory only after everything has succeeded.
final class ClusterReset {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private final MemberConfig config;
    private final Path etcd;
    private final SnapshotRestorer restorer;

    /// @param restorer the path of etcdutl or etcdctl
    ClusterReset(MemberConfig config, Path etcd, Path restorer) {
        this.config = config;
        this.etcd = etcd;
        this.restorer = new SnapshotRestorer(restorer);
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
            takeAddress(scratch.cluster());
            if (snapshot.isPresent()) {
                deliver(scratch, snapshot.get(), password);
            } else {
                scratch.deliver(config, new ScratchEtcd.Mark(DataDirReplacement.RESET, ""));
            }
            Files.writeString(layout.resetFlag(), "");
            Files.delete(layout.data().resolve(DataDirReplacement.RESET));
        } catch (MemberFault e) {
            Tombstone.delete(work);
            throw e;
        } catch (EtcdFailure | SnapshotRestorer.Failure e) {
            Tombstone.delete(work);
            throw new MemberFault("the managed etcd cannot be reset: " + e.getMessage() + "; nothing was changed");
        }
        return "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. Backup and"
                + " delete " + layout.dataDir() + "/server/db on each peer etcd server and rejoin the nodes";
    }

    private void deliver(ScratchEtcd restored, Path snapshot, String password)
            throws IOException, InterruptedException, SnapshotRestorer.Failure {
        EtcdLayout layout = config.layout();
        RestoredFiles files = RestoredFiles.of(layout, restored.kv(), password);
        long target = RevisionBump.target(RevisionBump.noted(layout), RevisionBump.revision(restored.kv()));
        try (ScratchEtcd raised = new RevisionRaise(config, etcd, Optional.of(restorer)).raise(restored, target)) {
            raised.deliver(config,
                    new ScratchEtcd.Mark(DataDirReplacement.RESET, files.onDisk() ? "" : snapshot.toString()));
        }
        files.write();
    }

    /// Gives the only member the address this server has now, as K3s: `force-new-cluster` keeps the one in the data,
    /// and whoever joins is told to look for this server there.
    private void takeAddress(EtcdCluster cluster) {
        long own = cluster.status(LIMIT).memberId();
        for (EtcdCluster.Member one : cluster.members(LIMIT)) {
            if (one.id() == own && !one.peerUrls().equals(List.of(config.peerUrl()))) {
                cluster.update(own, config.peerUrl(), LIMIT);
                LOG.log(System.Logger.Level.INFO, "Updated the address of the etcd member from="
                        + String.join(",", one.peerUrls()) + " to=" + config.peerUrl());
            }
        }
    }

    private void restore(Path snapshot, Path work) throws IOException, InterruptedException {
        if (Files.notExists(snapshot)) {
            throw new MemberFault("etcd: snapshot path does not exist: " + snapshot);
        }
        boolean zipped = snapshot.toString().endsWith(".zip");
        try {
            restorer.restore(config, zipped ? unpacked(snapshot) : snapshot, work, 0);
        } catch (SnapshotRestorer.Failure | ZipException | EOFException e) {
            throw new MemberFault("the snapshot " + snapshot + " cannot be restored, it is damaged or none: "
                    + e.getMessage() + "; nothing was changed, take another snapshot");
        } finally {
            if (zipped) {
                Files.deleteIfExists(DataDirReplacement.unpacked(config.layout()));
            }
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
            try (OutputStream file = DataDirReplacement.unpacking(config.layout())) {
                entries.transferTo(file);
            }
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
