package io.k3j.csi;

import io.k3j.clientapi.ApiFault;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.NamedLocks;
import io.k3j.nodefiles.PodDirectories;
import io.k3j.nodefiles.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Volumes that pods have as devices (`volumeMode: Block`): staged once for the node, published for each pod, and back;
/// upstream's `csiBlockMapper`. That a pod has one is a file by its uid, made before the driver is asked. Any thread,
/// one at a time per pod; waits for whoever is doing something to the same volume.
final class CsiBlockMapper {
    private static final System.Logger LOG = System.getLogger("io.k3j.csi");
    private final CsiMounter.Session session;
    private final Mounts mounts;
    private final NamedLocks locks;
    /// Of this session, by where they are published.
    private final Set<Path> published = ConcurrentHashMap.newKeySet();
    /// Of this session, by their names on the disk.
    private final Set<String> staged = ConcurrentHashMap.newKeySet();

    CsiBlockMapper(CsiMounter.Session session, Mounts mounts, NamedLocks locks) {
        this.session = session;
        this.mounts = mounts;
        this.locks = locks;
    }

    private Path target(CsiVolume volume) {
        return session.paths().devicePublished(volume.name(), volume.uid());
    }

    /// Whether this session has published it, at its size.
    boolean mapped(CsiVolume volume) {
        return published.contains(target(volume)) && !session.expansion().due(volume);
    }

    Path asItIs(CsiVolume volume) {
        return target(volume);
    }

    /// @param publishContext of the attachment
    /// @return the device
    /// @throws io.k3j.clientapi.ApiFault when the API does not answer
    Path map(CsiVolume volume, CsiDriverSpec driver, Map<String, String> publishContext) throws IOException {
        DriverClient client = session.drivers().need(volume.driver());
        Set<Integer> abilities = client.capabilities();
        VolumeParameters.Both given = session.parameters().publication(volume, driver);
        boolean stages = abilities.contains(DriverClient.STAGE_UNSTAGE_VOLUME);
        CsiPaths paths = session.paths();
        Path target = target(volume);
        Path staging = paths.deviceStaging(volume.name());
        String at = stages ? staging.toString() : "";
        VolumeCall.Capability capability = volume.capability(abilities, true);
        locks.hold(volume.key(), () -> {
            session.uses().check(volume);
            session.uses().records().write(paths.deviceData(volume.name()), VolumeData.of(volume, session.node()));
            use(paths.deviceUsers(volume.name()).resolve(volume.uid()));
            if (stages && !staged.contains(volume.name())) {
                PodDirectories.make(staging);
                client.stage(new VolumeCall(volume.handle(), publishContext, at, "", capability, false,
                        session.parameters().secrets(volume, "nodeStageSecretRef"),
                        VolumeParameters.attributes(volume)));
                staged.add(volume.name());
            }
            PodDirectories.make(Objects.requireNonNull(target.getParent()));
            client.publish(new VolumeCall(volume.handle(), publishContext, at, target.toString(), capability,
                    volume.request().readOnly(), given.secrets(), given.context()));
            expand(new NodeExpansion.Place(client, abilities, volume, target, at));
            published.add(target);
        });
        return target;
    }

    /// A pod does not begin with a device that is too small. One that a pod has is tried again with the next look at
    /// the volumes.
    private void expand(NodeExpansion.Place place) throws IOException {
        boolean fresh = !published.contains(place.path());
        try {
            if (fresh) {
                session.expansion().atMount(place);
            } else if (session.expansion().due(place.volume())) {
                session.expansion().expand(place);
            }
        } catch (IOException | ApiFault e) {
            if (fresh) {
                throw new IOException("failed while expanding volume: " + e.getMessage(), e);
            }
            session.expansion().failed(place.volume(), String.valueOf(e.getMessage()));
        }
    }

    private static void use(Path file) throws IOException {
        PodDirectories.make(Objects.requireNonNull(file.getParent()));
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.createFile(file);
        }
    }

    /// Takes all of a pod back, whatever is left of one of its devices. The file of its use goes last: what cannot be
    /// unstaged is in use until it is.
    /// @throws IOException when something is left: the first reason
    void release(String uid) throws IOException {
        FirstFailure failure = new FirstFailure();
        for (String name : session.uses().devices()) {
            if (Files.exists(session.paths().deviceUsers(name).resolve(uid), LinkOption.NOFOLLOW_LINKS)) {
                failure.of(() -> {
                    VolumeData data = data(name);
                    locks.hold(data.driver() + "^" + data.handle(), () -> release(name, uid, data));
                });
            }
        }
        failure.check();
    }

    private VolumeData data(String name) throws IOException {
        return session.uses().records().need(session.paths().deviceData(name), name);
    }

    private void release(String name, String uid, VolumeData data) throws IOException {
        CsiPaths paths = session.paths();
        Path target = paths.devicePublished(name, uid);
        DriverClient client = session.drivers().need(data.driver());
        client.unpublish(data.handle(), target.toString());
        published.remove(target);
        ended(target, data);
        Files.deleteIfExists(target);
        Path user = paths.deviceUsers(name).resolve(uid);
        boolean last = VolumeUses.children(paths.deviceUsers(name)).stream().allMatch(user::equals);
        if (last) {
            unstage(name, data, client);
        }
        Files.deleteIfExists(user);
        if (last) {
            Files.deleteIfExists(Objects.requireNonNull(target.getParent()));
            Files.deleteIfExists(paths.deviceUsers(name));
            session.expansion().forget(data.driver() + "^" + data.handle());
            session.uses().records().delete(paths.deviceData(name), "none");
            Files.deleteIfExists(paths.devices().resolve(name));
        }
    }

    private void unstage(String name, VolumeData data, DriverClient client) throws IOException {
        Path staging = session.paths().deviceStaging(name);
        staged.remove(name);
        if (Files.isDirectory(staging, LinkOption.NOFOLLOW_LINKS)) {
            client.unstage(data.handle(), staging.toString());
            ended(staging, data);
            Trees.delete(staging);
        }
    }

    /// Nothing is deleted in what a driver may have left mounted.
    private void ended(Path path, VolumeData data) throws IOException {
        if (mounts.mountedBelow(path)) {
            throw new IOException("CSI driver " + data.driver() + " says that volume " + data.handle()
                    + " has ended, but " + path + " is still mounted");
        }
    }

    /// Takes back what pods have that have no directory any more. What cannot be now is left.
    void prune() throws IOException {
        for (String name : session.uses().devices()) {
            for (Path user : VolumeUses.children(session.paths().deviceUsers(name))) {
                String uid = VolumeUses.name(user);
                try {
                    VolumeData data = data(name);
                    locks.holdIfFree(data.driver() + "^" + data.handle(), () -> {
                        if (Files.notExists(session.paths().pods().resolve(uid), LinkOption.NOFOLLOW_LINKS)) {
                            release(name, uid, data);
                        }
                    });
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "Cannot take a device back path={0} error={1}", user,
                            e.getMessage());
                }
            }
        }
    }
}
