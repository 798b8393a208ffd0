package io.k3j.devicecontrollers;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Evicts pods from devices with `NoExecute` taints that their claims do not tolerate, or not that long: upstream's
/// `device-taint-eviction-controller`, for taints in ResourceSlices. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>.
final class DeviceTaintEviction implements Reconciler {
    private static final String NAME = "device-taint-eviction-controller";
    private static final String EVENT = "DeviceTaintManagerEviction";
    private static final String POOL = "pool";
    private static final int WORKERS = 8;
    private final LiveView claims;
    private final LiveView slices;
    private final LiveView pods;
    private final TimeSource clock;
    private final Events events;

    private DeviceTaintEviction(ControllerContext context) {
        this.claims = context.views().of(BuiltinResources.RESOURCE_CLAIMS).index(POOL,
                c -> results(c).map(DeviceTaintEviction::pool).distinct().toList());
        this.slices = context.views().of(BuiltinResources.RESOURCE_SLICES).index(POOL, s -> List.of(
                s.spec().text("driver") + "/" + s.spec().struct(POOL).text("name")));
        this.pods = context.views().of(BuiltinResources.PODS);
        this.clock = context.clock();
        this.events = context.events(NAME, NAME);
    }

    static void add(ControllerContext context) {
        DeviceTaintEviction all = new DeviceTaintEviction(context);
        Controller loop = context.loop(NAME, NAME, WORKERS, all).reads(all.slices, all.pods).on(all.claims);
        all.slices.listen((before, after) -> {
            if (after != null && (before == null || !before.spec().equals(after.spec())) && tainted(after)) {
                all.claims.by(POOL, after.spec().text("driver") + "/" + after.spec().struct(POOL).text("name"))
                        .forEach(c -> loop.queue().add(c.key()));
            }
        });
    }

    private static Stream<Struct> results(Obj claim) {
        return claim.status().struct("allocation").struct("devices").seq("results").structs().stream();
    }

    private static String pool(Struct result) {
        return result.text("driver") + "/" + result.text(POOL);
    }

    private static boolean tainted(Obj slice) {
        return slice.spec().seq("devices").structs().stream().anyMatch(d -> !taints(d).isEmpty());
    }

    private static List<Struct> taints(Struct device) {
        return device.seq("taints").structs().stream().filter(t -> t.text("effect").equals("NoExecute")).toList();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> claim = claims.get(key).filter(c -> !c.status().seq("reservedFor").isEmpty());
        Optional<Instant> end = claim.flatMap(this::end);
        if (end.isEmpty()) {
            return Requeue.NEVER;
        }
        Duration left = Duration.between(clock.instant(), end.get());
        if (left.isPositive()) {
            return Requeue.after(left);
        }
        IndependentSteps steps = new IndependentSteps();
        steps.each(claim.get().status().seq("reservedFor").structs(),
                consumer -> pods.get(new Key(key.namespace(), consumer.text("name")))
                        .filter(p -> p.uid().equals(consumer.text("uid")) && !p.terminating())
                        .ifPresent(p -> evict(p, writer)));
        steps.end();
        return Requeue.NEVER;
    }

    /// When the first of its devices is tolerated no longer; empty for never.
    private Optional<Instant> end(Obj claim) {
        return results(claim).filter(r -> !r.flag("adminAccess")).flatMap(r -> ends(claim, r)).min(Instant::compareTo);
    }

    private Stream<Instant> ends(Obj claim, Struct result) {
        List<Toleration> tolerations = Toleration.of(result.seq("tolerations"));
        return taints(device(claim, result)).stream().flatMap(taint -> {
            OptionalLong seconds = tolerated(tolerations, Taint.of(Seq.of(taint)).getFirst());
            return seconds.isEmpty() ? Stream.empty()
                    : Stream.of(added(taint).plusSeconds(seconds.getAsLong()));
        });
    }

    private Instant added(Struct taint) {
        String time = taint.text("timeAdded");
        return time.isEmpty() ? clock.instant() : Times.parse(time).orElseGet(clock::instant);
    }

    /// For how long; empty for ever.
    private static OptionalLong tolerated(List<Toleration> tolerations, Taint taint) {
        List<Toleration> matching = tolerations.stream().filter(t -> t.tolerates(taint)).toList();
        if (matching.isEmpty()) {
            return OptionalLong.of(0);
        }
        return matching.stream().filter(t -> t.seconds().isPresent()).mapToLong(t -> t.seconds().getAsLong()).min();
    }

    /// As the newest generation of its pool has it.
    private Struct device(Obj claim, Struct result) {
        List<Obj> all = slices.by(POOL, pool(result)).stream().filter(s -> reaches(claim, s)).toList();
        long newest = all.stream().mapToLong(DeviceTaintEviction::generation).max().orElse(0);
        return all.stream().filter(s -> generation(s) == newest)
                .map(s -> s.spec().seq("devices").find("name", result.text("device")))
                .filter(d -> !d.isEmpty()).findFirst().orElse(Struct.EMPTY);
    }

    /// With the credentials of a node nothing can be said of devices of another.
    private static boolean reaches(Obj claim, Obj slice) {
        String node = slice.spec().text("nodeName");
        return node.isEmpty() || claim.status().struct("allocation").struct("nodeSelector").seq("nodeSelectorTerms")
                .structs().stream().flatMap(t -> t.seq("matchFields").structs().stream())
                .anyMatch(f -> f.seq("values").contains(node));
    }

    private static long generation(Obj slice) {
        return slice.spec().struct(POOL).whole("generation", 0);
    }

    private void evict(Obj pod, ExpectingWriter writer) {
        Struct condition = Conditions.of("DisruptionTarget", true, "DeletionByDeviceTaintManager",
                "Device Taint manager: deleting due to NoExecute taint");
        Seq next = Conditions.with(pod.status().seq("conditions"), condition, clock.instant());
        events.normal(pod, EVENT, "Marking for deletion");
        try {
            // the kubelet's conditions may be newer than those that were looked at
            writer.patch(BuiltinResources.PODS, pod.key(),
                    new Patch.Strategic(Struct.of("metadata", Struct.of("uid", pod.uid()), "status",
                            Struct.of("conditions", Seq.of(next.find("type", "DisruptionTarget"))))),
                    WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() == 404) {
                return;
            }
            throw fault;
        }
        writer.delete(BuiltinResources.PODS, pod);
    }
}
