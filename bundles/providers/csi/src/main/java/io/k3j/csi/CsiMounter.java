package io.k3j.csi;

import io.k3j.clientapi.ApiFault;
import io.k3j.kubeletvolumes.Mounts;
import io.k3j.kubeletvolumes.NamedLocks;
import io.k3j.kubeletvolumes.PodDirectories;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Volumes that drivers mount: staged once for the node, published for each pod, and back. A volume's record
/// ([VolumeData]) is written before its driver is asked, so that whatever was half done is undone later. Any thread,
/// one at a time per pod; waits for whoever is doing something to the same volume.
final class CsiMounter {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private final Session session;
    private final Mounts mounts;
    /// By [CsiVolume#key], also of devices.
    private final NamedLocks locks;
    /// Of this session, by where they are published: the group of others' files may not have been given yet.
    private final Set<Path> published = ConcurrentHashMap.newKeySet();
    /// Of this session, by [CsiVolume#key].
    private final Set<String> staged = ConcurrentHashMap.newKeySet();

    /// What the mounter and the mapper have in common.
    ///
    /// @param node its name
    record Session(CsiPaths paths, String node, RegisteredDrivers drivers, VolumeUses uses,
            VolumeParameters parameters, NodeExpansion expansion, UsageCalls figures) {
    }

    CsiMounter(Session session, Mounts mounts, NamedLocks locks) {
        this.session = session;
        this.mounts = mounts;
        this.locks = locks;
    }

    private Path target(CsiVolume volume) {
        return session.paths().volume(volume.uid(), volume.name()).resolve("mount");
    }

    /// Whether there is nothing to do for a volume but to look at its size: this session has published it, or an
    /// earlier one has and its driver is away just now.
    boolean mounted(CsiVolume volume, CsiDriverSpec driver) throws IOException {
        Path target = target(volume);
        if (published.contains(target)) {
            return !driver.republish() && !NodeExpansion.due(volume);
        }
        return session.drivers().find(volume.driver()).isEmpty() && mounts.mounted(target);
    }

    MountedVolume asItIs(CsiVolume volume) {
        return new MountedVolume(target(volume), false, false, "");
    }

    /// @param publishContext of the attachment
    /// @throws io.k3j.clientapi.ApiFault when the API does not answer
    MountedVolume mount(CsiVolume volume, CsiDriverSpec driver, Map<String, String> publishContext)
            throws IOException {
        DriverClient client = session.drivers().need(volume.driver());
        Set<Integer> abilities = client.capabilities();
        VolumeParameters.Both given = session.parameters().publication(volume, driver);
        Path target = target(volume);
        boolean fresh = !published.contains(target);
        boolean stages = !volume.ephemeral() && abilities.contains(DriverClient.STAGE_UNSTAGE_VOLUME);
        Path staging = session.paths().staging(volume.driver(), volume.handle());
        String at = stages ? staging.toString() : "";
        VolumeCall.Capability capability = volume.capability(abilities, false);
        locks.hold(volume.key(), () -> {
            VolumeData data = VolumeData.of(volume, session.node());
            if (fresh) {
                session.uses().check(volume);
                data.write(Objects.requireNonNull(target.getParent()));
            }
            if (stages && !staged.contains(volume.key())) {
                data.staged().write(Objects.requireNonNull(staging.getParent()));
                PodDirectories.make(staging);
                client.stage(new VolumeCall(volume.handle(), publishContext, at, "", capability, false,
                        session.parameters().secrets(volume, "nodeStageSecretRef"),
                        VolumeParameters.attributes(volume)));
                staged.add(volume.key());
            }
            if (fresh || driver.republish()) {
                client.publish(new VolumeCall(volume.handle(), publishContext, at, target.toString(), capability,
                        volume.request().readOnly(), given.secrets(), given.context()));
            }
            published.add(target);
        });
        return new MountedVolume(target, fresh, volume.groupIsKubelets(driver.groupPolicy(), abilities),
                expanded(client, abilities, volume, target, at));
    }

    /// @return why it was not, empty when it was or need not be
    private String expanded(DriverClient client, Set<Integer> abilities, CsiVolume volume, Path target,
            String staging) {
        if (!NodeExpansion.due(volume)) {
            return "";
        }
        try {
            session.expansion().expand(client, abilities, volume, target, staging);
            return "";
        } catch (IOException | ApiFault e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// Takes all of a pod back. The record of a volume goes last: what cannot be unstaged is in use until it is.
    /// @throws IOException when something is left
    void release(String uid) throws IOException {
        for (Path directory : VolumeUses.children(session.paths().volumes(uid))) {
            VolumeData data;
            try {
                data = VolumeData.read(directory);
            } catch (NoSuchFileException e) {
                // the kubelet had made no more than the directory, or had taken it away but for that
                empty(directory);
                continue;
            }
            locks.hold(data.driver() + "^" + data.handle(), () -> {
                unpublish(directory, data);
                if (!session.uses().used(data, directory)) {
                    unstage(data);
                }
                VolumeData.delete(directory, "mount");
            });
        }
    }

    private void empty(Path directory) throws IOException {
        Path target = directory.resolve("mount");
        if (mounts.mounted(target)) {
            throw new IOException("a CSI volume is mounted at " + target
                    + ", but vol_data.json beside it, which names its driver, is gone: unmount it by hand");
        }
        VolumeData.delete(directory, "mount");
    }

    private void unpublish(Path directory, VolumeData data) throws IOException {
        Path target = directory.resolve("mount");
        session.drivers().need(data.driver()).unpublish(data.handle(), target.toString());
        published.remove(target);
        ended(target, data);
    }

    /// The driver's word alone does not delete in what may still be mounted. Only the mount table is looked at: a
    /// volume whose server is away would not answer.
    private void ended(Path path, VolumeData data) throws IOException {
        if (mounts.mounted(path)) {
            throw new IOException("CSI driver " + data.driver() + " says that volume " + data.handle()
                    + " has ended, but " + path + " is still mounted");
        }
    }

    private void unstage(VolumeData data) throws IOException {
        Path global = session.paths().global(data.driver(), data.handle());
        if (!Files.isDirectory(global, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path staging = session.paths().staging(data.driver(), data.handle());
        staged.remove(data.driver() + "^" + data.handle());
        session.drivers().need(data.driver()).unstage(data.handle(), staging.toString());
        ended(staging, data);
        VolumeData.delete(global, "globalmount");
    }

    /// Unstages what no pod's record stands for. What cannot be now is left.
    void prune() throws IOException {
        for (Path driver : VolumeUses.children(session.paths().plugin())) {
            if (VolumeUses.name(driver).equals("volumeDevices")) {
                continue;
            }
            pruneAll(driver);
        }
    }

    /// A driver that does not answer in time is not asked about its other volumes.
    private void pruneAll(Path driver) throws IOException {
        for (Path global : VolumeUses.children(driver)) {
            try {
                VolumeData data = VolumeData.read(global);
                locks.holdIfFree(data.driver() + "^" + data.handle(), () -> {
                    if (!session.uses().used(data, global)) {
                        unstage(data);
                    }
                });
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot unstage a volume path={0} error={1}", global,
                        e.getMessage());
                if (e instanceof CsiFault fault && fault.late()) {
                    return;
                }
            }
        }
    }

    /// @param path where a volume is published
    Optional<VolumeUsage> usage(Path path) throws IOException {
        VolumeData data = VolumeData.read(Objects.requireNonNull(path.getParent()));
        DriverClient client = session.drivers().need(data.driver());
        return session.figures().ask(data.driver(), () -> usage(client, data, path));
    }

    private Optional<VolumeUsage> usage(DriverClient client, VolumeData data, Path path) throws IOException {
        if (!client.tellsUsage()) {
            return Optional.empty();
        }
        CsiPaths paths = session.paths();
        boolean staged = Files.isDirectory(paths.global(data.driver(), data.handle()), LinkOption.NOFOLLOW_LINKS);
        return Optional.of(client.usage(data.handle(), path.toString(),
                staged ? paths.staging(data.driver(), data.handle()).toString() : ""));
    }
}
