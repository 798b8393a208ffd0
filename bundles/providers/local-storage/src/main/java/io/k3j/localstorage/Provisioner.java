package io.k3j.localstorage;

import io.k3j.controllerkit.VolumeMatch;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Two loops: claims that wait for this provisioner get a volume, released volumes go. A node that does not answer is
/// asked again, later and later; the claim or volume has an Event that says why it waits.
final class Provisioner {
    private static final Key CONFIG = new Key("kube-system", "local-path-config");
    private static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";
    private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
    private static final String COMPONENT = VolumePlan.PROVISIONER + "_local-path-provisioner";
    private final LiveView claims;
    private final LiveView volumes;
    private final LiveView classes;
    private final LiveView nodes;
    private final LiveView config;
    private final Events events;
    private final NodeDirectories directories;

    private Provisioner(ControllerContext context, NodeDirectories directories) {
        this.claims = context.views().of(BuiltinResources.PERSISTENT_VOLUME_CLAIMS);
        this.volumes = context.views().of(BuiltinResources.PERSISTENT_VOLUMES);
        this.classes = context.views().of(BuiltinResources.STORAGE_CLASSES);
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.config = context.views().of(BuiltinResources.CONFIG_MAPS,
                Query.in(CONFIG.namespace()).where("metadata.name", CONFIG.name()));
        this.events = context.ownEvents(COMPONENT);
        this.directories = directories;
    }

    static void add(ControllerContext context, NodeDirectories directories) {
        Provisioner p = new Provisioner(context, directories);
        context.loop("local-path-claims", p::claim).on(p.claims, c -> waiting(c) ? List.of(c.key()) : List.of())
                .on(p.config, c -> p.claims.list().stream().filter(Provisioner::waiting).map(Obj::key).toList())
                .reads(p.volumes, p.classes, p.nodes);
        context.loop("local-path-volumes", p::volume).on(p.volumes, v -> released(v) ? List.of(v.key()) : List.of())
                .on(p.config, c -> p.volumes.list().stream().filter(Provisioner::released).map(Obj::key).toList())
                .reads(p.nodes, p.classes);
    }

    private static boolean waiting(Obj claim) {
        return !claim.terminating() && claim.spec().text("volumeName").isEmpty()
                && VolumePlan.PROVISIONER.equals(claim.annotations().get(PROVISIONER));
    }

    private static boolean released(Obj volume) {
        return !volume.terminating() && volume.status().text("phase").equals("Released")
                && VolumePlan.PROVISIONER.equals(volume.annotations().get(VolumePlan.PROVISIONED_BY))
                && volume.spec().text("persistentVolumeReclaimPolicy").equals("Delete");
    }

    private LocalPathConfig config() {
        Obj map = config.get(CONFIG).orElseThrow(() -> new IllegalArgumentException(
                "the ConfigMap kube-system/local-path-config is missing"));
        return LocalPathConfig.parse(map.tree().struct("data"));
    }

    private Requeue claim(Key key, ExpectingWriter writer) {
        Optional<Obj> found = claims.get(key).filter(Provisioner::waiting);
        Optional<Obj> type = found.flatMap(c -> classes.get(Key.of(VolumeMatch.className(c))))
                .filter(c -> c.tree().text("provisioner").equals(VolumePlan.PROVISIONER));
        if (found.isEmpty() || type.isEmpty() || volumes.get(Key.of("pvc-" + found.get().uid())).isPresent()) {
            return Requeue.NEVER;
        }
        Obj claim = found.get();
        String name = claim.annotations().getOrDefault(SELECTED_NODE, "");
        if (name.isEmpty() && type.get().tree().text("volumeBindingMode").equals("WaitForFirstConsumer")) {
            return Requeue.NEVER;
        }
        Optional<Obj> node = name.isEmpty() ? Optional.empty() : nodes.get(Key.of(name));
        if (node.isEmpty() && !name.isEmpty()) {
            reschedule(claim, type.get(), name, writer);
            return Requeue.NEVER;
        }
        try {
            provision(claim, type.get(), node, writer);
            return Requeue.NEVER;
        } catch (IOException | IllegalArgumentException e) {
            events.warning(claim, "ProvisioningFailed", "failed to provision volume with StorageClass \""
                    + type.get().name() + "\": " + e.getMessage());
            return e instanceof IOException ? Requeue.BACK_OFF : Requeue.NEVER;
        }
    }

    /// Gives the choice of a node that is no more back to the scheduler: while it stands, the claim's pod can be on no
    /// other node.
    private void reschedule(Obj claim, Obj type, String node, ExpectingWriter writer) {
        events.warning(claim, "ProvisioningFailed", "failed to provision volume with StorageClass \"" + type.name()
                + "\": the selected node " + node + " is not there; the scheduler selects another");
        writer.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                claim.without("metadata", "annotations", SELECTED_NODE));
    }

    /// @param node empty where nobody had to choose one
    private void provision(Obj claim, Obj type, Optional<Obj> node, ExpectingWriter writer) throws IOException {
        LocalPathConfig places = config();
        VolumePlan plan = VolumePlan.of(claim, type, node, places);
        events.normal(claim, "Provisioning", "External provisioner is provisioning volume for claim \""
                + claim.namespace() + "/" + claim.name() + "\"");
        if (places.commands()) {
            events.warning(claim, "CommandsNotRun",
                    "setup and teardown of local-path-config, scripts and commands, are not"
                            + " run by K3j, which makes and deletes the directories itself");
        }
        directories.make(node.isPresent() ? node.get() : any(), plan.parent(), plan.name());
        Obj made = writer.create(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(plan.volume()));
        events.normal(claim, "ProvisioningSucceeded", "Successfully provisioned volume " + made.name());
    }

    /// For a path that is reached from each.
    private Obj any() throws IOException {
        return nodes.list().stream().filter(n -> Conditions.isTrue(n.status().seq("conditions"), "Ready")).findFirst()
                .orElseThrow(() -> new IOException("no node is ready"));
    }

    private Requeue volume(Key key, ExpectingWriter writer) {
        Optional<Obj> found = volumes.get(key).filter(Provisioner::released);
        if (found.isEmpty()) {
            return Requeue.NEVER;
        }
        Obj volume = found.get();
        try {
            delete(VolumePlace.of(volume, classes.get(Key.of(volume.spec().text("storageClassName", "-"))), config()));
            writer.delete(BuiltinResources.PERSISTENT_VOLUMES, volume);
            return Requeue.NEVER;
        } catch (IOException | IllegalArgumentException e) {
            events.warning(volume, "VolumeFailedDelete", "failed to delete volume " + volume.name() + ": "
                    + e.getMessage());
            return e instanceof IOException ? Requeue.BACK_OFF : Requeue.NEVER;
        }
    }

    /// The directories of a node that is no more went with it.
    private void delete(VolumePlace place) throws IOException {
        Optional<Obj> node = place.node().isEmpty() ? Optional.of(any()) : nodes.get(Key.of(place.node()));
        if (node.isPresent()) {
            directories.delete(node.get(), place.parent(), place.name());
        }
    }
}
