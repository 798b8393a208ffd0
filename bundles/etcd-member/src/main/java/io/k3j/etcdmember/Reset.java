package io.k3j.etcdmember;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// `--cluster-reset`: makes this server's data, or a snapshot's, a cluster of this server alone. The work is done on a
/// directory beside; only when it has succeeded does that become the data directory.
final class Reset {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    /// What etcdctl of 3.6, which lost the command, says of its flags.
    private static final String UNKNOWN = "unknown flag: --";
    private final MemberConfig config;
    private final Path etcd;
    private final Path restorer;

    /// `restorer` is etcdutl or etcdctl.
    Reset(MemberConfig config, Path etcd, Path restorer) {
        this.config = config;
        this.etcd = etcd;
        this.restorer = restorer;
    }

    /// Does it and says what to do next.
    ///
    /// @param snapshot what to restore; empty keeps the data of this server
    /// @param password that of the server token, which opens the snapshot's authorities; may be empty
    /// @throws MemberFault when it cannot be done; nothing was changed
    String run(Optional<Path> snapshot, String password) throws IOException, InterruptedException {
        Places places = config.places();
        if (Files.exists(places.resetFlag())) {
            throw new MemberFault("Managed etcd cluster membership was already reset, please remove the cluster-reset"
                    + " flag and start k3s normally. If you need to perform another cluster reset, you must first"
                    + " manually delete the file at " + places.resetFlag());
        }
        Path work = places.data().resolveSibling("etcd-reset");
        Workshop.clear(work);
        if (snapshot.isPresent()) {
            restore(snapshot.get(), work);
        } else if (places.initialized()) {
            DataVersion.check(places, etcd);
            copy(places.data(), work);
        } else {
            throw new MemberFault("there is no managed etcd in " + places.data()
                    + " to reset; give --cluster-reset-restore-path, or leave --cluster-reset out");
        }
        try (Workshop workshop = Workshop.open(config, etcd, work, true)) {
            if (snapshot.isPresent()) {
                Optional<Long> before = Revisions.noted(places);
                RestoredFiles files = RestoredFiles.of(places, workshop.kv(), password);
                Revisions.raise(workshop.kv(), before.orElse(Revisions.revision(workshop.kv())) + Revisions.MARGIN);
                workshop.deliver(config,
                        new Workshop.Mark(Delivery.RESET, files.there() ? "" : snapshot.get().toString()));
                files.write();
            } else {
                workshop.deliver(config, new Workshop.Mark(Delivery.RESET, ""));
            }
            Files.writeString(places.resetFlag(), "");
            Files.delete(places.data().resolve(Delivery.RESET));
        } catch (MemberFault e) {
            Tombstone.delete(work);
            throw e;
        }
        return "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. Backup and"
                + " delete " + places.dataDir() + "/server/db on each peer etcd server and rejoin the nodes";
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
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        boolean failed = process.waitFor() != 0;
        if (plain != snapshot) {
            Files.delete(plain);
        }
        if (!failed && Files.notExists(work.resolve("member/wal")) || said.contains(UNKNOWN)) {
            throw new MemberFault(
                    restorer + " restores no snapshots, as etcdctl from 3.6 on; put the etcdutl of the same"
                            + " release beside it and try again; nothing was changed");
        }
        if (failed) {
            Tombstone.delete(work);
            throw new MemberFault("the snapshot " + snapshot + " cannot be restored, it is damaged or none: "
                    + said.substring(said.lastIndexOf('\n') + 1) + "; nothing was changed, take another snapshot");
        }
        LOG.log(System.Logger.Level.INFO, "restored snapshot=" + snapshot);
    }

    private Path unpacked(Path zip) throws IOException {
        Path plain = Delivery.unpacked(config.places());
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

    static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Files.copy(one, to.resolve(from.relativize(one).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
