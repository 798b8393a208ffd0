package io.k3j.csi;

import io.k3j.clientapi.ApiFault;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.NamedLocks;
import io.k3j.nodefiles.PodDirectories;
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
    private static final String MOUNT = "mount";
    private static final String GLOBAL_MOUNT = "globalmount";
    private final Session session;
    private final Mounts mounts;
    /// By [CsiVolume#key], also of devices.
    private final NamedLocks locks;
    /// Of this session, by where they are published: the group of others' files may not have been given yet.
    private final Set<Path> published = ConcurrentHashMap.newKeySet();
    /// Of this session, by [CsiVolume#key].
    private final Set<String> staged = ConcurrentHashMap.newKeySet();
    /// Being staged for the first time, by [CsiVolume#key]: nothing of them was on the node before this session.
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    /// What was told last of staged volumes that are left, by their directories.
    private final Map<Path, String> told = new ConcurrentHashMap<>();

    /// What the mounter and the mapper have in common.
    ///
    /// @param node its name
    record Session(CsiPaths paths, String node, RegisteredDrivers drivers, VolumeUses uses, StagedVolumes staged,
            VolumeParameters parameters, NodeExpansion expansion, UsageCalls figures) {
    }

    CsiMounter(Session session, Mounts mounts, NamedLocks locks) {
        this.session = session;
        this.mounts = mounts;
        this.locks = locks;
    }

    private Path target(CsiVolume volume) {
        return session.paths().volume(volume.uid(), volume.name()).resolve(MOUNT);
    }

    /// Whether this session has published it.
    boolean published(CsiVolume volume) {
        return published.contains(target(volume));
    }

    /// Whether there is nothing to do for a volume but to look at its size: this session has published it, or an
    /// earlier one has and its driver is away just now.
    boolean mounted(CsiVolume volume, CsiDriverSpec driver) throws IOException {
        if (published(volume)) {
            return !driver.republish() && !session.expansion().due(volume);
        }
        return session.drivers().find(volume.driver()).isEmpty() && mounts.mounted(target(volume));
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
        String at = stages ? session.paths().staging(volume.driver(), volume.handle()).toString() : "";
        VolumeCall.Capability capability = volume.capability(abilities, false);
        locks.hold(volume.key(), () -> {
            VolumeData data = VolumeData.of(volume, session.node());
            if (fresh) {
                session.uses().check(volume);
                session.uses().records().write(Objects.requireNonNull(target.getParent()), data);
            }
            if (stages && !staged.contains(volume.key())) {
                stage(client, volume, data, new VolumeCall(volume.handle(), publishContext, at, "", capability, false,
                        session.parameters().secrets(volume, "nodeStageSecretRef"),
                        VolumeParameters.attributes(volume)));
            }
            if (fresh || driver.republish()) {
                client.publish(new VolumeCall(volume.handle(), publishContext, at, target.toString(), capability,
                        volume.request().readOnly(), given.secrets(), given.context()));
            }
            if (fresh) {
                larger(new NodeExpansion.Place(client, abilities, volume, target, at));
            }
            published.add(target);
        });
        return new MountedVolume(target, fresh, volume.groupIsKubelets(driver.groupPolicy(), abilities),
                fresh ? "" : expanded(new NodeExpansion.Place(client, abilities, volume, target, at)));
    }

    /// Where the driver has refused it for good, and nothing was staged before, nothing is left that it is to undo.
    private void stage(DriverClient client, CsiVolume volume, VolumeData data, VolumeCall call) throws IOException {
        Path global = session.paths().global(volume.driver(), volume.handle());
        if (!Files.isDirectory(global, LinkOption.NOFOLLOW_LINKS)) {
            begun.add(volume.key());
        }
        data.staged().write(global);
        PodDirectories.make(global.resolve(GLOBAL_MOUNT));
        try {
            client.stage(call);
        } catch (CsiFault e) {
            if (e.over() && begun.remove(volume.key()) && !mounts.mounted(global.resolve(GLOBAL_MOUNT))) {
                VolumeData.delete(global, GLOBAL_MOUNT);
                session.uses().records().delete(session.paths().volume(volume.uid(), volume.name()), MOUNT);
            }
            throw e;
        }
        begun.remove(volume.key());
        staged.add(volume.key());
    }

    /// A pod does not begin with a volume that is too small; it is published again with the next try.
    private void larger(NodeExpansion.Place place) throws IOException {
        try {
            session.expansion().atMount(place);
        } catch (IOException | ApiFault e) {
            throw new IOException("failed while expanding volume: " + e.getMessage(), e);
        }
    }

    /// @return why it was not, empty when it was or need not be
    private String expanded(NodeExpansion.Place place) {
        try {
            locks.hold(place.volume().key(), () -> {
                if (session.expansion().due(place.volume())) {
                    session.expansion().expand(place);
                }
            });
            return "";
        } catch (IOException | ApiFault e) {
            return String.valueOf(e.getMessage());
        }
    }

    /// Takes all of a pod back, whatever is left of one of its volumes.
    /// @throws IOException when something is left: the first reason
    void release(String uid) throws IOException {
        FirstFailure failure = new FirstFailure();
        for (Path directory : VolumeUses.children(session.paths().volumes(uid))) {
            failure.of(() -> release(directory));
        }
        failure.check();
    }

    /// The record of a volume goes last: what cannot be unstaged is in use until it is.
    private void release(Path directory) throws IOException {
        VolumeRecords records = session.uses().records();
        VolumeData data;
        try {
            data = records.read(directory, VolumeUses.name(directory));
        } catch (NoSuchFileException e) {
            // the kubelet had made no more than the directory, or had taken it away but for that
            records.delete(directory, MOUNT);
            return;
        } catch (VolumeRecords.Lost e) {
            drop(directory, e);
            return;
        }
        locks.hold(data.driver() + "^" + data.handle(), () -> {
            unpublish(directory, data);
            if (!session.uses().used(data, directory)) {
                unstage(data);
            }
            records.delete(directory, MOUNT);
        });
    }

    /// What nobody knows is no pod's any more once nothing is mounted there; what may be staged of it is taken back by
    /// the next look.
    private void drop(Path directory, VolumeRecords.Lost why) throws IOException {
        if (mounts.mounted(directory.resolve(MOUNT))) {
            throw why;
        }
        session.uses().records().delete(directory, MOUNT);
        LOG.log(System.Logger.Level.WARNING, "Dropped a volume that nobody knows, its driver is not told path={0}",
                directory);
    }

    private void unpublish(Path directory, VolumeData data) throws IOException {
        Path target = directory.resolve(MOUNT);
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
        session.expansion().forget(data.driver() + "^" + data.handle());
        Path global = session.paths().global(data.driver(), data.handle());
        if (!Files.isDirectory(global, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path staging = session.paths().staging(data.driver(), data.handle());
        staged.remove(data.driver() + "^" + data.handle());
        begun.remove(data.driver() + "^" + data.handle());
        session.drivers().need(data.driver()).unstage(data.handle(), staging.toString());
        ended(staging, data);
        VolumeData.delete(global, GLOBAL_MOUNT);
        told.remove(global);
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
                Optional<VolumeData> data = session.staged().in(global);
                if (data.isPresent()) {
                    pruneOne(global, data.get());
                } else {
                    dropStaged(global);
                }
            } catch (IOException e) {
                left(global, e);
                if (e instanceof CsiFault fault && fault.late()) {
                    return;
                }
            }
        }
    }

    private void pruneOne(Path global, VolumeData data) throws IOException {
        locks.holdIfFree(data.driver() + "^" + data.handle(), () -> {
            if (!session.uses().used(data, global)) {
                unstage(data);
            }
        });
    }

    /// A pod's record is written before its volume is staged: what nobody knows is being staged by nobody. What has
    /// just been unstaged is not there any more.
    private void dropStaged(Path global) throws IOException {
        if (!CsiPaths.hash(VolumeUses.name(global)) || !Files.isDirectory(global, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path staging = global.resolve(GLOBAL_MOUNT);
        if (mounts.mounted(staging)) {
            throw new IOException("which CSI volume is mounted at " + staging + " is not known, since vol_data.json"
                    + " beside it cannot be read and neither a pod nor the Node names it: unmount it by hand");
        }
        VolumeData.delete(global, GLOBAL_MOUNT);
        told.remove(global);
        LOG.log(System.Logger.Level.WARNING,
                "Dropped a staged volume that nobody knows, its driver is not told path={0}", global);
    }

    /// Told once, until it is another reason or has been done.
    private void left(Path global, IOException why) {
        String message = String.valueOf(why.getMessage());
        boolean news = !message.equals(told.put(global, message));
        LOG.log(news ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                "Cannot unstage a volume that no pod uses path={0} error={1}", global, message);
    }

    /// @param path where a volume is published
    Optional<VolumeUsage> usage(Path path) throws IOException {
        Path directory = Objects.requireNonNull(path.getParent());
        VolumeData data = session.uses().records().read(directory, VolumeUses.name(directory));
        DriverClient client = session.drivers().need(data.driver());
        Path staging = session.paths().staging(data.driver(), data.handle());
        return session.figures().ask(data.driver(), () -> client.figures(data.handle(), path, staging));
    }
}
