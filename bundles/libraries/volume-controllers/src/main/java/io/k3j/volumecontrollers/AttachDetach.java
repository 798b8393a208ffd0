package io.k3j.volumecontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.volumecontrollers.DesiredAttachments.OnNode;
import io.k3j.volumecontrollers.DesiredAttachments.Want;
import io.k3j.model.Key;
import io.k3j.model.Null;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Has the volumes of CSI drivers attached to the nodes of the pods that use them, and detached afterwards: by
/// VolumeAttachments, which external attachers follow, and `volumesAttached` of Nodes, which kubelets wait for.
/// Upstream's attach-detach controller, for CSI alone: <https://kubernetes.io/docs/concepts/storage/volumes/#csi>.
///
/// Node by node. VolumeAttachments are all there is to know about what is attached, so that a start takes over what it
/// finds.
final class AttachDetach implements Reconciler {
    private static final String ACCOUNT = "attachdetach-controller";
    private static final String BY_NODE = "node";
    private static final int WORKERS = 5;

    private final LiveView nodes;
    private final LiveView attachments;
    private final DesiredAttachments desired;
    private final AttachedVolumes attached;
    private final Attaching attaching;
    private final Detaching detaching;
    /// Of nodes that have or want volumes.
    private final Map<Key, AttachProgress> progresses = new ConcurrentHashMap<>();

    private AttachDetach(ControllerContext context, boolean forced) {
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.attachments = context.views().of(BuiltinResources.VOLUME_ATTACHMENTS)
                .index(BY_NODE, a -> List.of(Attachment.node(a)))
                .index(Attaching.BY_VOLUME, a -> List.of(Attachment.volume(a)));
        this.desired = new DesiredAttachments(context.views());
        this.attached = new AttachedVolumes(attachments, desired);
        this.attaching = new Attaching(attachments, desired, attached,
                new AttachEvents(context.events(ACCOUNT, ACCOUNT)), context.clock().monotonic());
        this.detaching = new Detaching(context.clock().monotonic(), forced);
    }

    /// @param forced whether volumes are detached from nodes that have been unhealthy for six minutes
    static void add(ControllerContext context, boolean forced) {
        AttachDetach all = new AttachDetach(context, forced);
        Controller loop = context.loop("persistentvolume-attach-detach-controller", ACCOUNT, WORKERS, all)
                .reads(all.nodes, all.attachments);
        all.desired.feed(loop, all.nodes);
        all.nodes.listen((before, after) -> {
            Obj one = after != null ? after : before;
            if (one != null && AttachNode.matters(before, after)) {
                loop.queue().add(one.key());
            }
        });
        all.attachments.listen((before, after) -> {
            Obj one = after != null ? after : before;
            if (one != null) {
                loop.queue().add(Key.of(Attachment.node(one)));
            }
            if (one != null && after == null) {
                all.attaching.waiting(one).forEach(loop.queue()::add);
            }
        });
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        AttachNode node = new AttachNode(key.name(), nodes.get(key));
        attaching.look(node.name());
        if (node.managesItself()) {
            return Requeue.NEVER;
        }
        OnNode wanted = desired.on(node.name(), node.keepsTerminated());
        Map<String, Attachment> present = present(node, wanted);
        if (present.isEmpty() && wanted.wants().isEmpty() && node.reported().isEmpty()) {
            progresses.remove(key);
            return Requeue.NEVER;
        }
        AttachProgress progress = progresses.computeIfAbsent(key, k -> new AttachProgress());
        Set<String> names = new HashSet<>(present.keySet());
        names.addAll(wanted.wants().keySet());
        progress.keep(names);
        present.values().removeIf(one -> lost(one, wanted, writer));
        Requeue leaving = settle(node, wanted, present, progress, writer);
        return leaving.or(attach(node, wanted, present, progress, writer));
    }

    /// Where a PersistentVolume has gone, as by hand, what it was is known from before, or by what the node was told.
    private Map<String, Attachment> present(AttachNode node, OnNode wanted) {
        Map<String, Attachment> all = new HashMap<>();
        for (Obj one : attachments.by(BY_NODE, node.name())) {
            Stream<AttachableVolume> known = Stream.concat(
                    Optional.ofNullable(wanted.wants().get(one.name())).map(Want::volume).stream(),
                    attached.volume(one.name()).stream());
            Attachment attachment = Attachment.of(one, desired.volume(Attachment.volume(one)),
                    Stream.concat(known, node.named()));
            attachment.volume().ifPresent(v -> attached.is(one.name(), v));
            if (attachment.ours()) {
                all.put(one.name(), attachment);
            }
        }
        return all;
    }

    /// Takes one away that would never be attached, so that one can be made for another PersistentVolume of its volume.
    private static boolean lost(Attachment one, OnNode wanted, ExpectingWriter writer) {
        if (!one.lost() || !wanted.wants().containsKey(one.name())) {
            return false;
        }
        writer.delete(BuiltinResources.VOLUME_ATTACHMENTS, one.object());
        return true;
    }

    /// Tells the node what is attached, then detaches what may go: in this order, so that a kubelet that reads its Node
    /// begins to use nothing that is about to go.
    private Requeue settle(AttachNode node, OnNode wanted, Map<String, Attachment> present, AttachProgress progress,
            ExpectingWriter writer) {
        Requeue again = Requeue.NEVER;
        List<String> stay = new ArrayList<>();
        Map<String, Detaching.Decision> leaving = new HashMap<>();
        for (Attachment one : present.values()) {
            Detaching.Decision decision = Detaching.Decision.LATER;
            if (wanted.wants().containsKey(one.name())
                    || one.volume().filter(v -> desired.keeps(wanted, v)).isPresent()
                    || one.source().isEmpty() && desired.keeps(wanted, Attachment.volume(one.object()))) {
                progress.wanted(one.name());
            } else {
                decision = detaching.decide(node, one, progress);
            }
            again = again.or(decision.again());
            if (decision.now()) {
                leaving.put(one.name(), decision);
            } else if (one.attached() && !one.terminating()) {
                one.volume().ifPresent(v -> stay.add(v.uniqueName()));
            }
        }
        report(node, stay.stream().sorted().toList(), writer);
        for (Attachment one : present.values()) {
            Detaching.@Nullable Decision decision = leaving.get(one.name());
            if (decision != null) {
                detaching.detach(node, one, decision, writer);
            }
        }
        return again;
    }

    private static void report(AttachNode node, List<String> volumes, ExpectingWriter writer) {
        if (node.object().isEmpty() || node.reported().stream().sorted().toList().equals(volumes)) {
            return;
        }
        Seq all = AttachableVolume.reported(volumes);
        writer.patch(BuiltinResources.NODES, Key.of(node.name()), new Patch.Merge(Struct.of("status",
                Struct.of("volumesAttached", all.isEmpty() ? Null.NULL : all))), WriteOptions.STATUS);
    }

    /// One that cannot be asked for keeps no other from it.
    private Requeue attach(AttachNode node, OnNode wanted, Map<String, Attachment> present, AttachProgress progress,
            ExpectingWriter writer) {
        Requeue again = Requeue.NEVER;
        List<String> reported = node.reported();
        boolean gone = node.object().isEmpty();
        @Nullable
        ApiFault first = null;
        for (Map.Entry<String, Want> each : wanted.wants().entrySet()) {
            Want want = each.getValue();
            @Nullable
            Attachment there = present.get(each.getKey());
            if (there == null && gone) {
                continue;
            }
            try {
                again = again.or(there == null
                        ? attaching.begin(node.name(), each.getKey(), want, progress, writer)
                        : attaching.follow(there, want, gone || reported.contains(want.volume().uniqueName()),
                                progress));
            } catch (ApiFault fault) {
                first = first == null ? fault : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return again;
    }
}
